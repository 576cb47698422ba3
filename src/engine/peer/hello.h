/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The JSON inside the handshake messages (docs/protocol.md, "Handshake") and of CONTROL and DISCONNECT frames: written
 * by us, and parsed from a peer that may lie. */
#pragma once

#include "address.h"
#include "wire.h"
#include <gio/gio.h>

#define SVPN_LEASE_SIZE_MAX 128 /* characters we take of a lease */
#define SVPN_ROUTES_MAX 256
#define SVPN_DNS_MAX 16
#define SVPN_MTU_MIN 576
#define SVPN_REASON_SIZE_MAX 256

/* Capabilities, by their names in JSON; others are ignored. */
typedef enum {
  SVPN_CAPABILITY_REKEY = 1 << 0, /* "rekey" */
} SvpnCapabilities;

/* Message 1. */
typedef struct {
  gint64 version;
  guint mtu; /* 0: no wish */
  SvpnCapabilities capabilities;
  char *name;  /* as the client calls itself, printable; or NULL */
  char *lease; /* or NULL */
} SvpnHello;

/* Message 2. */
typedef struct {
  gint64 version;
  char *error; /* a refusal: the code; or NULL */
  char *message;
  char *client_id;
  guint mtu;
  SvpnCapabilities capabilities;
  SvpnPrefix ipv4, ipv4_gateway; /* address with the prefix length of its network */
  SvpnPrefix ipv6, ipv6_gateway; /* family 0: none */
  char **dns;
  char **routes;
  char *lease; /* or NULL */
} SvpnWelcome;

/* The codes of a refusal. */
#define SVPN_REFUSAL_UNAUTHORIZED "unauthorized"
#define SVPN_REFUSAL_POOL_EXHAUSTED "pool-exhausted"
#define SVPN_REFUSAL_SERVER_FULL "server-full"
#define SVPN_REFUSAL_UNSUPPORTED_VERSION "unsupported-version"

/* JSON text, NULL-terminated, at most SVPN_HELLO_SIZE_MAX bytes; "pad" of random length is added where it fits. NULL if
 * it does not fit without (too many routes). */
char *svpn_hello_to_json (const SvpnHello *hello);
char *svpn_welcome_to_json (const SvpnWelcome *welcome);

/* NULL, with G_IO_ERROR_INVALID_DATA saying what is wrong, if it is not as the protocol demands. Unknown members are
 * ignored. */
SvpnHello *svpn_hello_from_json (const uint8_t *json, gsize size, GError **error);
SvpnWelcome *svpn_welcome_from_json (const uint8_t *json, gsize size, GError **error);

/* Takes what a CONTROL frame of type "config" says anew: "mtu" (more than @mtu_max counts as that), "dns", "routes".
 * FALSE, and nothing is taken, if it is not as the protocol demands; frames of other types change nothing. */
gboolean svpn_welcome_update (SvpnWelcome *welcome, const uint8_t *json, gsize size, guint mtu_max,
                              GError **error);

void svpn_hello_free (SvpnHello *hello);
void svpn_welcome_free (SvpnWelcome *welcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnHello, svpn_hello_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnWelcome, svpn_welcome_free)

/* {"reason": ...} of DISCONNECT. The parser gives text that is safe to show, whatever came. */
char *svpn_reason_to_json (const char *reason);
char *svpn_reason_from_json (const uint8_t *json, gsize size);
