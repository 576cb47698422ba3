/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings from foreign bytes: as JSON text, and as a serialised dictionary like one that came by D-Bus. What is taken
 * must be canonical, and survive the way to JSON and back. */
#include "error.h"
#include "settings.h"

#include "fuzz.h"

const char *const fuzz_seeds[] = {
  /* {'mtu': <uint32 1400>, 'dns': <['1.1.1.1']>, 'wait': <true>} */
  "6d747500000000007805000000750400646e730000000000312e312e312e310008006173040000007761697400000000"
  "010062050f2534",
  /* {'listen': <['0.0.0.0:443', '[::]:443']>, 'path': <'/chat'>} */
  "6c697374656e0000302e302e302e303a343433005b3a3a5d3a343433000c150061730700000000007061746800000000"
  "2f63686174000073052339",
  /* {"mtu": 1400, "dns": ["1.1.1.1"], "wait": true} */
  "7b226d7475223a20313430302c2022646e73223a205b22312e312e312e31225d2c202277616974223a20747275657d",
  /* {"listen": ["[::]:443"], "path": "/\u0061"} */
  "7b226c697374656e223a205b225b3a3a5d3a343433225d2c202270617468223a20222f5c7530303631227d",
  NULL,
};

static void
check (SvpnScope scope, GVariant *settings, GError *error)
{
  g_autofree char *json = NULL;
  g_autoptr (GVariant) again = NULL, same = NULL;

  FUZZ_CHECK ((settings == NULL) == (error != NULL));
  if (settings == NULL) {
    FUZZ_CHECK (g_error_matches (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS)
                || g_error_matches (error, SVPN_ERROR, SVPN_ERROR_UNKNOWN_SETTING)
                || g_error_matches (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING));
    FUZZ_CHECK (g_utf8_validate (error->message, -1, NULL));
    return;
  }
  same = svpn_settings_validate (scope, settings, NULL);
  FUZZ_CHECK (same != NULL && g_variant_equal (same, settings));
  json = svpn_settings_to_json (settings);
  again = svpn_settings_from_json (scope, json, NULL);
  FUZZ_CHECK (again != NULL && g_variant_equal (again, settings));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) raw
      = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  g_autoptr (GVariant) input = g_variant_get_normal_form (raw);

  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  for (int scope = SVPN_SCOPE_CLIENT; scope <= SVPN_SCOPE_AUTHORIZED; scope++) {
    g_autoptr (GError) json_error = NULL, error = NULL;
    g_autoptr (GVariant) from_json = svpn_settings_from_json (scope, text, &json_error);
    g_autoptr (GVariant) from_variant = svpn_settings_validate (scope, input, &error);

    check (scope, from_json, json_error);
    check (scope, from_variant, error);
  }
  return 0;
}
