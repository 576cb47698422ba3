/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Client except Connect(). */
#include "call.h"
#include "smartvpn-client.h"
#include "smartvpn-record-private.h"

static const SvpnMethod disconnect_method = { .name = "Disconnect", .reply_type = "()" };

void
smartvpn_client_disconnect_async (SmartvpnClient *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  svpn_call_async (self, &disconnect_method, NULL, cancellable, callback, user_data);
}

gboolean
smartvpn_client_disconnect_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &disconnect_method, result, error));
}

gboolean
smartvpn_client_disconnect_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), FALSE);
  return svpn_reply_discard (svpn_call_sync (self, &disconnect_method, NULL, cancellable, error));
}

static const SvpnMethod reconnect_method = { .name = "Reconnect", .reply_type = "()" };

void
smartvpn_client_reconnect_async (SmartvpnClient *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  svpn_call_async (self, &reconnect_method, NULL, cancellable, callback, user_data);
}

gboolean
smartvpn_client_reconnect_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &reconnect_method, result, error));
}

gboolean
smartvpn_client_reconnect_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), FALSE);
  return svpn_reply_discard (svpn_call_sync (self, &reconnect_method, NULL, cancellable, error));
}

static const SvpnMethod check_method = { .name = "Check", .reply_type = "(as)" };

void
smartvpn_client_check_async (SmartvpnClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  svpn_call_async (self, &check_method, NULL, cancellable, callback, user_data);
}

char **
smartvpn_client_check_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_strings (svpn_call_finish (self, &check_method, result, error));
}

char **
smartvpn_client_check_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return svpn_reply_strings (svpn_call_sync (self, &check_method, NULL, cancellable, error));
}

static const SvpnMethod get_status_method = { .name = "GetStatus", .reply_type = "(a{sv})" };

void
smartvpn_client_get_status_async (SmartvpnClient *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  svpn_call_async (self, &get_status_method, NULL, cancellable, callback, user_data);
}

SmartvpnClientStatus *
smartvpn_client_get_status_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &get_status_method, result, error),
                                 SMARTVPN_TYPE_CLIENT_STATUS);
}

SmartvpnClientStatus *
smartvpn_client_get_status_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return svpn_record_from_reply (svpn_call_sync (self, &get_status_method, NULL, cancellable, error),
                                 SMARTVPN_TYPE_CLIENT_STATUS);
}

static const SvpnMethod get_statistics_method = { .name = "GetStatistics", .reply_type = "(a{sv})" };

void
smartvpn_client_get_statistics_async (SmartvpnClient *self, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  svpn_call_async (self, &get_statistics_method, NULL, cancellable, callback, user_data);
}

SmartvpnStatistics *
smartvpn_client_get_statistics_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &get_statistics_method, result, error),
                                 SMARTVPN_TYPE_STATISTICS);
}

SmartvpnStatistics *
smartvpn_client_get_statistics_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return svpn_record_from_reply (svpn_call_sync (self, &get_statistics_method, NULL, cancellable, error),
                                 SMARTVPN_TYPE_STATISTICS);
}

static const SvpnMethod get_connection_quality_method
    = { .name = "GetConnectionQuality", .reply_type = "(a{sv})" };

void
smartvpn_client_get_connection_quality_async (SmartvpnClient *self, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  svpn_call_async (self, &get_connection_quality_method, NULL, cancellable, callback, user_data);
}

SmartvpnQuality *
smartvpn_client_get_connection_quality_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &get_connection_quality_method, result, error),
                                 SMARTVPN_TYPE_QUALITY);
}

SmartvpnQuality *
smartvpn_client_get_connection_quality_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return svpn_record_from_reply (
      svpn_call_sync (self, &get_connection_quality_method, NULL, cancellable, error), SMARTVPN_TYPE_QUALITY);
}

static const SvpnMethod get_mtu_info_method = { .name = "GetMtuInfo", .reply_type = "(a{sv})" };

void
smartvpn_client_get_mtu_info_async (SmartvpnClient *self, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  svpn_call_async (self, &get_mtu_info_method, NULL, cancellable, callback, user_data);
}

SmartvpnMtuInfo *
smartvpn_client_get_mtu_info_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &get_mtu_info_method, result, error),
                                 SMARTVPN_TYPE_MTU_INFO);
}

SmartvpnMtuInfo *
smartvpn_client_get_mtu_info_sync (SmartvpnClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return svpn_record_from_reply (svpn_call_sync (self, &get_mtu_info_method, NULL, cancellable, error),
                                 SMARTVPN_TYPE_MTU_INFO);
}

static const SvpnMethod get_history_method = { .name = "GetHistory", .reply_type = "(tua{sv})" };

static SmartvpnHistory *
take_history (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;
  g_autoptr (GVariant) series = NULL;
  guint64 start_unix_ms;
  guint32 step_ms;
  GVariantDict dict;

  if (owned == NULL)
    return NULL;
  g_variant_get (owned, "(tu@a{sv})", &start_unix_ms, &step_ms, &series);
  g_variant_dict_init (&dict, series);
  g_variant_dict_insert (&dict, "start-unix-ms", "t", start_unix_ms);
  g_variant_dict_insert (&dict, "step-ms", "u", step_ms);
  return svpn_record_new (SMARTVPN_TYPE_HISTORY, g_variant_dict_end (&dict));
}

static GVariant *
pack_history (guint span_s, GVariant *options)
{
  return svpn_call_pack (g_variant_new_uint32 (span_s), svpn_call_dictionary (options), NULL);
}

void
smartvpn_client_get_history_async (SmartvpnClient *self, guint span_s, GVariant *options,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  svpn_call_async (self, &get_history_method, pack_history (span_s, options), cancellable, callback,
                   user_data);
}

SmartvpnHistory *
smartvpn_client_get_history_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return take_history (svpn_call_finish (self, &get_history_method, result, error));
}

SmartvpnHistory *
smartvpn_client_get_history_sync (SmartvpnClient *self, guint span_s, GVariant *options,
                                  GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return take_history (
      svpn_call_sync (self, &get_history_method, pack_history (span_s, options), cancellable, error));
}
