/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a tunnel runs with, in a file of smartvpnd's own (RECORD-DIR/ID.tunnel, mode 0600), so that a later smartvpnd
 * knows a worker that it finds again. */
#pragma once

#include "settings.h"

typedef struct {
  char *hash;         /* of the settings with their secrets, as the worker was told */
  GVariant *settings; /* canonical, without secrets */
  GVariant *details;  /* a{sv}: what else the owner of the tunnel wants to know again */
} SvpnTunnelRecord;

gboolean svpn_tunnel_record_save (const char *record_dir, const char *id, const SvpnTunnelRecord *record,
                                  GError **error);

/* NULL if there is none, or (with a warning) if it cannot be read. */
SvpnTunnelRecord *svpn_tunnel_record_load (const char *record_dir, SvpnScope scope, const char *id);

/* Puts @key = @value into the details of the record that is there; none is no error. */
gboolean svpn_tunnel_record_put (const char *record_dir, SvpnScope scope, const char *id, const char *key,
                                 GVariant *value, GError **error);

void svpn_tunnel_record_remove (const char *record_dir, const char *id);

/* Ids that have a record. */
char **svpn_tunnel_record_list (const char *record_dir);

void svpn_tunnel_record_free (SvpnTunnelRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnTunnelRecord, svpn_tunnel_record_free)
