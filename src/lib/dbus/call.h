/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Method calls: three public functions for each, of which SVPN_METHOD makes all that is the same. */
#pragma once

#include <gio/gio.h>

typedef struct {
  const char *interface; /* NULL: the object's own */
  const char *name;
  const char *reply_type; /* of the tuple */
} SvpnMethod;

/* Says where the calls of @object go. @interface is static. */
void svpn_call_set_target (gpointer object, GDBusConnection *connection, const char *path,
                           const char *interface);

/* Calls a method of @object; floating @arguments are taken. */
void svpn_call_async (gpointer object, const SvpnMethod *method, GVariant *arguments,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GVariant *svpn_call_finish (gpointer object, const SvpnMethod *method, GAsyncResult *result, GError **error);
GVariant *svpn_call_sync (gpointer object, const SvpnMethod *method, GVariant *arguments,
                          GCancellable *cancellable, GError **error);

/* A tuple of arguments, ended by NULL. Unlike g_variant_new(), it leaves it to smartvpnd to refuse a wrong type. */
GVariant *svpn_call_pack (GVariant *first, ...) G_GNUC_NULL_TERMINATED;

/* @settings as an argument; an empty dictionary for NULL. */
GVariant *svpn_call_settings (GVariant *settings);

/* Takes @reply, which says nothing but that the call has succeeded; FALSE for NULL. */
gboolean svpn_reply_boolean (GVariant *reply);

#define SVPN_LIST(...) __VA_ARGS__

/* FUNCTION_async(), FUNCTION_finish() and FUNCTION_sync() of the method @name of an object of @Type.
 * @parameters: in parentheses, each followed by a comma
 * @arguments: the tuple that is made of them, or NULL
 * @turned: an expression of `reply` that yields the result */
#define SVPN_METHOD(Type, IS_TYPE, function, name, parameters, arguments, type, Result, turned)              \
  SVPN_METHOD_OF (Type, IS_TYPE, function, NULL, name, parameters, arguments, type, Result, turned)

/* The same for a method of an interface that is not the object's own. */
#define SVPN_METHOD_OF(Type, IS_TYPE, function, interface, name, parameters, arguments, type, Result,        \
                       turned)                                                                               \
  static const SvpnMethod function##_method = { interface, name, type };                                     \
                                                                                                             \
  void function##_async (Type *self, SVPN_LIST parameters GCancellable *cancellable,                         \
                         GAsyncReadyCallback callback, gpointer user_data)                                   \
  {                                                                                                          \
    g_return_if_fail (IS_TYPE (self));                                                                       \
    svpn_call_async (self, &function##_method, arguments, cancellable, callback, user_data);                 \
  }                                                                                                          \
                                                                                                             \
  Result function##_finish (Type *self, GAsyncResult *result, GError **error)                                \
  {                                                                                                          \
    GVariant *reply = svpn_call_finish (self, &function##_method, result, error);                            \
                                                                                                             \
    return turned;                                                                                           \
  }                                                                                                          \
                                                                                                             \
  Result function##_sync (Type *self, SVPN_LIST parameters GCancellable *cancellable, GError **error)        \
  {                                                                                                          \
    GVariant *reply;                                                                                         \
                                                                                                             \
    g_return_val_if_fail (IS_TYPE (self), (Result) 0);                                                       \
    reply = svpn_call_sync (self, &function##_method, arguments, cancellable, error);                        \
    return turned;                                                                                           \
  }
