/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * An address with a TCP port. */
#include "endpoint.h"

#include <netinet/in.h>
#include <string.h>

#define MAPPED_PREFIX_SIZE 12

static SvpnEndpoint
make (int family, const void *bytes, in_port_t port)
{
  gsize size = family == AF_INET ? 4 : 16;
  SvpnEndpoint endpoint
      = { .address = { .family = family, .prefix = (unsigned int) size * 8 }, .port = ntohs (port) };

  memcpy (endpoint.address.bytes, bytes, size);
  return endpoint;
}

SvpnEndpoint
svpn_endpoint_from_sockaddr (const struct sockaddr_storage *address)
{
  const struct sockaddr_in *in4 = (const struct sockaddr_in *) address;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) address;

  if (address->ss_family == AF_INET)
    return make (AF_INET, &in4->sin_addr, in4->sin_port);
  if (address->ss_family != AF_INET6)
    return (SvpnEndpoint){ .port = 0 };
  if (IN6_IS_ADDR_V4MAPPED (&in6->sin6_addr))
    return make (AF_INET, in6->sin6_addr.s6_addr + MAPPED_PREFIX_SIZE, in6->sin6_port);
  return make (AF_INET6, &in6->sin6_addr, in6->sin6_port);
}

socklen_t
svpn_endpoint_to_sockaddr (const SvpnEndpoint *endpoint, struct sockaddr_storage *address)
{
  struct sockaddr_in *in4 = (struct sockaddr_in *) address;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *) address;

  memset (address, 0, sizeof *address);
  address->ss_family = (sa_family_t) endpoint->address.family;
  if (endpoint->address.family == AF_INET) {
    memcpy (&in4->sin_addr, endpoint->address.bytes, sizeof in4->sin_addr);
    in4->sin_port = htons (endpoint->port);
    return sizeof *in4;
  }
  memcpy (&in6->sin6_addr, endpoint->address.bytes, sizeof in6->sin6_addr);
  in6->sin6_port = htons (endpoint->port);
  return sizeof *in6;
}

char *
svpn_endpoint_to_string (const SvpnEndpoint *endpoint)
{
  g_autofree char *address = NULL;

  if (endpoint->address.family == 0)
    return g_strdup ("unknown");
  address = svpn_address_to_string (&endpoint->address);
  return g_strdup_printf (endpoint->address.family == AF_INET ? "%s:%u" : "[%s]:%u", address, endpoint->port);
}
