/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The authorized clients of a server: CONFIG-DIR/authorized/SERVER.json, an object with a member for each client, named
 * like it. The file alone counts and nothing of it stays in memory, so an edit by hand takes effect with the next call. */
#pragma once

#include "address.h"
#include "settings.h"

#define SVPN_AUTHORIZED_MAX 4096 /* clients of one server */

/* The networks that fixed addresses come from. A client has the same host number (its address minus the network's) in both. */
typedef struct {
  SvpnPrefix ipv4, ipv6; /* ipv6.family 0: none */
} SvpnPools;

/* The pools of canonical settings of a server. */
SvpnPools svpn_authorized_clients_pools (GVariant *server_settings);

/* All clients as aa{sv}: canonical entries of SVPN_SCOPE_AUTHORIZED, sorted by name; full reference. Without a file the list
 * is empty. The error names the file and the line or the key. */
GVariant *svpn_authorized_clients_load (const char *config_dir, const char *server,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean svpn_authorized_clients_save (const char *config_dir, const char *server, GVariant *clients,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes the file; succeeds if there is none. */
gboolean svpn_authorized_clients_remove (const char *config_dir, const char *server,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a server with these pools can serve all of @clients. Errors: InvalidArguments naming client and key. */
gboolean svpn_authorized_clients_check (GVariant *clients, const SvpnPools *pools,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @clients with @client (a{sv}, not checked yet). If there is one of its name, only what @client has is changed, and what
 * its "unset" (as) names goes. Full reference. Errors: InvalidArguments naming the key, LimitExceeded. */
GVariant *svpn_authorized_clients_add (GVariant *clients, GVariant *client, const SvpnPools *pools,
                                       gint64 now_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @clients without the one of this name or public key. Full reference. Errors: NoSuchAuthorizedClient. */
GVariant *svpn_authorized_clients_revoke (GVariant *clients, const char *name_or_key,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @clients with "expired" (b) beside each "expires"; floating. */
GVariant *svpn_authorized_clients_describe (GVariant *clients, gint64 now_s);

/* @clients as SetAuthorizedClients() of the worker takes them: each rate limit with a burst. Floating. */
GVariant *svpn_authorized_clients_for_worker (GVariant *clients, guint default_burst_bytes);
