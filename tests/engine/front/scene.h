/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A front with clients that a test plays, in one thread. */
#pragma once

#include "loop.h"
#include "sockets.h"

#define PATH "/live/feed"

typedef struct {
  SvpnGate gate;
  SvpnRelayConfig origin;
  SvpnPrefix trusted;
  SvpnStrangerConfig config;
  int listener, origin_listener;
  guint16 port;
  Loop *loop;
} Scene;

typedef struct {
  gboolean tls, origin, trusted;
} SceneKind;

/* Adds a test with a front of that kind. */
void scene_add_test (const char *path, const SceneKind *kind, void (*function) (Scene *, gconstpointer));

/* Runs the front until @condition, which is looked at again and again. */
#define RUN_UNTIL(scene, condition)                                                                          \
  do {                                                                                                       \
    gint64 deadline = g_get_monotonic_time () + DEADLINE_US;                                                 \
                                                                                                             \
    while (!(condition)) {                                                                                   \
      loop_iterate ((scene)->loop, 1);                                                                       \
      if (g_get_monotonic_time () > deadline)                                                                \
        g_error ("%s:%d: did not come true: %s", __FILE__, __LINE__, #condition);                            \
    }                                                                                                        \
  } while (FALSE)

/* A new connection, which the front knows. */
int scene_connect (Scene *scene);

/* Takes what has come at @fd; FALSE at its end, which may be a reset. */
gboolean scene_take (int fd, GString *text);
/* Takes it; whether @expected is in all that has come. */
gboolean scene_has (int fd, GString *text, const char *expected);
/* All that comes at @fd up to its end. */
GString *scene_read_all (Scene *scene, int fd);

/* A TLS client on a connection; and one that has shaken hands. */
gnutls_session_t scene_tls_new (int fd);
gnutls_session_t scene_tls_connect (Scene *scene, int fd);
void scene_tls_send (gnutls_session_t session, const char *text);
gboolean scene_tls_take (gnutls_session_t session, GString *text);
gboolean scene_tls_has (gnutls_session_t session, GString *text, const char *expected);

/* An upgrade request of the tunnel with a proof that is the @number-th, more @headers, and bytes behind it. */
char *scene_upgrade_request (const char *headers, guint8 number);

/* Runs the tests. Frees what scenes share. */
int scene_run_tests (void);
