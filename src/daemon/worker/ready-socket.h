/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The end of sd_notify(3) that a service manager has, for workers that we spawn ourselves: a worker says READY=1 once its
 * control socket listens, to systemd as to us. */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

typedef struct _SvpnReadySocket SvpnReadySocket;

/* Calls @ready once, from the main loop, when a process of @uid says READY=1; what other users say is ignored. Errors:
 * those of GIO. */
SvpnReadySocket *svpn_ready_socket_new (uid_t uid, void (*ready) (gpointer user_data), gpointer user_data,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For $NOTIFY_SOCKET of the worker. */
const char *svpn_ready_socket_get_address (SvpnReadySocket *ready_socket);

void svpn_ready_socket_free (SvpnReadySocket *ready_socket);
