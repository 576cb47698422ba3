/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Handshake message 1, the client's greeting (docs/protocol.md, "Handshake"). */
#pragma once

#include "peer-json.h"
#include "wire.h"

#define SVPN_LEASE_SIZE_MAX 128 /* characters we take of a lease */
#define SVPN_NAME_MAX 64        /* characters we take of a name */

typedef struct {
  gint64 version;
  guint mtu; /* 0: no wish */
  SvpnCapabilities capabilities;
  char *name;  /* that the client gives itself, printable; or NULL */
  char *lease; /* of an earlier session, or NULL */
} SvpnHello;

void svpn_hello_free (SvpnHello *hello);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnHello, svpn_hello_free)

/* JSON text of at most SVPN_HELLO_SIZE_MAX bytes, padded to a random size. */
char *svpn_hello_to_json (const SvpnHello *hello);

/* NULL with an error that names the flaw if it violates the protocol. Unknown members are ignored. */
SvpnHello *svpn_hello_from_json (const uint8_t *json, gsize size, GError **error);
