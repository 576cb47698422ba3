/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A private session bus with a mock on it. */
#include "scene.h"

#include <linux/close_range.h>
#include <unistd.h>

#define STEERING "org.smartvpn.Mock"

static GVariant *
parse (const char *arguments, va_list *values)
{
  return arguments != NULL ? g_variant_new_parsed_va (arguments, values) : NULL;
}

static GVariant *
steer (Scene *scene, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer
      = g_dbus_connection_call_sync (scene->connection, STEERING, "/mock", STEERING, method, arguments, NULL,
                                     G_DBUS_CALL_FLAGS_NONE, 10000, NULL, &error);

  g_assert_no_error (error);
  return answer;
}

GVariant *
scene_ask (Scene *scene, const char *method, const char *arguments, ...)
{
  GVariant *answer;
  va_list values;

  va_start (values, arguments);
  answer = steer (scene, method, parse (arguments, &values));
  va_end (values);
  return answer;
}

void
scene_tell (Scene *scene, const char *method, const char *arguments, ...)
{
  va_list values;

  va_start (values, arguments);
  g_variant_unref (steer (scene, method, parse (arguments, &values)));
  va_end (values);
}

static gboolean
on_pause_over (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
scene_iterate (GMainContext *context)
{
  GSource *pause = g_timeout_source_new (20);

  g_source_set_callback (pause, on_pause_over, NULL, NULL);
  g_source_attach (pause, context);
  g_main_context_iteration (context, TRUE);
  g_source_destroy (pause);
  g_source_unref (pause);
}

static void
on_mock (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

void
scene_set_up (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "mock_service.py", NULL);
  gboolean is_there = FALSE;
  guint watch;

  /* A bus would inherit the pipe by which GTestDBus learns of the end of this process, and so outlive it. */
  g_assert_cmpint (close_range (STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC), ==, 0);
  scene->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (scene->bus);
  scene->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (scene->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      NULL, &error);
  g_assert_no_error (error);
  scene->mock = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "/usr/bin/python3", program, NULL);
  g_assert_no_error (error);
  watch = g_bus_watch_name_on_connection (scene->connection, STEERING, G_BUS_NAME_WATCHER_FLAGS_NONE, on_mock,
                                          NULL, &is_there, NULL);
  WAIT_UNTIL (is_there);
  g_bus_unwatch_name (watch);
}

static void
on_mock_ended (GObject *mock, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (g_subprocess_wait_finish (G_SUBPROCESS (mock), result, NULL));
  *(gboolean *) user_data = TRUE;
}

void
scene_tear_down (Scene *scene, gconstpointer data)
{
  gboolean has_ended = FALSE;

  if (scene->manager != NULL)
    g_assert_finalize_object (g_steal_pointer (&scene->manager));
  g_assert_true (g_output_stream_close (g_subprocess_get_stdin_pipe (scene->mock), NULL, NULL));
  g_subprocess_wait_async (scene->mock, NULL, on_mock_ended, &has_ended);
  WAIT_UNTIL (has_ended);
  g_object_unref (scene->mock);
  g_assert_true (g_dbus_connection_close_sync (scene->connection, NULL, NULL));
  g_object_unref (scene->connection);
  g_test_dbus_down (scene->bus);
  g_object_unref (scene->bus);
}

void
scene_appear (Scene *scene)
{
  scene_tell (scene, "Add",
              "(objectpath '" CLIENT_PATH
              "', {'Name': <'default'>, 'State': <'disconnected'>, 'AssignedIp': <''>,"
              " 'Interface': <''>, 'ServerUrl': <'wss://vpn.example/'>, 'Health': <''>,"
              " 'LastError': <''>})");
  scene_tell (
      scene, "Add",
      "(objectpath '" SERVER_PATH "', {'Name': <'default'>, 'State': <'stopped'>, 'PublicKey': <'KEY='>,"
      " 'ListenAddress': <@as []>, 'Subnet': <@as []>, 'Interface': <''>, 'ConnectedClients': <uint32 0>,"
      " 'LastError': <''>})");
  scene_tell (scene, "Own", NULL);
}

static void
scene_follow (Scene *scene)
{
  g_autoptr (GError) error = NULL;

  scene_appear (scene);
  scene->manager = smartvpn_manager_new_sync (NULL, &error);
  g_assert_no_error (error);
  smartvpn_manager_set_interactive (scene->manager, TRUE);
  WAIT_UNTIL (smartvpn_manager_get_running (scene->manager));
  scene_settle (scene);
}

SmartvpnClient *
scene_client (Scene *scene)
{
  scene_follow (scene);
  return smartvpn_manager_get_client (scene->manager, "default");
}

SmartvpnServer *
scene_server (Scene *scene)
{
  scene_follow (scene);
  return smartvpn_manager_get_server (scene->manager, "default");
}

void
scene_assert_got (Scene *scene, const char *method, const char *arguments)
{
  g_autoptr (GVariant) answer = scene_ask (scene, "Got", "(%s,)", method);
  gboolean interactive;
  const char *got;

  g_variant_get (answer, "(b&s)", &interactive, &got);
  g_assert_cmpstr (got, ==, arguments);
  g_assert_true (interactive);
}

void
scene_keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* The answer to a call arrives after all that was sent before it. */
void
scene_settle (Scene *scene)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;

  g_dbus_connection_call (smartvpn_manager_get_connection (scene->manager), STEERING, "/mock", STEERING,
                          "Got", g_variant_new ("(s)", ""), NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL,
                          scene_keep_result, &result);
  WAIT_UNTIL (result != NULL);
  answer = g_dbus_connection_call_finish (smartvpn_manager_get_connection (scene->manager), result, NULL);
  g_assert_nonnull (answer);
}
