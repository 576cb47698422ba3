/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The clients that a server knows: CONFIG-DIR/authorized/SERVER.json, an object of one object a client, named like it.
 * The file is the truth; nothing is kept in memory, so an edit by hand counts from the next call on. */
#pragma once

#include "address.h"
#include "settings.h"

#define SVPN_AUTHORIZED_MAX 4096 /* clients of one server */

/* What fixed addresses are taken from. The pools are paired: a client has the same host number, its address less the
 * network's, in both. */
typedef struct {
  SvpnPrefix ipv4, ipv6; /* ipv6.family 0: none */
} SvpnPools;

/* The pools of canonical settings of a server. */
SvpnPools svpn_authorized_pools (GVariant *server_settings);

/* All clients (aa{sv}, canonical entries of SVPN_SCOPE_AUTHORIZED, sorted by name; full reference). No file: none. An
 * error names the file and the line or the key. */
GVariant *svpn_authorized_load (const char *config_dir, const char *server, GError **error);

gboolean svpn_authorized_save (const char *config_dir, const char *server, GVariant *clients, GError **error);

/* Removes the file; gone is enough. */
gboolean svpn_authorized_remove (const char *config_dir, const char *server, GError **error);

/* Whether a server with these pools can serve all of @clients; else InvalidArguments naming client and key. */
gboolean svpn_authorized_check (GVariant *clients, const SvpnPools *pools, GError **error);

/* @clients with @client (a{sv} as it came) in place of the one of its name. Full reference; NULL with InvalidArguments
 * naming the key, or LimitExceeded. */
GVariant *svpn_authorized_add (GVariant *clients, GVariant *client, const SvpnPools *pools, gint64 now_s,
                               GError **error);

/* @clients without the one of this name or public key. Full reference; NULL with NoSuchClient. */
GVariant *svpn_authorized_revoke (GVariant *clients, const char *name_or_key, GError **error);

/* @clients with "expired" (b) where there is an expiry; floating. */
GVariant *svpn_authorized_describe (GVariant *clients, gint64 now_s);

/* @clients as the worker takes them: a limit always with its burst. Floating. */
GVariant *svpn_authorized_for_worker (GVariant *clients, guint default_burst_bytes);
