/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON objects that client and server send each other. */
#include "peer-json.h"
#include "error.h"
#include "json.h"
#include "wire.h"

#include <json-glib/json-glib.h>
#include <sodium.h>
#include <string.h>

#define PAD_MAX 256
#define PAD_MEMBER ",\"pad\":\"\""

/* --- reading --- */

gboolean
svpn_peer_json_reject (GError **error, const char *member, const char *flaw)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "\"%s\" %s", member, flaw);
  return FALSE;
}

GVariant *
svpn_peer_json_parse (const uint8_t *json, gsize size, gsize size_max, GError **error)
{
  const char *flaw = size == 0                           ? "is empty"
                     : size > size_max                   ? "is too long"
                     : memchr (json, '\0', size) != NULL ? "holds a zero byte"
                                                         : NULL;
  g_autofree char *text = NULL;

  if (flaw != NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "the JSON text %s", flaw);
    return NULL;
  }
  text = g_strndup ((const char *) json, size);
  return svpn_json_parse (text, size_max, error);
}

gboolean
svpn_peer_json_has (GVariant *object, const char *member)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (object, member, NULL);

  return value != NULL;
}

const char *
svpn_peer_json_get_string (GVariant *object, const char *member, gsize size_max)
{
  const char *text;

  return g_variant_lookup (object, member, "&s", &text) && strlen (text) <= size_max ? text : NULL;
}

gboolean
svpn_peer_json_get_int (GVariant *object, const char *member, gint64 *value)
{
  return g_variant_lookup (object, member, "x", value);
}

gboolean
svpn_peer_json_get_strings (GVariant *object, const char *member, guint max,
                            gboolean (*is_valid) (const char *), char ***strings, GError **error)
{
  g_autoptr (GVariant) array = g_variant_lookup_value (object, member, G_VARIANT_TYPE ("av"));
  gsize n = array != NULL ? g_variant_n_children (array) : 0;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (array == NULL && svpn_peer_json_has (object, member))
    return svpn_peer_json_reject (error, member, "is not an array");
  if (n > max)
    return svpn_peer_json_reject (error, member, "has too many elements");
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) element = NULL;

    g_variant_get_child (array, i, "v", &element);
    if (!g_variant_is_of_type (element, G_VARIANT_TYPE_STRING)
        || !is_valid (g_variant_get_string (element, NULL)))
      return svpn_peer_json_reject (error, member, "holds an element that cannot be in it");
    g_strv_builder_add (builder, g_variant_get_string (element, NULL));
  }
  *strings = g_strv_builder_end (builder);
  return TRUE;
}

/* --- writing --- */

static char *
print_node (JsonNode *node)
{
  return json_to_string (node, FALSE);
}

char *
svpn_peer_json_print (GVariant *object)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (object);
  g_autoptr (JsonNode) node = json_gvariant_serialize (owned);

  return print_node (node);
}

char *
svpn_peer_json_print_padded (GVariant *object, gsize size_max)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (object);
  g_autoptr (JsonNode) node = json_gvariant_serialize (owned);
  g_autofree char *bare = print_node (node);
  gsize size = randombytes_uniform (PAD_MAX + 1);
  g_autofree char *pad = g_strnfill (size, '.');

  if (strlen (bare) > size_max)
    return NULL;
  if (strlen (bare) + strlen (PAD_MEMBER) + size > size_max)
    return g_steal_pointer (&bare);
  json_object_set_string_member (json_node_get_object (node), "pad", pad);
  return print_node (node);
}

/* --- mtu and capabilities --- */

gboolean
svpn_peer_json_get_mtu (GVariant *object, guint *mtu, GError **error)
{
  gint64 value;

  if (!svpn_peer_json_has (object, "mtu"))
    return TRUE;
  if (!svpn_peer_json_get_int (object, "mtu", &value))
    return svpn_peer_json_reject (error, "mtu", "is not an integer");
  if (value < SVPN_MTU_MIN || value > SVPN_PACKET_SIZE_MAX)
    return svpn_peer_json_reject (error, "mtu", "is out of range");
  *mtu = (guint) value;
  return TRUE;
}

static const struct {
  SvpnCapabilities capability;
  const char *name;
} capability_names[] = {
  { SVPN_CAPABILITY_REKEY, "rekey" },
  { SVPN_CAPABILITY_GSO, "gso" },
};

static SvpnCapabilities
find_capability (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (capability_names); i++)
    if (g_str_equal (name, capability_names[i].name))
      return capability_names[i].capability;
  return 0;
}

SvpnCapabilities
svpn_peer_json_get_capabilities (GVariant *object)
{
  g_autoptr (GVariant) array = g_variant_lookup_value (object, "capabilities", G_VARIANT_TYPE ("av"));
  SvpnCapabilities capabilities = 0;

  for (gsize i = 0; array != NULL && i < g_variant_n_children (array); i++) {
    g_autoptr (GVariant) element = NULL;

    g_variant_get_child (array, i, "v", &element);
    if (g_variant_is_of_type (element, G_VARIANT_TYPE_STRING))
      capabilities |= find_capability (g_variant_get_string (element, NULL));
  }
  return capabilities;
}

GVariant *
svpn_capabilities_to_variant (SvpnCapabilities capabilities)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (gsize i = 0; i < G_N_ELEMENTS (capability_names); i++)
    if (capabilities & capability_names[i].capability)
      g_variant_builder_add (&builder, "s", capability_names[i].name);
  return g_variant_builder_end (&builder);
}
