/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a worker says, checked. A worker parses network bytes and may have been taken over, so all of it is foreign. */
#pragma once

#include "address.h"
#include <gio/gio.h>

#define SVPN_ASSIGNMENT_MAX_ROUTES 256
#define SVPN_ASSIGNMENT_MAX_DNS 16

typedef struct {
  char *client_id;
  SvpnPrefix ipv4, ipv6; /* own address with the prefix length of its network; ipv6.family 0: none */
  char *gateway, *gateway6;
  guint mtu;
  char **dns;
  char **routes; /* masked */
  SvpnPrefix remote;
  char *remote_address; /* "IP:port" */
  char *lease;          /* secret; NULL: none */
} SvpnAssignment;

/* @wished_mtu: what the server may at most give. The error names the key. */
SvpnAssignment *svpn_assignment_parse (GVariant *dictionary, guint wished_mtu, GError **error);

/* Takes mtu, dns and routes anew. FALSE, and nothing is taken, if one of them cannot be. */
gboolean svpn_assignment_update (SvpnAssignment *assignment, GVariant *dictionary, guint wished_mtu,
                                 GError **error);

void svpn_assignment_free (SvpnAssignment *assignment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnAssignment, svpn_assignment_free)

/* What a worker's methods and signals give: a{sv}, but for the list. */
typedef enum {
  SVPN_REPLY_NOTHING,
  SVPN_REPLY_CLIENT_STATISTICS,
  SVPN_REPLY_SERVER_STATISTICS,
  SVPN_REPLY_CLIENT, /* one of ListClients() */
  SVPN_REPLY_CLIENT_LIST,
  SVPN_REPLY_CLIENT_TELEMETRY,
  SVPN_REPLY_QUALITY,
  SVPN_REPLY_MTU_INFO,
  SVPN_REPLY_RECONNECTION,
} SvpnReply;

/* The known entries of the right type of what the worker said; floating. Not for NOTHING. */
GVariant *svpn_worker_reply (SvpnReply reply, GVariant *said);

/* The name of a health; NULL if @text is none. */
const char *svpn_worker_health (const char *text);

/* @text cut to 256 characters, control characters made '?'. */
char *svpn_worker_text (const char *text);

/* Takes the error of a call to a worker; returns one of SVPN_ERROR. */
GError *svpn_worker_error (GError *error);

/* Whether the call was cancelled or the connection is closed, so that the worker has said nothing. */
gboolean svpn_worker_error_is_silence (const GError *error);
