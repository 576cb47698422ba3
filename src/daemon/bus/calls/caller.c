/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Whether the caller of a method may call it.
 *
 * How it works: the bus tells the user of the sender. If that does not decide, we ask polkit about the sender's unique name,
 * which polkit resolves to a process and a session by itself; a person may give the answer, minutes later. Everything is
 * asynchronous on the main loop. We watch the sender, and cancel polkit's question when it leaves the bus. */
#include "caller.h"
#include "error.h"

#ifdef HAVE_POLKIT
#include <polkit/polkit.h>
#endif
#include <unistd.h>

typedef struct {
  const SvpnEnvironment *environment;
  GDBusMethodInvocation *invocation;
  const char *member, *action;
  guint32 uid;
  guint watch; /* of the sender; 0: none */
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;

  if (check->watch != 0)
    g_bus_unwatch_name (check->watch);
  g_free (check);
}

static void G_GNUC_PRINTF (3, 4) deny (GTask *task, SvpnError code, const char *format, ...)
{
  Check *check = g_task_get_task_data (task);
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_task_return_new_error (task, SVPN_ERROR, (int) code, "%s is not allowed to user %u: %s", check->member,
                           check->uid, reason);
}

/* ---- polkit ---- */

#define HINT "an administrator can allow it by a rule in /etc/polkit-1/rules.d"

#ifdef HAVE_POLKIT
static gboolean
is_interactive (const Check *check)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (check->invocation);

  return (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;
}

static void
answer_check (GTask *task, PolkitAuthorizationResult *result)
{
  Check *check = g_task_get_task_data (task);

  if (polkit_authorization_result_get_is_authorized (result))
    g_task_return_boolean (task, TRUE);
  else if (polkit_authorization_result_get_dismissed (result))
    deny (task, SVPN_ERROR_AUTHORIZATION_DISMISSED, "the authentication for %s was dismissed", check->action);
  else if (!polkit_authorization_result_get_is_challenge (result))
    deny (task, SVPN_ERROR_NOT_AUTHORIZED, "polkit denies %s; " HINT, check->action);
  else if (is_interactive (check))
    deny (task, SVPN_ERROR_NOT_AUTHORIZED,
          "%s needs an authentication, and no agent is there to ask for it; " HINT, check->action);
  else
    deny (task, SVPN_ERROR_INTERACTION_REQUIRED,
          "%s needs an authentication, and the call does not allow to ask for it; " HINT, check->action);
}

/* Called when polkit has decided, or has failed. */
static void
on_decided (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthorizationResult) decision
      = polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source), result, &error);

  if (decision != NULL)
    answer_check (task, decision);
  else
    deny (task, SVPN_ERROR_NOT_AUTHORIZED, "polkit does not decide on %s, so only root may do that: %s",
          check->action, error->message);
}

/* Called when the sender has left the bus. */
static void
on_sender_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  g_cancellable_cancel (g_task_get_cancellable (user_data));
}

/* For polkit's rules: action.lookup ("object") and action.lookup ("member"). */
static PolkitDetails *
describe (const Check *check)
{
  PolkitDetails *details = polkit_details_new ();

  polkit_details_insert (details, "object", g_dbus_method_invocation_get_object_path (check->invocation));
  polkit_details_insert (details, "member", check->member);
  return details;
}

/* Called when the proxy for polkit is made; polkit itself may still be absent. */
static void
on_polkit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  const char *sender = g_dbus_method_invocation_get_sender (check->invocation);
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthority) authority = polkit_authority_get_finish (result, &error);

  if (authority == NULL) {
    deny (task, SVPN_ERROR_NOT_AUTHORIZED,
          "polkit, which would decide on %s, cannot be reached, so only root may do that: %s", check->action,
          error->message);
    return;
  }
  g_autoptr (PolkitSubject) subject = polkit_system_bus_name_new (sender);
  g_autoptr (PolkitDetails) details = describe (check);
  check->watch
      = g_bus_watch_name_on_connection (check->environment->bus, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                        on_sender_vanished, task, NULL); /* the task outlives the watch */
  polkit_authority_check_authorization (authority, subject, check->action, details,
                                        is_interactive (check)
                                            ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
                                            : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
                                        g_task_get_cancellable (task), on_decided, g_object_ref (task));
}

static void
ask_polkit (GTask *task)
{
  polkit_authority_get_async (NULL, on_polkit, g_object_ref (task));
}
#else
static void
ask_polkit (GTask *task)
{
  deny (task, SVPN_ERROR_NOT_AUTHORIZED, "this smartvpnd was built without polkit, so only root may do that");
}
#endif

/* ---- The user ---- */

gboolean
svpn_caller_is_trusted (const SvpnEnvironment *environment, guint32 uid)
{
  return uid == 0 || (!environment->polkit && uid == geteuid ());
}

void
svpn_caller_user_async (GDBusConnection *bus, GDBusMethodInvocation *invocation, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetConnectionUnixUser",
                          g_variant_new ("(s)", g_dbus_method_invocation_get_sender (invocation)),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, callback, user_data);
}

gboolean
svpn_caller_user_finish (GDBusConnection *bus, GAsyncResult *result, guint32 *uid, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (bus, result, &failure);

  if (reply == NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_NOT_AUTHORIZED,
                 "the bus does not know the user of the caller: %s", failure->message);
    return FALSE;
  }
  g_variant_get (reply, "(u)", uid);
  return TRUE;
}

/* Called when the bus has told the user of the sender. */
static void
on_user (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;

  if (!svpn_caller_user_finish (G_DBUS_CONNECTION (source), result, &check->uid, &error)) {
    g_prefix_error (&error, "%s is not allowed: ", check->member);
    g_task_return_error (task, error);
    return;
  }
  if (svpn_caller_is_trusted (check->environment, check->uid))
    g_task_return_boolean (task, TRUE);
  else if (check->environment->polkit)
    ask_polkit (task);
  else
    deny (task, SVPN_ERROR_NOT_AUTHORIZED,
          "on this bus, which is not the system bus, only root and user %u may do that", (guint) geteuid ());
}

void
svpn_caller_check_async (const SvpnEnvironment *environment, GDBusMethodInvocation *invocation,
                         const char *member, const char *action, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);

  check->environment = environment;
  check->invocation = invocation;
  check->member = member;
  check->action = action;
  g_task_set_task_data (task, check, check_free);
  g_task_set_check_cancellable (task, FALSE);
  svpn_caller_user_async (environment->bus, invocation, on_user, task);
}

gboolean
svpn_caller_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
