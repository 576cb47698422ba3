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

/* Takes another TUN device, and over @fd, in place of the one before. */
void svpn_server_attach_tun (SvpnServer *server, int fd);

/* Accepts from the listening socket @fd, which is taken over also on error. */
gboolean svpn_server_listen (SvpnServer *server, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stops accepting and ends every session with @reason. */
void svpn_server_stop (SvpnServer *server, const char *reason);

/* SVPN_ERROR_NO_SUCH_SESSION if there is no session @id. */
gboolean svpn_server_disconnect_client (SvpnServer *server, const char *id, const char *reason,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, but the client comes back by itself. */
gboolean svpn_server_pause_client (SvpnServer *server, const char *id, const char *reason,
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
void svpn_server_set_tls (SvpnServer *server, SvpnTlsContext *tls);

/* Takes over @config, and puts the settings of it in force that can change while the server runs: dns and routes, which its
 * clients are told; max-clients, of newcomers; require-proof, client-auth, rate limits, qos, keepalives; the decoy and
 * trusted proxies, for requests from now on. SVPN_ERROR_INVALID_ARGUMENTS changes nothing. */
gboolean svpn_server_reconfigure (SvpnServer *server, SvpnServerConfig *config,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint svpn_server_get_n_clients (SvpnServer *server);
GVariant *svpn_server_list_clients (SvpnServer *server); /* aa{sv}, floating */

/* Those at the @count places from @offset on; each client stays at its place. *total: all places there are. */
GVariant *svpn_server_list_page (SvpnServer *server, guint offset, guint count, guint *total);
void svpn_server_statistics (SvpnServer *server, GVariantDict *dict);
