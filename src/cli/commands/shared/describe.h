/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Clients, servers and records as dictionaries for JSON: one form for one thing, whichever command prints it. */
#pragma once

#include "print.h"
#include "smartvpn.h"

/* The dictionary of a record: all keys that its type has, with nothing (JSON null) for those that smartvpnd has not sent, and
 * those of a later smartvpnd. Full reference. */
GVariant *svpn_describe_record (SmartvpnRecord *record) G_GNUC_WARN_UNUSED_RESULT;

/* The same with the name of the client or server that it is about. */
GVariant *svpn_describe_record_of (SmartvpnProfile *profile,
                                   SmartvpnRecord *record) G_GNUC_WARN_UNUSED_RESULT;

/* A client or a server as it is now; @record has what is known beside its status (NULL: nothing). Full reference, NULL on
 * errors. */
GVariant *svpn_describe_profile (SmartvpnProfile *profile, SmartvpnRecord *record,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Print these as JSON. */
void svpn_print_record (SmartvpnProfile *profile, SmartvpnRecord *record);
gboolean svpn_print_profile (SmartvpnProfile *profile, SmartvpnRecord *record, GError **error);
