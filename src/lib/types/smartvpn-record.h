/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The base of all types for what smartvpnd sends. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SMARTVPN_DECLARE_OPAQUE_TYPE: (skip)
 * @Type: the name of the type
 * @prefix: the prefix of its functions
 * @NAME: its name in macros
 * @Parent: the type that it derives from
 *
 * Declares a class that is opaque: programs make and use objects of it, but derive no class from it. For libsmartvpn's own
 * headers.
 *
 * Since: 0.1
 */
#define SMARTVPN_DECLARE_OPAQUE_TYPE(Type, prefix, NAME, Parent)                                             \
  GType prefix##_get_type (void) G_GNUC_CONST;                                                               \
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS                                                                           \
  typedef struct _##Type Type;                                                                               \
  typedef struct _##Type##Class Type##Class;                                                                 \
  _GLIB_DEFINE_AUTOPTR_CHAINUP (Type, Parent)                                                                \
  G_GNUC_UNUSED static inline Type *SMARTVPN_##NAME (gpointer object)                                        \
  {                                                                                                          \
    return G_TYPE_CHECK_INSTANCE_CAST (object, prefix##_get_type (), Type);                                  \
  }                                                                                                          \
  G_GNUC_UNUSED static inline gboolean SMARTVPN_IS_##NAME (gpointer object)                                  \
  {                                                                                                          \
    return G_TYPE_CHECK_INSTANCE_TYPE (object, prefix##_get_type ());                                        \
  }                                                                                                          \
  G_GNUC_END_IGNORE_DEPRECATIONS

#define SMARTVPN_TYPE_RECORD (smartvpn_record_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnRecord, smartvpn_record, RECORD, GObject)

/**
 * SmartvpnRecord:
 *
 * A dictionary that smartvpnd has sent, read through typed getters.
 *
 * A getter has the name of its key, which ends with the unit. A key that smartvpnd has left out reads as 0, %FALSE, %NULL or
 * an empty list; so does one that a later smartvpnd sends with another type, and the library logs a warning. What a getter
 * returns belongs to the record, and is valid until the record changes or goes.
 *
 * Each getter is a property, too, for what binds properties, such as the expressions of GTK. Records do not change and notify
 * of nothing, except [class@AuthorizedClient], which programs make themselves, and the sessions of a [class@SessionList].
 *
 * Since: 0.1
 */
/**
 * smartvpn_record_to_variant:
 * @self: a record
 *
 * Gets the dictionary as it came by D-Bus, with all keys, also those that this version has no getter for.
 *
 * Returns: (transfer full): an `a{sv}`
 *
 * Since: 0.1
 */
GVariant *smartvpn_record_to_variant (SmartvpnRecord *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
