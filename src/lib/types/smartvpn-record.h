/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The base of all types for what smartvpnd sends. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define SMARTVPN_TYPE_RECORD (smartvpn_record_get_type ())
G_DECLARE_DERIVABLE_TYPE (SmartvpnRecord, smartvpn_record, SMARTVPN, RECORD, GObject)

/**
 * SmartvpnRecord:
 *
 * A dictionary that smartvpnd has sent, read through typed getters.
 *
 * A getter has the name of its key, which ends with the unit. A key that smartvpnd has left out reads as 0, %FALSE, %NULL or
 * an empty list; so does one that a later smartvpnd sends with another type, and the library logs a warning. What a getter returns belongs to the record, and is valid as long
 * as the record.
 *
 * Records do not change, except [class@AuthorizedClient], which programs make themselves.
 *
 * Since: 0.1
 */
struct _SmartvpnRecordClass {
  /*< private >*/
  GObjectClass parent_class;

  gpointer padding[4];
};

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
