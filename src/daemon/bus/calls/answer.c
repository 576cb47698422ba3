/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The answer of a call that takes its time. */
#include "answer.h"
#include "error.h"

#define DEADLINE_MS 20000

struct _SvpnAnswer {
  SvpnTunnel *tunnel;
  GDBusMethodInvocation *invocation;
  guint deadline;
  guint watch; /* of the caller; 0: none */
  void (*caller_gone) (SvpnTunnel *tunnel);
};

static GError *
in_progress (SvpnTunnel *tunnel)
{
  const GError *failure = svpn_tunnel_get_failure (tunnel);

  if (failure != NULL)
    return g_error_copy (failure);
  return g_error_new (SVPN_ERROR, SVPN_ERROR_IN_PROGRESS,
                      "%s is still %s; StateChanged() and the properties tell how it goes on",
                      svpn_tunnel_get_id (tunnel), svpn_tunnel_get_state_name (tunnel));
}

static gboolean
on_deadline (gpointer user_data)
{
  SvpnAnswer *answer = user_data;

  answer->deadline = 0;
  g_clear_handle_id (&answer->watch, g_bus_unwatch_name);
  g_dbus_method_invocation_take_error (g_steal_pointer (&answer->invocation), in_progress (answer->tunnel));
  return G_SOURCE_REMOVE;
}

static void
on_caller_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  SvpnAnswer *answer = user_data;

  answer->caller_gone (answer->tunnel);
}

SvpnAnswer *
svpn_answer_new (SvpnTunnel *tunnel, GDBusMethodInvocation *invocation)
{
  SvpnAnswer *answer = g_new0 (SvpnAnswer, 1);

  answer->tunnel = tunnel;
  answer->invocation = invocation;
  return answer;
}

void
svpn_answer_arm (SvpnAnswer *answer)
{
  if (answer->invocation != NULL)
    answer->deadline = g_timeout_add (DEADLINE_MS, on_deadline, answer);
}

void
svpn_answer_watch_caller (SvpnAnswer *answer, void (*caller_gone) (SvpnTunnel *tunnel))
{
  answer->caller_gone = caller_gone;
  answer->watch = g_bus_watch_name_on_connection (
      g_dbus_method_invocation_get_connection (answer->invocation),
      g_dbus_method_invocation_get_sender (answer->invocation), G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
      on_caller_vanished, answer, NULL);
}

GDBusMethodInvocation *
svpn_answer_take (SvpnAnswer *answer)
{
  GDBusMethodInvocation *invocation = answer->invocation;

  g_clear_handle_id (&answer->deadline, g_source_remove);
  g_clear_handle_id (&answer->watch, g_bus_unwatch_name);
  g_free (answer);
  return invocation;
}
