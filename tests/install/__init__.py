# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The installed files and their texts."""
