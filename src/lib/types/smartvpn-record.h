/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What smartvpnd says, in one type each: the base of them all. */
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
 * A getter has the name of its key, with its unit. What smartvpnd has left out, or said in another type, reads as 0,
 * %FALSE, %NULL or an empty list, unless the getter says something else. A record does not change;
 * [class@AuthorizedClient], which programs make themselves, is the exception.
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
 * The dictionary itself, as it was on D-Bus, keys included that this version has no getter for.
 *
 * Returns: (transfer full): an `a{sv}`
 */
GVariant *smartvpn_record_to_variant (SmartvpnRecord *self);

G_END_DECLS
