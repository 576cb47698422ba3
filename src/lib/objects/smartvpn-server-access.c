/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Server for sessions and authorized clients. */
#include "smartvpn-server-access.h"
#include "call.h"
#include "smartvpn-record-private.h"

/* ---- Sessions ---- */

static const SvpnMethod list_clients_method = { .name = "ListClients", .reply_type = "(aa{sv})" };

void
smartvpn_server_list_clients_async (SmartvpnServer *self, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &list_clients_method, NULL, cancellable, callback, user_data);
}

GPtrArray *
smartvpn_server_list_clients_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_records_from_reply (svpn_call_finish (self, &list_clients_method, result, error),
                                  SMARTVPN_TYPE_SESSION);
}

GPtrArray *
smartvpn_server_list_clients_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return svpn_records_from_reply (svpn_call_sync (self, &list_clients_method, NULL, cancellable, error),
                                  SMARTVPN_TYPE_SESSION);
}

static const SvpnMethod list_clients_page_method = { .name = "ListClientsPage", .reply_type = "(aa{sv}u)" };

/* Takes @reply. */
static GPtrArray *
take_page (GVariant *reply, guint *total)
{
  g_autoptr (GVariant) owned = reply;
  g_autoptr (GVariant) clients = NULL;

  if (owned == NULL)
    return NULL;
  clients = g_variant_get_child_value (owned, 0);
  if (total != NULL)
    g_variant_get_child (owned, 1, "u", total);
  return svpn_records_from_reply (g_variant_ref_sink (g_variant_new_tuple (&clients, 1)),
                                  SMARTVPN_TYPE_SESSION);
}

void
smartvpn_server_list_clients_page_async (SmartvpnServer *self, guint offset, guint count,
                                         GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &list_clients_page_method, g_variant_new ("(uu)", offset, count), cancellable,
                   callback, user_data);
}

GPtrArray *
smartvpn_server_list_clients_page_finish (SmartvpnServer *self, GAsyncResult *result, guint *total,
                                          GError **error)
{
  return take_page (svpn_call_finish (self, &list_clients_page_method, result, error), total);
}

GPtrArray *
smartvpn_server_list_clients_page_sync (SmartvpnServer *self, guint offset, guint count, guint *total,
                                        GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return take_page (svpn_call_sync (self, &list_clients_page_method, g_variant_new ("(uu)", offset, count),
                                    cancellable, error),
                    total);
}

static const SvpnMethod get_client_telemetry_method
    = { .name = "GetClientTelemetry", .reply_type = "(a{sv})" };

void
smartvpn_server_get_client_telemetry_async (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &get_client_telemetry_method, g_variant_new ("(s)", id), cancellable, callback,
                   user_data);
}

SmartvpnSessionTelemetry *
smartvpn_server_get_client_telemetry_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &get_client_telemetry_method, result, error),
                                 SMARTVPN_TYPE_SESSION_TELEMETRY);
}

SmartvpnSessionTelemetry *
smartvpn_server_get_client_telemetry_sync (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                           GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return svpn_record_from_reply (
      svpn_call_sync (self, &get_client_telemetry_method, g_variant_new ("(s)", id), cancellable, error),
      SMARTVPN_TYPE_SESSION_TELEMETRY);
}

static const SvpnMethod set_client_rate_limit_method = { .name = "SetClientRateLimit", .reply_type = "()" };

void
smartvpn_server_set_client_rate_limit_async (SmartvpnServer *self, const char *id, guint64 bytes_per_s,
                                             guint64 burst_bytes, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &set_client_rate_limit_method, g_variant_new ("(stt)", id, bytes_per_s, burst_bytes),
                   cancellable, callback, user_data);
}

gboolean
smartvpn_server_set_client_rate_limit_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &set_client_rate_limit_method, result, error));
}

gboolean
smartvpn_server_set_client_rate_limit_sync (SmartvpnServer *self, const char *id, guint64 bytes_per_s,
                                            guint64 burst_bytes, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), FALSE);
  return svpn_reply_discard (svpn_call_sync (self, &set_client_rate_limit_method,
                                             g_variant_new ("(stt)", id, bytes_per_s, burst_bytes),
                                             cancellable, error));
}

static const SvpnMethod remove_client_rate_limit_method
    = { .name = "RemoveClientRateLimit", .reply_type = "()" };

void
smartvpn_server_remove_client_rate_limit_async (SmartvpnServer *self, const char *id,
                                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                                gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &remove_client_rate_limit_method, g_variant_new ("(s)", id), cancellable, callback,
                   user_data);
}

