# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""System tests: whole daemons in network namespaces."""
