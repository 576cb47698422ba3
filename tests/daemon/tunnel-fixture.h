/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A tunnel with an owner that writes down what it is told, and a fake worker. */
#pragma once

#include "fake-worker.h"
#include "tunnel-file.h"
#include "tunnel-record.h"
#include "tunnel.h"
#include "wait.h"

#define ID "client-test"
#define KEY "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="

extern char *program; /* this one, which is the worker, too */

typedef struct {
  char *directory;
  SvpnEnvironment *environment;
  GObject *owner;
  SvpnTunnel *tunnel;
  GString *events; /* one a line */
  guint timeout_s, attempts_max;
  const char *prepare_error, *load_error, *adopt_error; /* NULL: none */
  GVariant *adopted_details;
} Fixture;

typedef struct {
  gboolean done;
  GError *error;
} Call;

SvpnEnvironment *make_environment (Fixture *f);
void make_tunnel (Fixture *f);
void set_up (Fixture *f, gconstpointer data);
char *path_of (Fixture *f, const char *file);
gboolean exists (Fixture *f, const char *file);
/* Nothing of the tunnel is left. */
void assert_clean (Fixture *f);
void tear_down (Fixture *f, gconstpointer data);
/* The events since the last call. */
void assert_events (Fixture *f, const char *expected);
void on_done (GObject *source, GAsyncResult *result, gpointer user_data);
void finish_call (Call *call, const char *what, int code, const char *message);
void begin_start (Fixture *f, Call *call);
void bring_up (Fixture *f);
void stop (Fixture *f);
/* Has the fake worker do something. */
void give_order (Fixture *f, const char *order, const char *argument);

/* The options of g_test_init(), and warnings that do not end the test: they are part of the failures here. If this process is
 * to be the worker, it does not return. */
void tunnel_test_init (int *argc, char ***argv);

#define ADD(path, function) g_test_add ("/tunnel/" path, Fixture, NULL, set_up, function, tear_down)
