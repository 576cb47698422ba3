# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""The tools of scripts/test."""
