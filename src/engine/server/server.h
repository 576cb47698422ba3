/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server: many sessions behind one set of listening sockets, one TUN device and one pair of address pools. */
#pragma once

#include "clock.h"
#include "server-config.h"

typedef struct _SvpnServer SvpnServer;

/* All are called from the main loop. The dictionaries are floating a{sv} as org.smartvpn.Server.ListClients() has
 * them. */
typedef struct {
  void (*client_connected) (const char *id, GVariant *client, gpointer user_data);
  void (*client_disconnected) (const char *id, const char *reason, GVariant *telemetry, gpointer user_data);
  /* The last session has ended after svpn_server_stop(); the server may be freed. */
  void (*stopped) (gpointer user_data);
} SvpnServerEvents;

/* Takes over @config and @tun_fd, also on error. NULL with SVPN_ERROR_INVALID_ARGUMENTS if the settings do not go
 * together. */
SvpnServer *svpn_server_new (SvpnServerConfig *config, SvpnClock *clock, int tun_fd,
                             const SvpnServerEvents *events, gpointer user_data,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void svpn_server_free (SvpnServer *server);

/* Accepts from the listening socket @fd, which is taken over also on error. */
gboolean svpn_server_listen (SvpnServer *server, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stops accepting and ends every session with @reason. */
void svpn_server_stop (SvpnServer *server, const char *reason);

/* SVPN_ERROR_NO_SUCH_SESSION if there is no session @id. */
gboolean svpn_server_disconnect_client (SvpnServer *server, const char *id, const char *reason,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of both directions, each on its own; rate 0: none. Kept for the client's next sessions. */
gboolean svpn_server_set_limit (SvpnServer *server, const char *id, guint64 rate_bytes_per_s,
                                guint64 burst_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* *telemetry: floating a{sv}. */
gboolean svpn_server_client_telemetry (SvpnServer *server, const char *id, GVariant **telemetry,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All authorized clients, an aa{sv} (authorized.h). Sessions whose client is not among them, if only authorized ones
 * are let in, end at once; SVPN_ERROR_INVALID_ARGUMENTS changes nothing. */
gboolean svpn_server_set_authorized (SvpnServer *server, GVariant *clients,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For connections from now on. */
void svpn_server_set_certificate (SvpnServer *server, GTlsCertificate *certificate);

guint svpn_server_get_n_clients (SvpnServer *server);
GVariant *svpn_server_list_clients (SvpnServer *server); /* aa{sv}, floating */
void svpn_server_statistics (SvpnServer *server, GVariantDict *dict);
