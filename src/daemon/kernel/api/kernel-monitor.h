/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tells when anybody, we included, has changed links, addresses, routes, rules, network settings or nftables. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnKernelMonitor SvpnKernelMonitor;

/* @changed is called from the main loop, once for all that has come since the last time; also when notifications were
 * lost. NULL with @error if the kernel tells nothing at all; without nftables the rest is told. */
SvpnKernelMonitor *svpn_kernel_monitor_new (void (*changed) (gpointer user_data), gpointer user_data,
                                            GError **error);
void svpn_kernel_monitor_free (SvpnKernelMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnKernelMonitor, svpn_kernel_monitor_free)
