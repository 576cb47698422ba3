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
  SmartvpnManager *manager; /* of the test; finalized at its end */
} Scene;

/* A bus where SMARTVPN_BUS finds it, and a mock that does not own the name of smartvpnd yet. */
void scene_set_up (Scene *scene, gconstpointer data);
void scene_tear_down (Scene *scene, gconstpointer data);

/* Calls org.smartvpn.Mock; @arguments in GVariant text format. Full reference. */
GVariant *scene_ask (Scene *scene, const char *method, const char *arguments, ...);
void scene_tell (Scene *scene, const char *method, const char *arguments, ...);

/* Adds a default client and a default server to the mock, which then takes the name of smartvpnd. */
void scene_appear (Scene *scene);

/* The same, with a manager that has seen it. Returns the client, or the server. */
SmartvpnClient *scene_client (Scene *scene);
SmartvpnServer *scene_server (Scene *scene);

/* Asserts the arguments of the last call of a method, as text, and that the call allowed a password dialog. */
void scene_assert_got (Scene *scene, const char *method, const char *arguments);

/* Runs the main loop, or that of @context, until @condition is true; after 10 s it fails and names the condition. */
#define WAIT_UNTIL(condition) WAIT_UNTIL_IN (NULL, condition)
#define WAIT_UNTIL_IN(context, condition)                                                                    \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    const gint64 deadline_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;                                \
                                                                                                             \
    while (!(condition)) {                                                                                   \
      if (g_get_monotonic_time () > deadline_us)                                                             \
        g_error ("%s:%d: not within 10 s: %s", __FILE__, __LINE__, #condition);                              \
      scene_iterate (context);                                                                               \
    }                                                                                                        \
  }                                                                                                          \
  G_STMT_END

/* Waits for an event of @context, for 20 ms at most, and handles it. */
void scene_iterate (GMainContext *context);

/* Waits until everything has arrived that the mock has sent so far. */
void scene_settle (Scene *scene);

/* A callback for asynchronous functions: keeps the result in @user_data, a GAsyncResult **. */
void scene_keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
