/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's half of the WebSocket handshake (RFC 6455, section 4.2). */
#pragma once

#include "request-head.h"

#define SVPN_WEBSOCKET_RESPONSE_MAX 160

/* Whether a whole head asks for a WebSocket (section 4.2.1). Subprotocols and extensions it may offer are not taken. */
bool svpn_websocket_is_request (const SvpnRequestHead *head);

/* Writes the answer to such a request (section 4.2.2), without a terminating zero. Returns its size. */
size_t svpn_websocket_accept (const SvpnRequestHead *head, char out[SVPN_WEBSOCKET_RESPONSE_MAX]);
