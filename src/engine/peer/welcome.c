/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Handshake message 2: the server's answer. */
#include "welcome.h"
#include "goodbye.h"
#include "printable.h"

#include <sys/socket.h>

#define ADDRESS_SIZE_MAX 64

void
svpn_welcome_free (SvpnWelcome *welcome)
{
  g_free (welcome->error);
  g_free (welcome->message);
  g_free (welcome->client_id);
  g_strfreev (welcome->dns);
  g_strfreev (welcome->routes);
  g_free (welcome->lease);
  g_free (welcome);
}

/* --- writing --- */

static void
add_string (GVariantBuilder *object, const char *member, const char *value)
{
  if (value != NULL)
    g_variant_builder_add (object, "{sv}", member, g_variant_new_string (value));
}

static void
add_int (GVariantBuilder *object, const char *member, gint64 value)
{
  g_variant_builder_add (object, "{sv}", member, g_variant_new_int64 (value));
}

static void
add_strings (GVariantBuilder *object, const char *member, char *const *values)
{
  gssize size = values != NULL ? -1 : 0;

  g_variant_builder_add (object, "{sv}", member, g_variant_new_strv ((const char *const *) values, size));
}

static void
add_address (GVariantBuilder *object, const char *member, const SvpnPrefix *address,
             const SvpnPrefix *gateway)
{
  g_autofree char *address_text = NULL, *gateway_text = NULL;
  GVariantBuilder family;

  if (address->family == 0)
    return;
  address_text = svpn_address_to_string (address);
  gateway_text = svpn_address_to_string (gateway);
  g_variant_builder_init (&family, G_VARIANT_TYPE_VARDICT);
  add_string (&family, "address", address_text);
  add_int (&family, "prefix", address->prefix);
  add_string (&family, "gateway", gateway_text);
  g_variant_builder_add (object, "{sv}", member, g_variant_builder_end (&family));
}

char *
svpn_welcome_to_json (const SvpnWelcome *welcome)
{
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  add_int (&object, "version", welcome->version);
  if (welcome->error != NULL) {
    add_string (&object, "error", welcome->error);
    add_string (&object, "message", welcome->message);
    return svpn_peer_json_print_padded (g_variant_builder_end (&object), SVPN_HELLO_SIZE_MAX);
  }
  add_string (&object, "client_id", welcome->client_id);
  add_int (&object, "mtu", welcome->mtu);
  g_variant_builder_add (&object, "{sv}", "capabilities",
                         svpn_capabilities_to_variant (welcome->capabilities));
  add_address (&object, "ipv4", &welcome->ipv4, &welcome->ipv4_gateway);
  add_address (&object, "ipv6", &welcome->ipv6, &welcome->ipv6_gateway);
  add_strings (&object, "dns", welcome->dns);
  add_strings (&object, "routes", welcome->routes);
  add_string (&object, "lease", welcome->lease);
  return svpn_peer_json_print_padded (g_variant_builder_end (&object), SVPN_HELLO_SIZE_MAX);
}

/* --- reading --- */

static gboolean
is_route (const char *text)
{
  SvpnPrefix prefix;

  return svpn_prefix_parse (text, &prefix) && !svpn_address_is_loopback (&prefix);
}

static gboolean
is_host (const char *text)
{
  SvpnPrefix address;

  return svpn_address_parse (text, &address) && svpn_address_is_host (&address);
}

static gboolean
read_address_member (GVariant *object, const char *member, int family, SvpnPrefix *address)
{
  const char *text = svpn_peer_json_get_string (object, member, ADDRESS_SIZE_MAX);

  return text != NULL && svpn_address_parse (text, address) && address->family == family;
}

/* Nothing if the member is absent. */
static gboolean
read_address (GVariant *object, const char *member, int family, SvpnPrefix *address, SvpnPrefix *gateway,
              GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (object, member, G_VARIANT_TYPE_VARDICT);
  gint64 prefix;

  if (value == NULL)
    return !svpn_peer_json_has (object, member) || svpn_peer_json_reject (error, member, "is not an object");
  if (!read_address_member (value, "address", family, address))
    return svpn_peer_json_reject (error, member, "has an \"address\" that is not one of its family");
  if (!read_address_member (value, "gateway", family, gateway))
    return svpn_peer_json_reject (error, member, "has a \"gateway\" that is not one of its family");
  if (!svpn_peer_json_get_int (value, "prefix", &prefix) || prefix < 1
      || prefix > (family == AF_INET ? 32 : 128))
    return svpn_peer_json_reject (error, member, "has a \"prefix\" that is out of range");
  address->prefix = (unsigned int) prefix;
  return TRUE;
}

