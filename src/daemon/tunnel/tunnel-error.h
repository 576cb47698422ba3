/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The last error of a tunnel that is down, STATE-DIR/ID.error, for a later smartvpnd of this boot. */
#pragma once

#include <gio/gio.h>

/* NULL: there is none. */
char *svpn_tunnel_error_load (const char *state_dir, const char *id) G_GNUC_WARN_UNUSED_RESULT;

/* @message NULL: there is none any more. Warns if it cannot write. */
void svpn_tunnel_error_save (const char *state_dir, const char *id, const char *message);
