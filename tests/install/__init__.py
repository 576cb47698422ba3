# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What is installed, and its texts."""