gboolean
smartvpn_server_remove_client_rate_limit_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &remove_client_rate_limit_method, result, error));
}

gboolean
smartvpn_server_remove_client_rate_limit_sync (SmartvpnServer *self, const char *id,
                                               GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), FALSE);
  return svpn_reply_discard (
      svpn_call_sync (self, &remove_client_rate_limit_method, g_variant_new ("(s)", id), cancellable, error));
}

static const SvpnMethod disconnect_client_method = { .name = "DisconnectClient", .reply_type = "()" };

void
smartvpn_server_disconnect_client_async (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &disconnect_client_method, g_variant_new ("(s)", id), cancellable, callback,
                   user_data);
}

gboolean
smartvpn_server_disconnect_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &disconnect_client_method, result, error));
}

gboolean
smartvpn_server_disconnect_client_sync (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                        GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), FALSE);
  return svpn_reply_discard (
      svpn_call_sync (self, &disconnect_client_method, g_variant_new ("(s)", id), cancellable, error));
}

static const SvpnMethod reconnect_client_method = { .name = "ReconnectClient", .reply_type = "()" };

void
smartvpn_server_reconnect_client_async (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &reconnect_client_method, g_variant_new ("(s)", id), cancellable, callback,
                   user_data);
}

gboolean
smartvpn_server_reconnect_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &reconnect_client_method, result, error));
}

gboolean
smartvpn_server_reconnect_client_sync (SmartvpnServer *self, const char *id, GCancellable *cancellable,
                                       GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), FALSE);
  return svpn_reply_discard (
      svpn_call_sync (self, &reconnect_client_method, g_variant_new ("(s)", id), cancellable, error));
}

/* ---- Authorized clients ---- */

/* The entries of the record without "expired", which smartvpnd sends but does not take. */
static GVariant *
pack_client (SmartvpnAuthorizedClient *client)
{
  g_autoptr (GVariant) values = smartvpn_record_to_variant (SMARTVPN_RECORD (client));
  GVariantDict dict;

  g_variant_dict_init (&dict, values);
  g_variant_dict_remove (&dict, "expired");
  return svpn_call_pack_dictionary (g_variant_dict_end (&dict));
}

static const SvpnMethod authorize_client_method = { .name = "AuthorizeClient", .reply_type = "()" };

void
smartvpn_server_authorize_client_async (SmartvpnServer *self, SmartvpnAuthorizedClient *client,
                                        GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &authorize_client_method, pack_client (client), cancellable, callback, user_data);
}

gboolean
smartvpn_server_authorize_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &authorize_client_method, result, error));
}

gboolean
smartvpn_server_authorize_client_sync (SmartvpnServer *self, SmartvpnAuthorizedClient *client,
                                       GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), FALSE);
  return svpn_reply_discard (
      svpn_call_sync (self, &authorize_client_method, pack_client (client), cancellable, error));
}

static const SvpnMethod revoke_client_method = { .name = "RevokeClient", .reply_type = "()" };

void
smartvpn_server_revoke_client_async (SmartvpnServer *self, const char *client, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &revoke_client_method, g_variant_new ("(s)", client), cancellable, callback,
                   user_data);
}

gboolean
smartvpn_server_revoke_client_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &revoke_client_method, result, error));
}

gboolean
smartvpn_server_revoke_client_sync (SmartvpnServer *self, const char *client, GCancellable *cancellable,
                                    GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), FALSE);
  return svpn_reply_discard (
      svpn_call_sync (self, &revoke_client_method, g_variant_new ("(s)", client), cancellable, error));
}

static const SvpnMethod list_authorized_clients_method
    = { .name = "ListAuthorizedClients", .reply_type = "(aa{sv})" };

void
smartvpn_server_list_authorized_clients_async (SmartvpnServer *self, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &list_authorized_clients_method, NULL, cancellable, callback, user_data);
}

GPtrArray *
smartvpn_server_list_authorized_clients_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_records_from_reply (svpn_call_finish (self, &list_authorized_clients_method, result, error),
                                  SMARTVPN_TYPE_AUTHORIZED_CLIENT);
}

GPtrArray *
smartvpn_server_list_authorized_clients_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return svpn_records_from_reply (
      svpn_call_sync (self, &list_authorized_clients_method, NULL, cancellable, error),
      SMARTVPN_TYPE_AUTHORIZED_CLIENT);
}
