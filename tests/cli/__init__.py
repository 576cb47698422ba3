# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""smartvpnctl as shells and manual readers see it."""
