/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Connect() of org.smartvpn.Client.
 *
 * How cancelling works: D-Bus cannot take a call back, so the attempt is ended by Disconnect(). That call must not reach a
 * connection that stood before ours, for which our Connect() would have been refused. So it is made once the attempt is known
 * to be ours: the state has become "connecting" after our call, or the call has been answered that way. (Another program
 * that connects between our call and its answer looks the same, and its attempt ends.) */
#include "call.h"
#include "smartvpn-client.h"
#include "smartvpn-error.h"
#include "smartvpn-profile-private.h"
#include "smartvpn-record-private.h"

static const SvpnMethod connect_method = { .name = "Connect", .reply_type = "(a{sv})" };

typedef struct {
  SmartvpnClient *client;
  GTask *task; /* of the program */
  GSource *cancelled;
  gboolean is_cancelled, is_ours, is_ended;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_signal_handlers_disconnect_by_data (attempt->client, attempt);
  g_source_destroy (attempt->cancelled);
  g_source_unref (attempt->cancelled);
  g_object_unref (attempt->task);
  g_object_unref (attempt->client);
  g_free (attempt);
}

static void
end_cancelled (Attempt *attempt)
{
  if (!attempt->is_cancelled || !attempt->is_ours || attempt->is_ended)
    return;
  attempt->is_ended = TRUE;
  smartvpn_client_disconnect_async (attempt->client, NULL, NULL, NULL);
}

static gboolean
on_connect_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Attempt *attempt = user_data;

  attempt->is_cancelled = TRUE;
  end_cancelled (attempt);
  g_task_return_error_if_cancelled (attempt->task); /* last: the program may free the attempt meanwhile */
  return G_SOURCE_REMOVE;
}

/* Called when the state changes while the call is unanswered. */
static void
on_attempt_state (Attempt *attempt)
{
  attempt->is_ours
      = attempt->is_ours || smartvpn_client_get_state (attempt->client) == SMARTVPN_CLIENT_STATE_CONNECTING;
  end_cancelled (attempt);
}

static void
on_connect_reply (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;
  GError *error = NULL;
  GVariant *reply = svpn_call_finish (client, &connect_method, result, &error);

  if (!attempt->is_cancelled && g_cancellable_is_cancelled (g_task_get_cancellable (attempt->task)))
    on_connect_cancelled (NULL, attempt); /* its source has not had its turn */
  attempt->is_ours = reply != NULL || g_error_matches (error, SMARTVPN_ERROR, SMARTVPN_ERROR_IN_PROGRESS);
  end_cancelled (attempt);
  if (!attempt->is_cancelled && reply != NULL)
    g_task_return_pointer (attempt->task, g_steal_pointer (&reply), (GDestroyNotify) g_variant_unref);
  else if (!attempt->is_cancelled)
    g_task_return_error (attempt->task, g_steal_pointer (&error));
  g_clear_pointer (&reply, g_variant_unref);
  g_clear_error (&error);
  attempt_free (attempt);
}

static void
begin_attempt (SmartvpnClient *self, GVariant *arguments, GCancellable *cancellable,
               GAsyncReadyCallback callback, gpointer user_data)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->client = g_object_ref (self);
  attempt->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (attempt->task, (gpointer) &connect_method);
  attempt->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (attempt->cancelled, G_SOURCE_FUNC (on_connect_cancelled), attempt, NULL);
  g_source_attach (attempt->cancelled, g_task_get_context (attempt->task));
  g_signal_connect_swapped (self, "notify::state", G_CALLBACK (on_attempt_state), attempt);
  svpn_call_async (self, &connect_method, arguments, NULL, on_connect_reply, attempt);
}

void
smartvpn_client_connect_async (SmartvpnClient *self, GVariant *options, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  GVariant *arguments;

  g_return_if_fail (SMARTVPN_IS_CLIENT (self));
  arguments = svpn_call_pack_dictionary (options);
  if (cancellable != NULL && !g_cancellable_is_cancelled (cancellable))
    begin_attempt (self, arguments, cancellable, callback, user_data);
  else
    svpn_call_async (self, &connect_method, arguments, cancellable, callback, user_data);
}

SmartvpnConnection *
smartvpn_client_connect_finish (SmartvpnClient *self, GAsyncResult *result, GError **error)
{
  return svpn_record_from_reply (svpn_call_finish (self, &connect_method, result, error),
                                 SMARTVPN_TYPE_CONNECTION);
}

SmartvpnConnection *
smartvpn_client_connect_sync (SmartvpnClient *self, GVariant *options, GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (SMARTVPN_IS_CLIENT (self), NULL);
  return svpn_record_from_reply (
      svpn_call_sync (self, &connect_method, svpn_call_pack_dictionary (options), cancellable, error),
      SMARTVPN_TYPE_CONNECTION);
}
