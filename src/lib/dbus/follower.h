/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Follows smartvpnd on a bus: whether it runs, which objects it has, and all signals that it sends. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnFollower SvpnFollower;

/* Called in the thread-default main context of svpn_follower_new(), "objects" also by the loading functions. @owner is
 * that of svpn_follower_new(). */
typedef struct {
  /* Called when smartvpnd runs and its objects are known. @manager: properties of its manager (a{sv}); @objects:
   * a{oa{sa{sv}}}. */
  void (*objects) (gpointer owner, GVariant *manager, GVariant *objects);
  /* Called when smartvpnd has left the bus, or the bus is closed. */
  void (*vanished) (gpointer owner);
  /* Called with each signal of smartvpnd. */
  void (*signal) (gpointer owner, const char *path, const char *interface, const char *name,
                  GVariant *arguments);
} SvpnFollowerEvents;

/* Begins to listen to signals. The follower keeps no reference to @owner, and calls nothing once it is gone. */
SvpnFollower *svpn_follower_new (GDBusConnection *connection, const SvpnFollowerEvents *events,
                                 GObject *owner);
void svpn_follower_free (SvpnFollower *follower);

/* Starts smartvpnd if it is not running, and loads its objects. TRUE also if smartvpnd cannot be started; FALSE only if
 * @cancellable was cancelled. */
gboolean svpn_follower_load_sync (SvpnFollower *follower, GCancellable *cancellable, GError **error);
void svpn_follower_load_async (SvpnFollower *follower, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean svpn_follower_load_finish (GAsyncResult *result, GError **error);
