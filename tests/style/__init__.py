# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""How our files are written."""
