/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Client as an object: its properties and signals. */
#include "smartvpn-client.h"
#include "smartvpn-profile-private.h"
#include "smartvpn-record-private.h"
#include "enum-word.h"

struct _SmartvpnClient {
  SmartvpnProfile parent_instance;
};

struct _SmartvpnClientClass {
  SmartvpnProfileClass parent_class;
};

G_DEFINE_FINAL_TYPE (SmartvpnClient, smartvpn_client, SMARTVPN_TYPE_PROFILE)

enum {
  PROP_STATE = 1,
  PROP_STATE_WORD,
  PROP_HEALTH,
  PROP_HEALTH_WORD,
  PROP_ASSIGNED_IP,
  PROP_SERVER_URL,
  PROP_LOCKDOWN,
  N_PROPERTIES
};
enum { STATE_CHANGED, HEALTH_CHANGED, RECONNECTED, CONFIG_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* ---- Signals ---- */

static void
on_dbus_state_changed (gpointer self, GVariant *arguments)
{
  const char *state, *before, *reason;
  g_autoptr (GVariant) details = NULL;

  g_variant_get (arguments, "(&s&s&s@a{sv})", &state, &before, &reason, &details);
  g_signal_emit (self, signals[STATE_CHANGED], 0, svpn_enum_from_word (SMARTVPN_TYPE_CLIENT_STATE, state),
                 svpn_enum_from_word (SMARTVPN_TYPE_CLIENT_STATE, before), reason, details);
}

static void
on_dbus_health_changed (gpointer self, GVariant *arguments)
{
  const char *health, *before;

  g_variant_get (arguments, "(&s&s)", &health, &before);
  g_signal_emit (self, signals[HEALTH_CHANGED], 0, svpn_enum_from_word (SMARTVPN_TYPE_HEALTH, health),
                 svpn_enum_from_word (SMARTVPN_TYPE_HEALTH, before));
}

/* Emits a signal whose only argument is a dictionary. */
static void
emit_with_record (gpointer self, guint signal, GVariant *arguments, GType type)
{
  g_autoptr (GVariant) values = g_variant_get_child_value (arguments, 0);
  g_autoptr (SmartvpnRecord) record = svpn_record_new (type, values);

  g_signal_emit (self, signals[signal], 0, record);
}

static void
on_dbus_reconnected (gpointer self, GVariant *arguments)
{
  emit_with_record (self, RECONNECTED, arguments, SMARTVPN_TYPE_RECONNECTION);
}

static void
on_dbus_config_changed (gpointer self, GVariant *arguments)
{
  emit_with_record (self, CONFIG_CHANGED, arguments, SMARTVPN_TYPE_CONNECTION);
}

static void
on_client_caught_up (gpointer self, const char *property, const GValue *before)
{
  if (g_str_equal (property, "state"))
    svpn_profile_emit_caught_up (self, signals[STATE_CHANGED], before);
  else if (g_str_equal (property, "health"))
    g_signal_emit (self, signals[HEALTH_CHANGED], 0, smartvpn_client_get_health (self),
                   g_value_get_enum (before));
}

static const SvpnProfileSignal dbus_signals[] = {
  { "StateChanged", "(sssa{sv})", on_dbus_state_changed },
  { "HealthChanged", "(ss)", on_dbus_health_changed },
  { "Reconnected", "(a{sv})", on_dbus_reconnected },
  { "ConfigChanged", "(a{sv})", on_dbus_config_changed },
  { NULL },
};

const SvpnProfileKind svpn_client_kind = { "org.smartvpn.Client", dbus_signals, on_client_caught_up };

/* ---- The object ---- */

static void
install_client_properties (GObjectClass *object_class)
{
  GParamSpec *properties[N_PROPERTIES] = { NULL };

  object_class->get_property = svpn_profile_get_property;

  /**
   * SmartvpnClient:state: (getter get_state)
   *
   * The state of the client. [signal@Client::state-changed] tells why it has changed.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SMARTVPN_TYPE_CLIENT_STATE,
                                              SMARTVPN_CLIENT_STATE_UNKNOWN, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnClient:state-word: (getter get_state_word)
   *
   * The word for the state that smartvpnd has sent, which may be one of a later version.
   *
   * Since: 0.1
   */
  properties[PROP_STATE_WORD] = g_param_spec_string ("state-word", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnClient:health: (getter get_health)
   *
   * The health of the line, %SMARTVPN_HEALTH_NONE while not connected.
   *
   * Since: 0.1
   */
  properties[PROP_HEALTH] = g_param_spec_enum ("health", NULL, NULL, SMARTVPN_TYPE_HEALTH,
                                               SMARTVPN_HEALTH_UNKNOWN, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnClient:health-word: (getter get_health_word)
   *
   * The word for the health that smartvpnd has sent, which may be one of a later version; %NULL while not connected.
   *
   * Since: 0.1
   */
  properties[PROP_HEALTH_WORD] = g_param_spec_string ("health-word", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnClient:assigned-ip: (getter get_assigned_ip)
   *
   * The IPv4 address inside the tunnel, %NULL while neither connected nor reconnecting.
   *
   * Since: 0.1
   */
  properties[PROP_ASSIGNED_IP] = g_param_spec_string ("assigned-ip", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnClient:server-url: (getter get_server_url)
   *
   * The URL of the server: that of the connection, or, while there is none, that of the profile; %NULL if there is
   * none.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER_URL] = g_param_spec_string ("server-url", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnClient:lockdown: (getter get_lockdown)
   *
   * Whether nothing leaves the machine except through tunnels, because this profile (its setting `lockdown`) or an earlier
   * connect wants it. [method@Client.disconnect_async] opens it, and so does changing that setting to `off`.
   *
   * Since: 0.1
   */
  properties[PROP_LOCKDOWN] = g_param_spec_boolean ("lockdown", NULL, NULL, FALSE, SVPN_PROFILE_READABLE);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
smartvpn_client_class_init (SmartvpnClientClass *klass)
{
  install_client_properties (G_OBJECT_CLASS (klass));

  /**
   * SmartvpnClient::state-changed:
   * @self: the client
   * @state: the state now
   * @before: the state before
   * @reason: why, as a code, such as "user" or "no-answer", or the name of an error, such as "AuthFailed"; ""
   *   if the state has changed while smartvpnd was away. smartvpn_reason_to_string() says it to a person
   * @details: (transfer none): a dictionary (a{sv}); "message" (s) says more in English, if there is more to say
   *
   * The state has changed. All properties are up to date when the signal comes.
   *
   * Since: 0.1
   */
  signals[STATE_CHANGED] = g_signal_new ("state-changed", SMARTVPN_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 4, SMARTVPN_TYPE_CLIENT_STATE,
                                         SMARTVPN_TYPE_CLIENT_STATE, G_TYPE_STRING, G_TYPE_VARIANT);

  /**
   * SmartvpnClient::health-changed:
   * @self: the client
   * @health: the health now
   * @before: the health before
   *
   * The health of the line has changed.
   *
   * Since: 0.1
   */
  signals[HEALTH_CHANGED]
      = g_signal_new ("health-changed", SMARTVPN_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, SMARTVPN_TYPE_HEALTH, SMARTVPN_TYPE_HEALTH);

  /**
   * SmartvpnClient::reconnected:
   * @self: the client
   * @details: why the session was lost, and how it was replaced
   *
   * The client has replaced a lost session. The interface has stayed, and so has the address unless the server has
   * assigned another.
   *
   * Since: 0.1
   */
  signals[RECONNECTED] = g_signal_new ("reconnected", SMARTVPN_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, SMARTVPN_TYPE_RECONNECTION);

  /**
   * SmartvpnClient::config-changed:
   * @self: the client
   * @config: MTU, name servers and routes from now on; all other values are unset
   *
   * The server has changed some of these during the session, and the client has applied them.
   *
   * Since: 0.1
   */
  signals[CONFIG_CHANGED] = g_signal_new ("config-changed", SMARTVPN_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, SMARTVPN_TYPE_CONNECTION);
}

static void
smartvpn_client_init (SmartvpnClient *self)
{
}

SmartvpnClientState
smartvpn_client_get_state (SmartvpnClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), SMARTVPN_CLIENT_STATE_UNKNOWN);
  return g_value_get_enum (svpn_profile_get (self, "state"));
}

SmartvpnHealth
smartvpn_client_get_health (SmartvpnClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), SMARTVPN_HEALTH_UNKNOWN);
  return g_value_get_enum (svpn_profile_get (self, "health"));
}

const char *
smartvpn_client_get_state_word (SmartvpnClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return g_value_get_string (svpn_profile_get (self, "state-word"));
}

const char *
smartvpn_client_get_health_word (SmartvpnClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return g_value_get_string (svpn_profile_get (self, "health-word"));
}

const char *
smartvpn_client_get_assigned_ip (SmartvpnClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return g_value_get_string (svpn_profile_get (self, "assigned-ip"));
}

const char *
smartvpn_client_get_server_url (SmartvpnClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return g_value_get_string (svpn_profile_get (self, "server-url"));
}

gboolean
smartvpn_client_get_lockdown (SmartvpnClient *self)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), FALSE);
  return g_value_get_boolean (svpn_profile_get (self, "lockdown"));
}
