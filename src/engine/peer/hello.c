/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Handshake message 1: the client's greeting. */
#include "hello.h"
#include "printable.h"

void
svpn_hello_free (SvpnHello *hello)
{
  g_free (hello->name);
  g_free (hello->lease);
  g_free (hello);
}

char *
svpn_hello_to_json (const SvpnHello *hello)
{
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&object, "{sv}", "version", g_variant_new_int64 (hello->version));
  if (hello->mtu != 0)
    g_variant_builder_add (&object, "{sv}", "mtu", g_variant_new_int64 (hello->mtu));
  g_variant_builder_add (&object, "{sv}", "capabilities", svpn_capabilities_to_variant (hello->capabilities));
  if (hello->name != NULL)
    g_variant_builder_add (&object, "{sv}", "name", g_variant_new_string (hello->name));
  if (hello->lease != NULL)
    g_variant_builder_add (&object, "{sv}", "lease", g_variant_new_string (hello->lease));
  return svpn_peer_json_print_padded (g_variant_builder_end (&object), SVPN_HELLO_SIZE_MAX);
}

SvpnHello *
svpn_hello_from_json (const uint8_t *json, gsize size, GError **error)
{
  g_autoptr (GVariant) object = svpn_peer_json_parse (json, size, SVPN_HELLO_SIZE_MAX, error);
  g_autoptr (SvpnHello) hello = g_new0 (SvpnHello, 1);
  const char *name;

  if (object == NULL)
    return NULL;
  if (!svpn_peer_json_get_int (object, "version", &hello->version)) {
    svpn_peer_json_reject (error, "version", "is missing or not an integer");
    return NULL;
  }
  if (hello->version == SVPN_PROTOCOL_VERSION && !svpn_peer_json_get_mtu (object, &hello->mtu, error))
    return NULL;
  hello->capabilities = svpn_peer_json_get_capabilities (object);
  name = svpn_peer_json_get_string (object, "name", SVPN_HELLO_SIZE_MAX);
  hello->name = name != NULL ? svpn_printable (name, SVPN_NAME_MAX) : NULL;
  hello->lease = g_strdup (svpn_peer_json_get_string (object, "lease", SVPN_LEASE_SIZE_MAX));
  return g_steal_pointer (&hello);
}