static gboolean
read_assignment (GVariant *object, SvpnWelcome *welcome, GError **error)
{
  const char *id = svpn_peer_json_get_string (object, "client_id", SVPN_CLIENT_ID_SIZE_MAX);

  if (id == NULL || id[0] == '\0')
    return svpn_peer_json_reject (error, "client_id", "is missing, empty or too long");
  welcome->client_id = svpn_printable (id, SVPN_CLIENT_ID_SIZE_MAX);
  if (!svpn_peer_json_get_mtu (object, &welcome->mtu, error))
    return FALSE;
  if (welcome->mtu == 0)
    return svpn_peer_json_reject (error, "mtu", "is missing");
  if (!svpn_peer_json_has (object, "ipv4"))
    return svpn_peer_json_reject (error, "ipv4", "is missing");
  welcome->capabilities = svpn_peer_json_get_capabilities (object);
  welcome->lease = g_strdup (svpn_peer_json_get_string (object, "lease", SVPN_LEASE_SIZE_MAX));
  return read_address (object, "ipv4", AF_INET, &welcome->ipv4, &welcome->ipv4_gateway, error)
         && read_address (object, "ipv6", AF_INET6, &welcome->ipv6, &welcome->ipv6_gateway, error)
         && svpn_peer_json_get_strings (object, "dns", SVPN_DNS_MAX, is_host, &welcome->dns, error)
         && svpn_peer_json_get_strings (object, "routes", SVPN_ROUTES_MAX, is_route, &welcome->routes, error);
}

static void
read_refusal (GVariant *object, SvpnWelcome *welcome)
{
  const char *code = svpn_peer_json_get_string (object, "error", SVPN_HELLO_SIZE_MAX);
  const char *message = svpn_peer_json_get_string (object, "message", SVPN_HELLO_SIZE_MAX);

  welcome->error = svpn_printable (code != NULL ? code : "?", SVPN_REASON_MAX);
  welcome->message = svpn_printable (message != NULL ? message : "", SVPN_REASON_MAX);
}

SvpnWelcome *
svpn_welcome_from_json (const uint8_t *json, gsize size, GError **error)
{
  g_autoptr (GVariant) object = svpn_peer_json_parse (json, size, SVPN_HELLO_SIZE_MAX, error);
  g_autoptr (SvpnWelcome) welcome = g_new0 (SvpnWelcome, 1);

  if (object == NULL)
    return NULL;
  if (!svpn_peer_json_get_int (object, "version", &welcome->version)) {
    svpn_peer_json_reject (error, "version", "is missing or not an integer");
    return NULL;
  }
  if (svpn_peer_json_has (object, "error"))
    read_refusal (object, welcome);
  else if (!read_assignment (object, welcome, error))
    return NULL;
  return g_steal_pointer (&welcome);
}

/* --- changes --- */

char *
svpn_welcome_change_to_json (char *const *dns, char *const *routes)
{
  return svpn_peer_json_print (
      g_variant_new_parsed ("{'type': <'config'>, 'dns': <%^as>, 'routes': <%^as>}", dns, routes));
}

/* Reads @member to *strings, which stays as it is if there is none. */
static gboolean
read_change (GVariant *object, const char *member, guint max, gboolean (*is_valid) (const char *),
             char ***strings, GError **error)
{
  return !svpn_peer_json_has (object, member)
         || svpn_peer_json_get_strings (object, member, max, is_valid, strings, error);
}

static void
replace_strings (char ***strings, char **with)
{
  if (with == NULL)
    return;
  g_strfreev (*strings);
  *strings = with;
}

gboolean
svpn_welcome_update (SvpnWelcome *welcome, const uint8_t *json, gsize size, guint mtu_max, GError **error)
{
  g_autoptr (GVariant) object = svpn_peer_json_parse (json, size, SVPN_FRAME_LENGTH_MAX, error);
  g_auto (GStrv) dns = NULL, routes = NULL;
  guint mtu = welcome->mtu;

  if (object == NULL)
    return FALSE;
  if (g_strcmp0 (svpn_peer_json_get_string (object, "type", SVPN_HELLO_SIZE_MAX), "config") != 0)
    return TRUE;
  if (!svpn_peer_json_get_mtu (object, &mtu, error)
      || !read_change (object, "dns", SVPN_DNS_MAX, is_host, &dns, error)
      || !read_change (object, "routes", SVPN_ROUTES_MAX, is_route, &routes, error))
    return FALSE;
  welcome->mtu = MIN (mtu, mtu_max);
  replace_strings (&welcome->dns, g_steal_pointer (&dns));
  replace_strings (&welcome->routes, g_steal_pointer (&routes));
  return TRUE;
}
