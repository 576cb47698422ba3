/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * For the tests of profiles on disk: a store in a directory of its own. */
#pragma once

#include "store.h"

#define KEY_A "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="
#define KEY_B "XasIfmJKikt54X+Lg4AO5m87sSkmGLb9HC+LJ/+I4Os="

typedef struct {
  char *dir;
  SvpnStore *store;
} Fixture;

/* Around each test. */
void set_up (Fixture *fixture, const void *data);
void tear_down (Fixture *fixture, const void *data);

/* As a smartvpnd that starts finds the directory. */
void reopen (Fixture *fixture);

/* Files below the directory; those of secrets/ get their mode. */
char *path_of (Fixture *fixture, const char *file);
void write_file (Fixture *fixture, const char *file, const char *text);
guint count_files (Fixture *fixture, const char *folder);

/* A client's settings, from GVariant text; saved as the profile @name, which has to succeed; and what is loaded. */
GVariant *settings_new (const char *text);
void save (Fixture *fixture, const char *name, const char *text);
void assert_loads (Fixture *fixture, const char *name, const char *text);
