/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * D-Bus methods that clients and servers have in common. */
#include "calls.h"
#include "answer.h"
#include "error.h"
#include "stored-profile.h"

/* The profile @name with the key that it had, unless @overrides (or NULL) bring another. Full reference. */
static GVariant *
load_with_key (SvpnStore *store, SvpnScope scope, const char *name, GVariant *overrides, GError **error)
{
  g_autoptr (GVariant) profile = svpn_store_load (store, scope, name, error);
  gboolean has_other_key = overrides != NULL && g_variant_lookup (overrides, "private-key", "s", NULL);
  GVariantDict dict;

  if (profile == NULL || (!has_other_key && !svpn_stored_profile_check_key (scope, name, profile, error)))
    return NULL;
  g_variant_dict_init (&dict, profile);
  g_variant_dict_remove (&dict, "public-key"); /* only the check above needs it */
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

GVariant *
svpn_call_effective_settings (SvpnStore *store, SvpnScope scope, const char *name, GVariant *options,
                              GError **error)
{
  g_autoptr (GVariant) overrides = options != NULL ? svpn_settings_validate (scope, options, error) : NULL;
  const SvpnSetting *setting
      = overrides != NULL ? svpn_settings_find_flagged (scope, overrides, SVPN_SETTING_PROFILE_ONLY) : NULL;

  if (options != NULL && overrides == NULL)
    return NULL;
  if (setting != NULL) {
    svpn_error_refuse (error, setting->key, "a setting of a profile, not an option of a call");
    return NULL;
  }
  g_autoptr (GVariant) profile = load_with_key (store, scope, name, overrides, error);
  if (profile == NULL || overrides == NULL)
    return g_steal_pointer (&profile);
  return svpn_settings_merge (profile, overrides);
}

GVariant *
svpn_call_details (const char *message)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  if (*message != '\0')
    g_variant_dict_insert (&dict, "message", "s", message);
  return g_variant_dict_end (&dict);
}

void
svpn_call_add_reason (GVariantDict *dict, const char *text, SvpnReason otherwise)
{
  const char *message, *code = svpn_reason_split (text, otherwise, &message);

  g_variant_dict_insert (dict, "reason", "s", code);
  if (*message != '\0')
    g_variant_dict_insert (dict, "message", "s", message);
}

void
svpn_call_get_settings (SvpnStore *store, SvpnScope scope, const char *name,
                        GDBusMethodInvocation *invocation)
{
  g_auto (GVariantBuilder) names = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  GError *error = NULL;
  g_autoptr (GVariant) profile = svpn_store_load (store, scope, name, &error);

  if (profile == NULL) {
    g_dbus_method_invocation_take_error (invocation, error);
    return;
  }
  g_autoptr (GVariant) open = svpn_settings_without_secrets (scope, profile);
  g_autoptr (GVariant) secret = svpn_settings_only_secrets (scope, profile);
  for (gsize i = 0; i < g_variant_n_children (secret); i++) {
    const char *key;
    g_variant_get_child (secret, i, "{&sv}", &key, NULL);
    g_variant_builder_add (&names, "s", key);
  }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a{sv}as)", open, &names));
}

const char *
svpn_call_get_title (SvpnScope scope, GVariant *profile)
{
  const char *title = profile != NULL ? svpn_settings_get_string (scope, profile, "title") : NULL;

  return title != NULL ? title : "";
}

gboolean
svpn_call_update (SvpnStore *store, SvpnScope scope, const char *name, GVariant *changes,
                  const char *const *unset, GError **error)
{
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();

  g_strv_builder_addv (keys, (const char **) unset);
  /* Whoever removes the private key does not want to be told later that it is missing. */
  if (g_strv_contains (unset, "private-key"))
    g_strv_builder_add (keys, "public-key");
  g_auto (GStrv) all = g_strv_builder_end (keys);
  g_autoptr (GVariant) old = svpn_store_load (store, scope, name, error);
  g_autoptr (GVariant) settings
      = old != NULL ? svpn_settings_update (scope, old, changes, (const char *const *) all, error) : NULL;

  return settings != NULL && svpn_stored_profile_save (store, scope, name, settings, error);
}

static void
return_dictionary (GDBusMethodInvocation *invocation, GVariant *dictionary)
{
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a{sv})", dictionary));
}

static void
return_not_up (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_take_error (invocation, svpn_tunnel_not_up (tunnel));
}

/* Called when the caller has left the bus before the start finished. */
static void
on_caller_gone (SvpnTunnel *tunnel)
{
  if (svpn_tunnel_get_state (tunnel) == SVPN_TUNNEL_STARTING)
    svpn_tunnel_stop_async (tunnel, SVPN_REASON_CALLER_LEFT, NULL, NULL);
}

