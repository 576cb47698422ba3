/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The record of a tunnel: what its worker was started with, so that a later smartvpnd knows the worker again. It is the
 * section "record" of the tunnel's file (tunnel-file.h). */
#pragma once

#include "settings.h"

typedef struct {
  char *hash;         /* of the settings with their secrets, as the worker was told */
  GVariant *settings; /* canonical, without secrets */
  GVariant *options;  /* likewise, of the call that has started it */
  GVariant *wanted;   /* likewise, as profile and options had it; NULL: another version wrote the record */
  GVariant *details;  /* a{sv}: what the owner of the tunnel keeps there; numbers come back as x */
} SvpnTunnelRecord;

gboolean svpn_tunnel_record_save (const char *state_dir, const char *id, const SvpnTunnelRecord *record,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Without the settings that this version does not know. NULL if there is no record. */
SvpnTunnelRecord *svpn_tunnel_record_load (const char *state_dir, SvpnScope scope,
                                           const char *id) G_GNUC_WARN_UNUSED_RESULT;

/* Puts @key = @value into the details of the record; succeeds if there is no record. */
gboolean svpn_tunnel_record_put (const char *state_dir, SvpnScope scope, const char *id, const char *key,
                                 GVariant *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void svpn_tunnel_record_remove (const char *state_dir, const char *id);

void svpn_tunnel_record_free (SvpnTunnelRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnTunnelRecord, svpn_tunnel_record_free)
