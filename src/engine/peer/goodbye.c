/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The payload of a DISCONNECT frame. */
#include "goodbye.h"
#include "peer-json.h"
#include "printable.h"
#include "wire.h"

char *
svpn_goodbye_to_json (const char *reason, gboolean is_final)
{
  const char *format = is_final ? "{'reason': <%s>}" : "{'reason': <%s>, 'final': <false>}";

  return svpn_peer_json_print (g_variant_new_parsed (format, reason));
}

char *
svpn_goodbye_from_json (const uint8_t *json, gsize size, gboolean *is_final)
{
  g_autoptr (GVariant) object = svpn_peer_json_parse (json, size, SVPN_HELLO_SIZE_MAX, NULL);
  const char *reason
      = object != NULL ? svpn_peer_json_get_string (object, "reason", SVPN_HELLO_SIZE_MAX) : NULL;

  if (object == NULL || !g_variant_lookup (object, "final", "b", is_final))
    *is_final = TRUE;
  return svpn_printable (reason != NULL && *reason != '\0' ? reason : "no reason given", SVPN_REASON_MAX);
}