/* Called when the tunnel is up or has failed. */
static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SvpnTunnel *tunnel = SVPN_TUNNEL (source);
  GDBusMethodInvocation *invocation = svpn_answer_take (user_data);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok = svpn_tunnel_finish (tunnel, result, &error);

  if (invocation == NULL)
    return;
  if (!ok) {
    g_dbus_method_invocation_take_error (invocation, g_steal_pointer (&error));
  } else if (!svpn_tunnel_is_up (tunnel)) {
    return_not_up (tunnel, invocation);
  } else {
    svpn_tunnel_describe (tunnel, &dict);
    return_dictionary (invocation, g_variant_dict_end (&dict));
  }
}

void
svpn_call_start (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation, GVariant *options)
{
  g_auto (SvpnStart) start = { 0 };
  GError *error = svpn_tunnel_not_down (tunnel);

  if (error != NULL || !svpn_tunnel_load (tunnel, options, &start, &error)) {
    g_dbus_method_invocation_take_error (invocation, error);
    return;
  }
  SvpnAnswer *answer = svpn_answer_new (tunnel, start.wait ? invocation : NULL);
  if (start.wait)
    svpn_answer_watch_caller (answer, on_caller_gone);
  else
    return_dictionary (invocation, g_variant_new ("a{sv}", NULL));
  svpn_tunnel_start_async (tunnel, &start, on_started,
                           answer); /* calls back from the main loop, so not yet */
  svpn_answer_arm (answer);
}

/* Called when everything is undone. */
static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = svpn_answer_take (user_data);
  GError *error = NULL;
  gboolean ok = svpn_tunnel_finish (SVPN_TUNNEL (source), result, &error);

  if (invocation == NULL)
    g_clear_error (&error);
  else if (ok)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

void
svpn_call_stop (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation)
{
  SvpnAnswer *answer = svpn_answer_new (tunnel, invocation);

  svpn_tunnel_stop_async (tunnel, SVPN_REASON_USER, on_stopped, answer);
  svpn_answer_arm (answer);
}

void
svpn_call_get_status (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  svpn_tunnel_describe_status (tunnel, &dict);
  return_dictionary (invocation, g_variant_dict_end (&dict));
}

gboolean
svpn_call_refuse_options (GVariant *options, GError **error)
{
  const char *key;

  if (g_variant_n_children (options) == 0)
    return TRUE;
  g_variant_get_child (options, 0, "{&sv}", &key, NULL);
  return svpn_error_refuse_argument (error, key, "there is no such option");
}

SvpnDbusWorker *
svpn_call_worker (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation)
{
  SvpnDbusWorker *worker = svpn_tunnel_get_worker (tunnel);

  if (worker == NULL)
    return_not_up (tunnel, invocation);
  return worker;
}

/* A call that waits for the worker. */
typedef struct {
  GDBusMethodInvocation *invocation;
  SvpnTunnel *tunnel;
  SvpnReply reply;
} Forwarded;

/* Called when the worker has answered. */
static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Forwarded *forwarded = user_data;
  g_autoptr (SvpnTunnel) tunnel = forwarded->tunnel;
  GError *error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (answer == NULL) {
    g_dbus_method_invocation_take_error (forwarded->invocation, svpn_worker_error (error));
  } else if (forwarded->reply == SVPN_REPLY_NOTHING) {
    g_dbus_method_invocation_return_value (forwarded->invocation, NULL);
  } else {
    g_autoptr (GVariant) value = g_variant_get_child_value (answer, 0);
    gboolean has_number = g_variant_n_children (answer) > 1;
    g_autoptr (GVariant) number = has_number ? g_variant_get_child_value (answer, 1) : NULL;
    GVariant *results[] = { svpn_tunnel_check_reply (tunnel, forwarded->reply, value), number };
    g_dbus_method_invocation_return_value (forwarded->invocation,
                                           g_variant_new_tuple (results, has_number ? 2 : 1));
  }
}

void
svpn_call_forward (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation, const char *method,
                   GVariant *arguments, SvpnReply reply)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  SvpnDbusWorker *worker = svpn_call_worker (tunnel, invocation);

  if (worker == NULL)
    return;
  Forwarded *forwarded = g_new0 (Forwarded, 1);
  forwarded->invocation = invocation;
  forwarded->tunnel = g_object_ref (tunnel);
  forwarded->reply = reply;
  /* The proxy knows the interface and refuses an answer of another type. */
  g_dbus_proxy_call (G_DBUS_PROXY (worker), method, owned, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answered,
                     forwarded);
}

void
svpn_call_get_statistics (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation)
{
  svpn_call_forward (tunnel, invocation, "GetStatistics", NULL, svpn_tunnel_get_ops (tunnel)->statistics);
}
