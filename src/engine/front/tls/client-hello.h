/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The first bytes of a connection to a TLS server: whether they are a ClientHello, and whether it is whole. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Bytes on the wire that a ClientHello may take, records' headers included, and records that it may be cut into. */
#define SVPN_CLIENT_HELLO_MAX 16464
#define SVPN_CLIENT_HELLO_RECORDS_MAX 16

#define SVPN_TLS_ALERT_SIZE 7

typedef enum {
  SVPN_CLIENT_HELLO_MORE,    /* not before there are look.need bytes can more be said */
  SVPN_CLIENT_HELLO_WHOLE,   /* as far as its framing tells; TLS may still dislike it */
  SVPN_CLIENT_HELLO_PLAIN,   /* not TLS: web servers answer it as a bad HTTP request */
  SVPN_CLIENT_HELLO_REFUSED, /* with look.alert, or with none if that is 0 */
} SvpnClientHelloState;

typedef struct {
  SvpnClientHelloState state;
  size_t need;   /* more than were shown, at most SVPN_CLIENT_HELLO_MAX */
  uint8_t alert; /* its description (RFC 8446, section 6) */
} SvpnClientHelloLook;

/* Looks at all bytes that have come so far. */
SvpnClientHelloLook svpn_client_hello_look (const uint8_t *bytes, size_t size);

/* The record of a fatal alert, as a server sends it before a version is agreed on. */
void svpn_client_hello_write_alert (uint8_t alert, uint8_t out[SVPN_TLS_ALERT_SIZE]);
