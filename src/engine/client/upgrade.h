/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The client's way to an open WebSocket: one HTTPS upgrade request with the admission proof, through libsoup. */
#pragma once

#include "client.h"

/* What an upgrade leaves in our hands. */
typedef struct {
  GIOStream *stream;
  GSocket *socket;
  GObject *holder; /* keep it while the stream is used */
  char *remote_address;
} SvpnUpgraded;

void svpn_upgraded_free (SvpnUpgraded *upgraded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnUpgraded, svpn_upgraded_free)

/* Asks for the WebSocket at config->server_url. Errors are of SVPN_ERROR, or G_IO_ERROR_CANCELLED. */
void svpn_upgrade_async (SvpnClientConfig *config, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
SvpnUpgraded *svpn_upgrade_finish (GAsyncResult *result, GError **error);
