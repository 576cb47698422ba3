/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods that org.smartvpn.Client and org.smartvpn.Server have in common. */
#include "call.h"
#include "smartvpn-profile.h"

static const SvpnMethod get_settings_method = { .name = "GetSettings", .reply_type = "(a{sv}as)" };

static GVariant *
take_settings (GVariant *reply, char ***secrets)
{
  g_autoptr (GVariant) owned = reply;
  g_auto (GStrv) keys = NULL;
  GVariant *settings;

  if (owned == NULL)
    return NULL;
  g_variant_get (owned, "(@a{sv}^as)", &settings, &keys);
  if (secrets != NULL)
    *secrets = g_steal_pointer (&keys);
  return settings;
}

void
smartvpn_profile_get_settings_async (SmartvpnProfile *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_PROFILE (self));
  svpn_call_async (self, &get_settings_method, NULL, cancellable, callback, user_data);
}

GVariant *
smartvpn_profile_get_settings_finish (SmartvpnProfile *self, GAsyncResult *result, char ***secrets,
                                      GError **error)
{
  return take_settings (svpn_call_finish (self, &get_settings_method, result, error), secrets);
}

GVariant *
smartvpn_profile_get_settings_sync (SmartvpnProfile *self, char ***secrets, GCancellable *cancellable,
                                    GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), NULL);
  return take_settings (svpn_call_sync (self, &get_settings_method, NULL, cancellable, error), secrets);
}

static GVariant *
pack_update (GVariant *settings, const char *const *unset)
{
  static const char *const nothing[] = { NULL };

  return svpn_call_pack (svpn_call_dictionary (settings),
                         g_variant_new_strv (unset != NULL ? unset : nothing, -1), NULL);
}

static const SvpnMethod update_method = { .name = "Update", .reply_type = "()" };

void
smartvpn_profile_update_async (SmartvpnProfile *self, GVariant *settings, const char *const *unset,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_PROFILE (self));
  svpn_call_async (self, &update_method, pack_update (settings, unset), cancellable, callback, user_data);
}

gboolean
smartvpn_profile_update_finish (SmartvpnProfile *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &update_method, result, error));
}

gboolean
smartvpn_profile_update_sync (SmartvpnProfile *self, GVariant *settings, const char *const *unset,
                              GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_PROFILE (self), FALSE);
  return svpn_reply_discard (
      svpn_call_sync (self, &update_method, pack_update (settings, unset), cancellable, error));
}
