/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Calls that are cancelled leave nothing behind. */
#include "scene.h"

/* Whether the mock has got the method by now. */
static gboolean
was_called (Scene *scene, const char *method)
{
  g_autoptr (GVariant) answer = scene_ask (scene, "Path", "(%s,)", method);
  const char *path;

  g_variant_get (answer, "(&s)", &path);
  return *path != '\0';
}

static void
connecting (Scene *scene)
{
  scene_tell (scene, "Change", "(objectpath '" CLIENT_PATH "', {'State': <'connecting'>}, false)");
}

/* Cancelling ends our attempt, whether it is known to be ours before or after that. */
static void
test_cancelled_attempt (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);

  for (int is_early = 0; is_early < 2; is_early++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    scene_tell (scene, "Forget", NULL);
    scene_tell (scene, "Change", "(objectpath '" CLIENT_PATH "', {'State': <'disconnected'>}, false)");
    scene_settle (scene);
    scene_tell (scene, "Hold", "('Client.Connect',)");
    smartvpn_client_connect_async (client, NULL, cancellable, scene_keep_result, &result);
    if (!is_early)
      connecting (scene);
    scene_settle (scene);
    g_assert_false (was_called (scene, "Client.Disconnect"));
    g_cancellable_cancel (cancellable);
    WAIT_UNTIL (result != NULL);
    if (is_early)
      connecting (scene);
    WAIT_UNTIL (was_called (scene, "Client.Disconnect"));
    g_assert_null (smartvpn_client_connect_finish (client, result, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
}

/* A cancelled call that smartvpnd refuses, since another program has connected the client, ends nothing. */
static void
test_cancelled_refusal (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  scene_tell (scene, "Change", "(objectpath '" CLIENT_PATH "', {'State': <'connected'>}, false)");
  scene_tell (scene, "Refuse", "('Client.Connect', 'org.smartvpn.Error.AlreadyConnected', 'already')");
  smartvpn_client_connect_async (client, NULL, cancellable, scene_keep_result, &result);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (result != NULL);
  scene_settle (scene);
  scene_settle (scene);
  g_assert_false (was_called (scene, "Client.Disconnect"));
}

/* A cancelled attempt that smartvpnd would have gone on with ends. */
static void
test_cancelled_long (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  scene_tell (scene, "Refuse", "('Client.Connect', 'org.smartvpn.Error.InProgress', 'still connecting')");
  smartvpn_client_connect_async (client, NULL, cancellable, scene_keep_result, &result);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (result != NULL);
  WAIT_UNTIL (was_called (scene, "Client.Disconnect"));
}

static void
test_cancelled (Scene *scene, gconstpointer data)
{
  SmartvpnClient *client = scene_client (scene);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  scene_tell (scene, "Hold", "('Client.Connect',)");
  smartvpn_client_connect_async (client, NULL, cancellable, scene_keep_result, &result);
  scene_settle (scene); /* the call is there, and unanswered */
  scene_assert_got (scene, "Client.Connect", "(@a{sv} {},)");
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (result != NULL);
  g_assert_null (smartvpn_client_connect_finish (client, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (smartvpn_client_connect_sync (client, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Whoever cancels leaves no subscription behind. */
static void
test_cancelled_subscription (Scene *scene, gconstpointer data)
{
  SmartvpnProfile *profile = SMARTVPN_PROFILE (scene_client (scene));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SmartvpnSubscription) subscription = NULL;
  g_autoptr (GError) error = NULL;

  scene_tell (scene, "Add", "(objectpath '/org/smartvpn/telemetry/7', @a{sv} {})");
  scene_tell (scene, "Answer", "('Client.SubscribeTelemetry', <(objectpath '/org/smartvpn/telemetry/7',)>)");
  smartvpn_profile_subscribe_telemetry_async (profile, 500, NULL, cancellable, scene_keep_result, &result);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (result != NULL);
  subscription = smartvpn_profile_subscribe_telemetry_finish (profile, result, &error);
  g_assert_null (subscription);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  WAIT_UNTIL (was_called (scene, "Telemetry.Close"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("SMARTVPN_BUS", "session", TRUE);
#define ADD(path, function) g_test_add ("/cancel/" path, Scene, NULL, scene_set_up, function, scene_tear_down)
  ADD ("call", test_cancelled);
  ADD ("attempt", test_cancelled_attempt);
  ADD ("refusal", test_cancelled_refusal);
  ADD ("long", test_cancelled_long);
  ADD ("subscription", test_cancelled_subscription);
  return g_test_run ();
}
