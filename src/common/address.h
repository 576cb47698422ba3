/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * IP addresses and CIDR prefixes as text and as bytes. */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/socket.h>

/* An IPv4 or IPv6 prefix. Bits behind the prefix may be set (an interface's address) or not (a network). */
typedef struct {
  int family;          /* AF_INET or AF_INET6 */
  uint8_t bytes[16];   /* network byte order; IPv4 uses the first four */
  unsigned int prefix; /* 0..32 or 0..128 */
} SvpnPrefix;

/* "10.8.0.0/24", "fd00::/64"; an address alone is a host prefix (/32, /128). Host names, scope ids and white space are
 * refused. On failure *@prefix stays as it is. */
gboolean svpn_prefix_parse (const char *text, SvpnPrefix *prefix);

/* Like svpn_prefix_parse(), but an address alone: "10.8.0.1", "fd00::1". */
gboolean svpn_address_parse (const char *text, SvpnPrefix *address);

/* "IP:port", "[IPv6]:port"; port 0 is taken (the kernel chooses). */
gboolean svpn_endpoint_parse (const char *text, SvpnPrefix *address, uint16_t *port);

/* Text of a prefix ("10.8.0.0/24") or of its address alone. */
char *svpn_prefix_to_string (const SvpnPrefix *prefix);
char *svpn_address_to_string (const SvpnPrefix *address);

/* is_host(): whether another host may have the address; loopback, multicast, reserved and unspecified ones are refused. */
gboolean svpn_address_is_host (const SvpnPrefix *address);
gboolean svpn_address_is_loopback (const SvpnPrefix *address);

/* Whether all of @prefix is for private use: RFC 1918, RFC 3927, RFC 6598, RFC 4193. */
gboolean svpn_prefix_is_private (const SvpnPrefix *prefix);

/* Clears the bits behind the prefix. */
void svpn_prefix_mask (SvpnPrefix *prefix);

/* Whether the address of @address lies in @prefix; FALSE for different families. */
gboolean svpn_prefix_contains (const SvpnPrefix *prefix, const SvpnPrefix *address);
