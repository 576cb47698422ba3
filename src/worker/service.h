/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Worker on a socket of its own, by which smartvpnd steers a worker. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnService SvpnService;

/* Listens on @runtime_dir/@id/control for peers whose user is root, our own, or @peer_uid. @quit is called, from the
 * main loop, when the worker's task is done and its last messages are sent. */
SvpnService *svpn_service_new (const char *runtime_dir, const char *id, uid_t peer_uid,
                               void (*quit) (gpointer), gpointer user_data, GError **error);
void svpn_service_free (SvpnService *service);
/* Ends the worker's task, in words to the other side, and quits. @for_good: its tunnel is to end, not the process alone. */
void svpn_service_terminate (SvpnService *service, gboolean for_good);
/* Whether the process alone was ended. */
gboolean svpn_service_is_terminated (const SvpnService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnService, svpn_service_free)
