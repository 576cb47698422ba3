/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which packets a client takes off the tunnel. */
#include "source-filter.h"

#include <string.h>

static GArray *
parse (const char *const *texts)
{
  GArray *prefixes = g_array_new (FALSE, FALSE, sizeof (SvpnPrefix));

  for (; *texts != NULL; texts++) {
    SvpnPrefix prefix;

    if (svpn_prefix_parse (*texts, &prefix))
      g_array_append_val (prefixes, prefix);
  }
  return prefixes;
}

void
svpn_source_filter_set (SvpnSourceFilter *filter, const char *const *routes, const char *const *local)
{
  svpn_source_filter_clear (filter);
  filter->routes = parse (routes);
  filter->local = parse (local);
}

void
svpn_source_filter_clear (SvpnSourceFilter *filter)
{
  g_clear_pointer (&filter->routes, g_array_unref);
  g_clear_pointer (&filter->local, g_array_unref);
}

static SvpnPrefix
to_address (const SvpnPacket *packet, const uint8_t *bytes)
{
  SvpnPrefix address = { .family = packet->version == 4 ? AF_INET : AF_INET6 };

  address.prefix = packet->version == 4 ? 32 : 128;
  memcpy (address.bytes, bytes, packet->version == 4 ? 4 : 16);
  return address;
}

/* The longest prefix of @prefixes around @address; -1: none. */
static int
find (const GArray *prefixes, const SvpnPrefix *address)
{
  int longest = -1;

  for (guint i = 0; i < prefixes->len; i++) {
    const SvpnPrefix *prefix = &g_array_index (prefixes, SvpnPrefix, i);

    if (svpn_prefix_contains (prefix, address))
      longest = MAX (longest, (int) prefix->prefix);
  }
  return longest;
}

static gboolean
is_multicast (const SvpnPacket *packet)
{
  return packet->version == 4 ? packet->destination[0] >> 4 == 0xe : packet->destination[0] == 0xff;
}

static gboolean
is_routed_by_server (const SvpnWelcome *welcome, const SvpnPrefix *source)
{
  for (char **route = welcome->routes; route != NULL && *route != NULL; route++) {
    SvpnPrefix prefix;

    if (svpn_prefix_parse (*route, &prefix) && svpn_prefix_contains (&prefix, source))
      return TRUE;
  }
  return FALSE;
}

/* As the routing table would: the longest prefix wins, of two that are alike the route. */
gboolean
svpn_source_filter_accepts (const SvpnSourceFilter *filter, const SvpnWelcome *welcome,
                            const SvpnPacket *packet)
{
  const SvpnPrefix *own = packet->version == 4 ? &welcome->ipv4 : &welcome->ipv6;
  SvpnPrefix source = to_address (packet, packet->source);
  gsize size = packet->version == 4 ? 4 : 16;

  if (own->family == 0 || memcmp (packet->source, own->bytes, size) == 0
      || (memcmp (packet->destination, own->bytes, size) != 0 && !is_multicast (packet)))
    return FALSE;
  if (filter->routes == NULL)
    return svpn_prefix_contains (own, &source) || is_routed_by_server (welcome, &source);
  int local = find (filter->local, &source), routed = find (filter->routes, &source);
  if (svpn_prefix_contains (own, &source))
    routed = MAX (routed,
                  (int) own->prefix - (local >= 0 ? 1 : 0)); /* a local network of that size comes first */
  return routed >= 0 && routed >= local;
}
