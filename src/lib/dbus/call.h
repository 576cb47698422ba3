/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Method calls. A public method is three functions, _async(), _finish() and _sync(), around one SvpnMethod. */
#pragma once

#include <gio/gio.h>

typedef struct {
  const char *interface; /* NULL: the object's own */
  const char *name;
  const char *reply_type; /* of the tuple */
  gboolean is_background; /* no user waits for it: it asks for no password, and does not start smartvpnd */
} SvpnMethod;

/* How a manager and its objects make calls; in a g_rc_box. */
typedef struct {
  gboolean interactive; /* they may open a dialog that asks for a password */
} SvpnCallManner;

/* Sets where the calls of @object go. @interface is static; @manner gets one more reference. */
void svpn_call_set_target (gpointer object, GDBusConnection *connection, const char *path,
                           const char *interface, SvpnCallManner *manner);

/* Sets the target of @object to another object of the manager of @of, which has a target. */
void svpn_call_set_target_beside (gpointer object, gpointer of, const char *path, const char *interface);

/* The connection of these calls; NULL if @object has no target. */
GDBusConnection *svpn_call_get_connection (gpointer object);

/* Calls a method of @object; floating @arguments (NULL: none) are taken. The reply is a full reference, NULL on
 * errors. */
void svpn_call_async (gpointer object, const SvpnMethod *method, GVariant *arguments,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GVariant *svpn_call_finish (gpointer object, const SvpnMethod *method, GAsyncResult *result,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *svpn_call_sync (gpointer object, const SvpnMethod *method, GVariant *arguments,
                          GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A floating tuple of arguments, which end with NULL. Unlike g_variant_new() it takes any types; smartvpnd refuses
 * wrong ones. */
GVariant *svpn_call_pack (GVariant *first, ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

/* @dictionary as an argument; an empty a{sv} for NULL. */
GVariant *svpn_call_dictionary (GVariant *dictionary) G_GNUC_WARN_UNUSED_RESULT;

/* The tuple of such a dictionary alone. */
GVariant *svpn_call_pack_dictionary (GVariant *dictionary) G_GNUC_WARN_UNUSED_RESULT;

/* Takes a reply of type (as); NULL yields NULL. */
char **svpn_reply_strings (GVariant *reply) G_GNUC_WARN_UNUSED_RESULT;

/* Takes a reply without a result; returns whether there was a reply. */
gboolean svpn_reply_discard (GVariant *reply);
