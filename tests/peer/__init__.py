# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""An independent implementation of the SmartVPN wire protocol, as a test peer."""
