/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server has assigned to a client, as the worker tells it. */
#include "assignment.h"
#include "error.h"
#include "printable.h"

#include <string.h>

#define MTU_MIN 576
#define IPV4_PREFIX_MIN 8
#define IPV6_PREFIX_MIN 16
#define CLIENT_ID_MAX 256
#define LEASE_MAX 128

/* Always FALSE. */
static gboolean
set_unusable (GError **error, const char *key)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
               "The server's answer cannot be used: %s is missing or invalid", key);
  return FALSE;
}

static const char *
lookup_string (GVariant *dictionary, const char *key)
{
  const char *value = NULL;

  g_variant_lookup (dictionary, key, "&s", &value);
  return value;
}

static gboolean
parse_host_address (GVariant *dictionary, const char *key, int family, SvpnPrefix *address, GError **error)
{
  const char *text = lookup_string (dictionary, key);

  if (text == NULL || !svpn_address_parse (text, address) || address->family != family
      || !svpn_address_is_host (address))
    return set_unusable (error, key);
  return TRUE;
}

/* Own address, prefix length of its network, and the gateway inside of that. */
static gboolean
parse_addresses (GVariant *dictionary, const char *const keys[3], int family, guint prefix_min,
                 SvpnPrefix *own, char **gateway_text, GError **error)
{
  SvpnPrefix gateway;
  guint32 prefix = 0;

  if (!parse_host_address (dictionary, keys[0], family, own, error))
    return FALSE;
  if (!g_variant_lookup (dictionary, keys[1], "u", &prefix) || prefix < prefix_min || prefix > own->prefix)
    return set_unusable (error, keys[1]);
  own->prefix = prefix;
  if (!parse_host_address (dictionary, keys[2], family, &gateway, error))
    return FALSE;
  if (!svpn_prefix_contains (own, &gateway))
    return set_unusable (error, keys[2]);
  *gateway_text = svpn_address_to_string (&gateway);
  return TRUE;
}

static gboolean
parse_dns (GVariant *dictionary, char ***dns, GError **error)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (dictionary, "dns", G_VARIANT_TYPE ("as"));
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  if (n > SVPN_ASSIGNMENT_MAX_DNS)
    return set_unusable (error, "dns");
  for (gsize i = 0; i < n; i++) {
    const char *text;
    SvpnPrefix address;
    g_variant_get_child (list, i, "&s", &text);
    if (!svpn_address_parse (text, &address) || !svpn_address_is_host (&address))
      return set_unusable (error, "dns");
    g_strv_builder_add (texts, text);
  }
  *dns = g_strv_builder_end (texts);
  return TRUE;
}

static gboolean
parse_routes (GVariant *dictionary, char ***routes, GError **error)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (dictionary, "routes", G_VARIANT_TYPE ("as"));
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  if (n > SVPN_ASSIGNMENT_MAX_ROUTES)
    return set_unusable (error, "routes");
  for (gsize i = 0; i < n; i++) {
    const char *text;
    SvpnPrefix route;
    g_variant_get_child (list, i, "&s", &text);
    if (!svpn_prefix_parse (text, &route) || svpn_address_is_loopback (&route))
      return set_unusable (error, "routes");
    svpn_prefix_mask (&route);
    g_autofree char *masked = svpn_prefix_to_string (&route);
    g_strv_builder_add (texts, masked);
  }
  *routes = g_strv_builder_end (texts);
  return TRUE;
}

static gboolean
parse_mtu (GVariant *dictionary, guint wished_mtu, guint *mtu, GError **error)
{
  guint32 value = 0;

  if (!g_variant_lookup (dictionary, "mtu", "u", &value) || value < MTU_MIN
      || value > MIN (wished_mtu, G_MAXUINT16))
    return set_unusable (error, "mtu");
  *mtu = value;
  return TRUE;
}

static gboolean
parse_names (GVariant *dictionary, SvpnAssignment *assignment, GError **error)
{
  const char *remote = lookup_string (dictionary, "remote-address");
  const char *client_id = lookup_string (dictionary, "client-id");
  uint16_t port;

  if (client_id == NULL)
    return set_unusable (error, "client-id");
  assignment->client_id = svpn_printable (client_id, CLIENT_ID_MAX);
  if (remote == NULL || !svpn_endpoint_parse (remote, &assignment->remote, &port))
    return set_unusable (error, "remote-address");
  assignment->remote_address = g_strdup (remote);
  return TRUE;
}

static gboolean
parse_lease (GVariant *dictionary, char **lease, GError **error)
{
  const char *text = lookup_string (dictionary, "lease");
  gsize length = text != NULL ? strlen (text) : 0;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return set_unusable (error, "lease");
  if (length > LEASE_MAX)
    return set_unusable (error, "lease");
  *lease = length > 0 ? g_strdup (text) : NULL;
  return TRUE;
}

gboolean
svpn_assignment_update (SvpnAssignment *assignment, GVariant *dictionary, guint wished_mtu, GError **error)
{
  g_auto (GStrv) dns = NULL, routes = NULL;

  if (!parse_dns (dictionary, &dns, error) || !parse_routes (dictionary, &routes, error)
      || !parse_mtu (dictionary, wished_mtu, &assignment->mtu, error))
    return FALSE;
  g_strfreev (assignment->dns);
  g_strfreev (assignment->routes);
  assignment->dns = g_steal_pointer (&dns);
  assignment->routes = g_steal_pointer (&routes);
  return TRUE;
}

SvpnAssignment *
svpn_assignment_parse (GVariant *dictionary, guint wished_mtu, GError **error)
{
  static const char *const keys4[3] = { "assigned-ip", "prefix", "gateway" };
  static const char *const keys6[3] = { "assigned-ipv6", "prefix6", "gateway6" };
  g_autoptr (SvpnAssignment) assignment = g_new0 (SvpnAssignment, 1);

  if (!parse_addresses (dictionary, keys4, AF_INET, IPV4_PREFIX_MIN, &assignment->ipv4, &assignment->gateway,
                        error))
    return NULL;
  if (lookup_string (dictionary, keys6[0]) != NULL
      && !parse_addresses (dictionary, keys6, AF_INET6, IPV6_PREFIX_MIN, &assignment->ipv6,
                           &assignment->gateway6, error))
    return NULL;
  if (!svpn_assignment_update (assignment, dictionary, wished_mtu, error)
      || !parse_names (dictionary, assignment, error) || !parse_lease (dictionary, &assignment->lease, error))
    return NULL;
  return g_steal_pointer (&assignment);
}

void
svpn_assignment_free (SvpnAssignment *assignment)
{
  g_free (assignment->client_id);
  g_free (assignment->gateway);
  g_free (assignment->gateway6);
  g_strfreev (assignment->dns);
  g_strfreev (assignment->routes);
  g_free (assignment->remote_address);
  svpn_secret_text_free (assignment->lease);
  g_free (assignment);
}
