/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Follows smartvpnd on a bus: whether it is there, what objects it has, and every signal that it sends. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnFollower SvpnFollower;

/* All are called in the thread-default main context of svpn_follower_new(); @objects also by the two loading functions. */
typedef struct {
  /* smartvpnd is there. @manager: properties of its manager (a{sv}); @objects: a{oa{sa{sv}}}. */
  void (*objects) (gpointer user_data, GVariant *manager, GVariant *objects);
  /* It is not there any more. */
  void (*vanished) (gpointer user_data);
  void (*signal) (gpointer user_data, const char *path, const char *interface, const char *name,
                  GVariant *arguments);
} SvpnFollowerEvents;

/* From here on signals are heard. @owner, whose events these are, is not kept alive. */
SvpnFollower *svpn_follower_new (GDBusConnection *connection, const SvpnFollowerEvents *events,
                                 GObject *owner);
void svpn_follower_free (SvpnFollower *follower);

/* Starts smartvpnd if need be, and asks it for its objects. That it cannot be had is no error; FALSE if @cancellable was
 * cancelled. */
gboolean svpn_follower_load_sync (SvpnFollower *follower, GCancellable *cancellable, GError **error);
void svpn_follower_load_async (SvpnFollower *follower, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_follower_load_finish (GAsyncResult *result, GError **error);
