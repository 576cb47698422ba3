/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Handshake message 2, the server's answer (docs/protocol.md, "Handshake"): the client's addresses and all that goes with
 * them, or a refusal. A CONTROL frame may change some of it later. */
#pragma once

#include "address.h"
#include "hello.h"

#define SVPN_ROUTES_MAX 256
#define SVPN_DNS_MAX 16
#define SVPN_CLIENT_ID_SIZE_MAX 64

/* The codes of a refusal. */
#define SVPN_REFUSAL_UNAUTHORIZED "unauthorized"
#define SVPN_REFUSAL_POOL_EXHAUSTED "pool-exhausted"
#define SVPN_REFUSAL_SERVER_FULL "server-full"
#define SVPN_REFUSAL_UNSUPPORTED_VERSION "unsupported-version"

typedef struct {
  gint64 version;
  char *error;   /* of a refusal: the code, printable; else NULL, and the members from client_id on hold */
  char *message; /* of a refusal: for people, printable */
  char *client_id;
  guint mtu;
  SvpnCapabilities capabilities;
  SvpnPrefix ipv4, ipv4_gateway; /* the address with the prefix length of its network */
  SvpnPrefix ipv6, ipv6_gateway; /* family 0: none */
  char **dns;
  char **routes;
  char *lease; /* or NULL */
} SvpnWelcome;

void svpn_welcome_free (SvpnWelcome *welcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnWelcome, svpn_welcome_free)

/* JSON text of at most SVPN_HELLO_SIZE_MAX bytes, padded to a random size. NULL if there are too many routes for that. */
char *svpn_welcome_to_json (const SvpnWelcome *welcome);

/* NULL with an error that names the flaw if it violates the protocol. Unknown members are ignored. */
SvpnWelcome *svpn_welcome_from_json (const uint8_t *json, gsize size, GError **error);

/* The CONTROL frame that replaces both. */
char *svpn_welcome_change_to_json (char *const *dns, char *const *routes);

/* Takes the members of a CONTROL frame of type "config": "mtu" (more than @mtu_max counts as that), "dns", "routes".
 * FALSE, and nothing is taken, if one of them violates the protocol; frames of other types change nothing. */
gboolean svpn_welcome_update (SvpnWelcome *welcome, const uint8_t *json, gsize size, guint mtu_max,
                              GError **error);
