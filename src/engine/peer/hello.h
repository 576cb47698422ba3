/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a client says of itself in handshake message 1 (docs/protocol.md, "Handshake"). */
#pragma once

#include "peer-json.h"
#include "wire.h"

#define SVPN_LEASE_SIZE_MAX 128 /* characters we take of a lease */
#define SVPN_NAME_MAX 64        /* characters we take of a name */

typedef struct {
  gint64 version;
  guint mtu; /* 0: no wish */
  SvpnCapabilities capabilities;
  char *name;  /* as the client calls itself, printable; or NULL */
  char *lease; /* of an earlier session, or NULL */
} SvpnHello;

void svpn_hello_free (SvpnHello *hello);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnHello, svpn_hello_free)

/* JSON text of at most SVPN_HELLO_SIZE_MAX bytes, padded to a random size. */
char *svpn_hello_to_json (const SvpnHello *hello);

/* NULL, with an error that says what is wrong, if it is not as the protocol demands. Unknown members are ignored. */
SvpnHello *svpn_hello_from_json (const uint8_t *json, gsize size, GError **error);
