/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Server as an object: its properties and signals. */
#include "smartvpn-server.h"
#include "smartvpn-profile-private.h"
#include "smartvpn-record-private.h"
#include "enum-word.h"

struct _SmartvpnServer {
  SmartvpnProfile parent_instance;
};

struct _SmartvpnServerClass {
  SmartvpnProfileClass parent_class;
};

G_DEFINE_FINAL_TYPE (SmartvpnServer, smartvpn_server, SMARTVPN_TYPE_PROFILE)

enum {
  PROP_STATE = 1,
  PROP_STATE_WORD,
  PROP_PUBLIC_KEY,
  PROP_LISTEN_ADDRESS,
  PROP_SUBNET,
  PROP_CONNECTED_CLIENTS,
  N_PROPERTIES
};
enum { STATE_CHANGED, STARTED, STOPPED, CLIENT_CONNECTED, CLIENT_DISCONNECTED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* ---- Signals ---- */

static void
on_dbus_server_state_changed (gpointer self, GVariant *arguments)
{
  const char *state, *before, *reason;
  g_autoptr (GVariant) details = NULL;

  g_variant_get (arguments, "(&s&s&s@a{sv})", &state, &before, &reason, &details);
  g_signal_emit (self, signals[STATE_CHANGED], 0, svpn_enum_from_word (SMARTVPN_TYPE_SERVER_STATE, state),
                 svpn_enum_from_word (SMARTVPN_TYPE_SERVER_STATE, before), reason, details);
}

static void
on_dbus_started (gpointer self, GVariant *arguments)
{
  g_signal_emit (self, signals[STARTED], 0);
}

static void
on_dbus_stopped (gpointer self, GVariant *arguments)
{
  g_signal_emit (self, signals[STOPPED], 0);
}

static void
on_dbus_client_connected (gpointer self, GVariant *arguments)
{
  const char *id;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (SmartvpnSession) session = NULL;

  g_variant_get (arguments, "(&s@a{sv})", &id, &values);
  session = svpn_record_new (SMARTVPN_TYPE_SESSION, values);
  g_signal_emit (self, signals[CLIENT_CONNECTED], 0, id, session);
}

static void
on_dbus_client_disconnected (gpointer self, GVariant *arguments)
{
  const char *id, *reason;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (SmartvpnSession) session = NULL;

  g_variant_get (arguments, "(&s&s@a{sv})", &id, &reason, &values);
  session = svpn_record_new (SMARTVPN_TYPE_SESSION, values);
  g_signal_emit (self, signals[CLIENT_DISCONNECTED], 0, id, reason, session);
}

static void
on_server_caught_up (gpointer self, const char *property, const GValue *before)
{
  if (!g_str_equal (property, "state"))
    return;
  svpn_profile_emit_caught_up (self, signals[STATE_CHANGED], before);
  if (smartvpn_server_get_state (self) == SMARTVPN_SERVER_STATE_RUNNING)
    g_signal_emit (self, signals[STARTED], 0);
  else if (g_value_get_enum (before) == SMARTVPN_SERVER_STATE_RUNNING)
    g_signal_emit (self, signals[STOPPED], 0);
}

static const SvpnProfileSignal dbus_signals[] = {
  { "StateChanged", "(sssa{sv})", on_dbus_server_state_changed },
  { "Started", "()", on_dbus_started },
  { "Stopped", "()", on_dbus_stopped },
  { "ClientConnected", "(sa{sv})", on_dbus_client_connected },
  { "ClientDisconnected", "(ssa{sv})", on_dbus_client_disconnected },
  { NULL },
};

const SvpnProfileKind svpn_server_kind = { "org.smartvpn.Server", dbus_signals, on_server_caught_up };

/* ---- The object ---- */

static void
install_server_properties (GObjectClass *object_class)
{
  GParamSpec *properties[N_PROPERTIES] = { NULL };

  object_class->get_property = svpn_profile_get_property;

  /**
   * SmartvpnServer:state: (getter get_state)
   *
   * The state of the server.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SMARTVPN_TYPE_SERVER_STATE,
                                              SMARTVPN_SERVER_STATE_UNKNOWN, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnServer:state-word: (getter get_state_word)
   *
   * The word for the state that smartvpnd has sent, which may be one of a later version.
   *
   * Since: 0.1
   */
  properties[PROP_STATE_WORD] = g_param_spec_string ("state-word", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnServer:public-key: (getter get_public_key)
   *
   * The public key, the setting `server-public-key` of clients: 32 bytes in base64, %NULL until the server has a key.
   *
   * Since: 0.1
   */
  properties[PROP_PUBLIC_KEY] = g_param_spec_string ("public-key", NULL, NULL, NULL, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnServer:listen-address: (getter get_listen_address)
   *
   * IP addresses and ports that the server listens on, none unless it runs.
   *
   * Since: 0.1
   */
  properties[PROP_LISTEN_ADDRESS]
      = g_param_spec_boxed ("listen-address", NULL, NULL, G_TYPE_STRV, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnServer:subnet: (getter get_subnet)
   *
   * The address pools in CIDR notation, IPv4 first, none unless the server runs.
   *
   * Since: 0.1
   */
  properties[PROP_SUBNET] = g_param_spec_boxed ("subnet", NULL, NULL, G_TYPE_STRV, SVPN_PROFILE_READABLE);

  /**
   * SmartvpnServer:connected-clients: (getter get_connected_clients)
   *
   * The number of sessions.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECTED_CLIENTS]
      = g_param_spec_uint ("connected-clients", NULL, NULL, 0, G_MAXUINT, 0, SVPN_PROFILE_READABLE);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
smartvpn_server_class_init (SmartvpnServerClass *klass)
{
  install_server_properties (G_OBJECT_CLASS (klass));

  /**
   * SmartvpnServer::state-changed:
   * @self: the server
   * @state: the state now
   * @before: the state before
   * @reason: why, as a code, such as "user" or "worker-died", or the name of an error, such as "TlsFailed"; ""
   *   if the state has changed while smartvpnd was away. smartvpn_reason_to_string() says it to a person
   * @details: (transfer none): a dictionary (a{sv}); "message" (s) says more in English, if there is more to say
   *
   * The state has changed. All properties are up to date when the signal comes.
   *
   * Since: 0.1
   */
  signals[STATE_CHANGED] = g_signal_new ("state-changed", SMARTVPN_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 4, SMARTVPN_TYPE_SERVER_STATE,
                                         SMARTVPN_TYPE_SERVER_STATE, G_TYPE_STRING, G_TYPE_VARIANT);

  /**
   * SmartvpnServer::started:
   * @self: the server
   *
   * Clients can connect. The signal also comes when smartvpnd is back, and the server was started meanwhile.
   *
   * Since: 0.1
   */
  signals[STARTED] = g_signal_new ("started", SMARTVPN_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  /**
   * SmartvpnServer::stopped:
   * @self: the server
   *
   * The server has stopped or failed, and all its changes of the network are undone. The signal also comes when
   * smartvpnd is back, and the server has ended meanwhile.
   *
   * Since: 0.1
   */
  signals[STOPPED] = g_signal_new ("stopped", SMARTVPN_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  /**
   * SmartvpnServer::client-connected:
   * @self: the server
   * @id: the id of the session
   * @session: the session
   *
   * A client has connected. The system bus delivers this signal to root only.
   *
   * Since: 0.1
   */
  signals[CLIENT_CONNECTED]
      = g_signal_new ("client-connected", SMARTVPN_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, SMARTVPN_TYPE_SESSION);

  /**
   * SmartvpnServer::client-disconnected:
   * @self: the server
   * @id: the id of the session
   * @reason: why the session has ended, a code, such as "client-left"; smartvpn_reason_to_string() says it to a person
   * @session: the session, with its final counters
   *
   * A session has ended. The system bus delivers this signal to root only.
   *
   * Since: 0.1
   */
  signals[CLIENT_DISCONNECTED]
      = g_signal_new ("client-disconnected", SMARTVPN_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, SMARTVPN_TYPE_SESSION);
}

static void
smartvpn_server_init (SmartvpnServer *self)
{
}

SmartvpnServerState
smartvpn_server_get_state (SmartvpnServer *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), SMARTVPN_SERVER_STATE_UNKNOWN);
  return g_value_get_enum (svpn_profile_get (self, "state"));
}

const char *
smartvpn_server_get_state_word (SmartvpnServer *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return g_value_get_string (svpn_profile_get (self, "state-word"));
}

const char *
smartvpn_server_get_public_key (SmartvpnServer *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return g_value_get_string (svpn_profile_get (self, "public-key"));
}

static const char *const *
get_strv_property (SmartvpnServer *self, const char *property)
{
  static const char *const none[] = { NULL };
  const char *const *strings = g_value_get_boxed (svpn_profile_get (self, property));

  return strings != NULL ? strings : none;
}

const char *const *
smartvpn_server_get_listen_address (SmartvpnServer *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return get_strv_property (self, "listen-address");
}

const char *const *
smartvpn_server_get_subnet (SmartvpnServer *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return get_strv_property (self, "subnet");
}

guint
smartvpn_server_get_connected_clients (SmartvpnServer *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), 0);
  return g_value_get_uint (svpn_profile_get (self, "connected-clients"));
}
