/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The methods of org.smartvpn.Server for the server as a whole. */
#include "call.h"
#include "smartvpn-record-private.h"
#include "smartvpn-server.h"

static const SvpnMethod start_method = { .name = "Start", .reply_type = "(a{sv})" };

void
smartvpn_server_start_async (SmartvpnServer *self, GVariant *options, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &start_method, svpn_call_pack_dictionary (options), cancellable, callback,
                   user_data);
}

SmartvpnServerSetup *
smartvpn_server_start_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &start_method, result, error),
                                 SMARTVPN_TYPE_SERVER_SETUP);
}

SmartvpnServerSetup *
smartvpn_server_start_sync (SmartvpnServer *self, GVariant *options, GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return svpn_record_from_reply (
      svpn_call_sync (self, &start_method, svpn_call_pack_dictionary (options), cancellable, error),
      SMARTVPN_TYPE_SERVER_SETUP);
}

static const SvpnMethod stop_method = { .name = "Stop", .reply_type = "()" };

void
smartvpn_server_stop_async (SmartvpnServer *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &stop_method, NULL, cancellable, callback, user_data);
}

gboolean
smartvpn_server_stop_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &stop_method, result, error));
}

gboolean
smartvpn_server_stop_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), FALSE);
  return svpn_reply_discard (svpn_call_sync (self, &stop_method, NULL, cancellable, error));
}

static const SvpnMethod reload_method = { .name = "Reload", .reply_type = "()" };

void
smartvpn_server_reload_async (SmartvpnServer *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &reload_method, NULL, cancellable, callback, user_data);
}

gboolean
smartvpn_server_reload_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_discard (svpn_call_finish (self, &reload_method, result, error));
}

gboolean
smartvpn_server_reload_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), FALSE);
  return svpn_reply_discard (svpn_call_sync (self, &reload_method, NULL, cancellable, error));
}

static const SvpnMethod check_method = { .name = "Check", .reply_type = "(as)" };

void
smartvpn_server_check_async (SmartvpnServer *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &check_method, NULL, cancellable, callback, user_data);
}

char **
smartvpn_server_check_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_reply_strings (svpn_call_finish (self, &check_method, result, error));
}

char **
smartvpn_server_check_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return svpn_reply_strings (svpn_call_sync (self, &check_method, NULL, cancellable, error));
}

static const SvpnMethod get_status_method = { .name = "GetStatus", .reply_type = "(a{sv})" };

void
smartvpn_server_get_status_async (SmartvpnServer *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &get_status_method, NULL, cancellable, callback, user_data);
}

SmartvpnServerStatus *
smartvpn_server_get_status_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &get_status_method, result, error),
                                 SMARTVPN_TYPE_SERVER_STATUS);
}

SmartvpnServerStatus *
smartvpn_server_get_status_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return svpn_record_from_reply (svpn_call_sync (self, &get_status_method, NULL, cancellable, error),
                                 SMARTVPN_TYPE_SERVER_STATUS);
}

static const SvpnMethod get_statistics_method = { .name = "GetStatistics", .reply_type = "(a{sv})" };

void
smartvpn_server_get_statistics_async (SmartvpnServer *self, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMARTVPN_IS_SERVER (self));
  svpn_call_async (self, &get_statistics_method, NULL, cancellable, callback, user_data);
}

SmartvpnStatistics *
smartvpn_server_get_statistics_finish (SmartvpnServer *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &get_statistics_method, result, error),
                                 SMARTVPN_TYPE_STATISTICS);
}

SmartvpnStatistics *
smartvpn_server_get_statistics_sync (SmartvpnServer *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (self), NULL);
  return svpn_record_from_reply (svpn_call_sync (self, &get_statistics_method, NULL, cancellable, error),
                                 SMARTVPN_TYPE_STATISTICS);
}
