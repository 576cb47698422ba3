/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How the last run of a tunnel ended, or how it goes: in memory, and once it has ended in STATE-DIR/ID.last, so that a
 * restarted smartvpnd tells it, too. Another boot forgets it. */
#pragma once

#include <gio/gio.h>

typedef struct {
  const char *reason;     /* a code (reason.h), interned; NULL: nothing has happened */
  const char *error_name; /* interned; NULL: no failure */
  char *error_message;    /* also of an end that was no failure; NULL: none */
} SvpnTunnelLast;

/* @error NULL: there is none, or no longer. */
void svpn_tunnel_last_set_error (SvpnTunnelLast *last, const GError *error);

/* The end was no error: only what @reason (reason.h; NULL: the user's wish) says is kept of it. */
void svpn_tunnel_last_set_reason (SvpnTunnelLast *last, const char *reason);

/* *@last is zero before. */
void svpn_tunnel_last_load (SvpnTunnelLast *last, const char *state_dir, const char *id);
void svpn_tunnel_last_save (const SvpnTunnelLast *last, const char *state_dir, const char *id);

/* Empties *@last and removes the file. */
void svpn_tunnel_last_remove (SvpnTunnelLast *last, const char *state_dir, const char *id);
void svpn_tunnel_last_clear (SvpnTunnelLast *last);
