/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which system calls a worker can make. */
#pragma once

/* For this process, all its threads, for good. Says so where the kernel cannot. */
void svpn_filter_syscalls (void);
