/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A private session bus with mock_service.py on it, which a test steers. */
#pragma once

#include "smartvpn.h"

#define CLIENT_PATH "/org/smartvpn/clients/default"
#define SERVER_PATH "/org/smartvpn/servers/default"

typedef struct {
  GTestDBus *bus;
  GDBusConnection *connection; /* the test's own */
  GSubprocess *mock;
  SmartvpnManager *manager; /* whatever a test puts here is let go at the end */
} Scene;

/* A bus where SMARTVPN_BUS finds it, and a mock that is not there yet. */
void scene_set_up (Scene *scene, gconstpointer data);
void scene_tear_down (Scene *scene, gconstpointer data);

/* Calls org.smartvpn.Mock; @arguments in GVariant text format. Full reference. */
GVariant *scene_ask (Scene *scene, const char *method, const char *arguments, ...);
void scene_tell (Scene *scene, const char *method, const char *arguments, ...);

/* The mock has a default client and a default server, and owns its name. */
void scene_appear (Scene *scene);

/* The same, and a manager that knows of it; the client or the server. */
SmartvpnClient *scene_client (Scene *scene);
SmartvpnServer *scene_server (Scene *scene);

/* What a method has got, as text, and that a password might have been asked for. */
void scene_assert_got (Scene *scene, const char *method, const char *arguments);

/* Runs the main loop until @condition is true. */
#define WAIT_UNTIL(condition)                                                                                \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    const gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;                                   \
                                                                                                             \
    while (!(condition)) {                                                                                   \
      g_main_context_iteration (NULL, FALSE);                                                                \
      if (g_get_monotonic_time () > deadline)                                                                \
        g_error ("%s:%d: not within 10 s: %s", __FILE__, __LINE__, #condition);                              \
    }                                                                                                        \
  }                                                                                                          \
  G_STMT_END

/* Everything that the mock has sent so far has been seen. */
void scene_settle (Scene *scene);

/* For callbacks of asynchronous functions: keeps the result where @user_data, a GAsyncResult **, is. */
void scene_keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
