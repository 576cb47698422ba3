/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server has assigned to a client, as the worker tells it (a{sv}, StartClient() of org.smartvpn.Worker). Server and
 * worker are foreign: nothing is taken that would lead traffic to this machine itself, or outside of what a tunnel may
 * have. Errors are SVPN_ERROR_FAILED and name the key. */
#pragma once

#include "address.h"
#include "secret-text.h"

#include <gio/gio.h>

#define SVPN_ASSIGNMENT_MAX_ROUTES 256
#define SVPN_ASSIGNMENT_MAX_DNS 16

typedef struct {
  char *client_id;       /* fit for a log */
  SvpnPrefix ipv4, ipv6; /* own address with the prefix length of its network; ipv6.family 0: none */
  char *gateway, *gateway6;
  guint mtu;
  char **dns;
  char **routes; /* without host bits */
  SvpnPrefix remote;
  char *remote_address;  /* "IP:port" */
  SvpnSecretText *lease; /* NULL: none */
} SvpnAssignment;

/* @wished_mtu: the most that the server may give. */
SvpnAssignment *svpn_assignment_parse (GVariant *dictionary, guint wished_mtu,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces mtu, dns and routes by those of @dictionary: all of them or, on error, none. */
gboolean svpn_assignment_update (SvpnAssignment *assignment, GVariant *dictionary, guint wished_mtu,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

void svpn_assignment_free (SvpnAssignment *assignment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnAssignment, svpn_assignment_free)
