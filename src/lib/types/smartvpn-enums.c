/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The words of enumerations. On D-Bus a value is its nick. */
#include "smartvpn-enums.h"

static const char *
word_of_value (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *entry = g_enum_get_value (klass, value);

  g_return_val_if_fail (entry != NULL, NULL);
  return entry->value_nick;
}

const char *
smartvpn_client_state_to_string (SmartvpnClientState state)
{
  return word_of_value (SMARTVPN_TYPE_CLIENT_STATE, state);
}

const char *
smartvpn_server_state_to_string (SmartvpnServerState state)
{
  return word_of_value (SMARTVPN_TYPE_SERVER_STATE, state);
}

const char *
smartvpn_health_to_string (SmartvpnHealth health)
{
  return word_of_value (SMARTVPN_TYPE_HEALTH, health);
}
