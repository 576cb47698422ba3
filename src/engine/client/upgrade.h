/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The client's way to an open WebSocket: one HTTPS upgrade request with the admission proof, through libsoup. */
#pragma once

#include "client-config.h"
#include "transport.h"

/* Where the server was when it was last reached, and whether to try there first (pinned-address.h). */
typedef struct {
  GInetAddress *address; /* NULL: not known */
  gboolean first;
} SvpnPin;

/* The result of an upgrade. */
typedef struct {
  SvpnCarrier carrier;
  char *remote_address;  /* "IP:port" or "[IP]:port" of the other end of the TCP connection */
  GInetAddress *address; /* the server's; NULL: a proxy is in between */
} SvpnUpgraded;

void svpn_upgraded_free (SvpnUpgraded *upgraded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnUpgraded, svpn_upgraded_free)

/* Asks for the WebSocket at config->server_url. Errors are of SVPN_ERROR, or G_IO_ERROR_CANCELLED. @clock lives until the
 * callback. */
void svpn_upgrade_async (SvpnClientConfig *config, SvpnClock *clock, const SvpnPin *pin,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
SvpnUpgraded *svpn_upgrade_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
