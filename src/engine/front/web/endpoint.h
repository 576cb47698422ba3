/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * An address with a TCP port. */
#pragma once

#include "address.h"

typedef struct {
  SvpnPrefix address; /* a host prefix; family 0: unknown */
  guint16 port;
} SvpnEndpoint;

/* An IPv4 address that a socket for both families shows as IPv6 (::ffff:a.b.c.d) becomes IPv4 again. Family 0 for other
 * sockets. */
SvpnEndpoint svpn_endpoint_from_sockaddr (const struct sockaddr_storage *address);

/* Returns the size of *@address. @endpoint is known. */
socklen_t svpn_endpoint_to_sockaddr (const SvpnEndpoint *endpoint, struct sockaddr_storage *address);

/* "IP:port" or "[IPv6]:port"; "unknown". */
char *svpn_endpoint_to_string (const SvpnEndpoint *endpoint);
