/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The file of one tunnel, STATE-DIR/ID.tunnel: what a later smartvpnd needs in order to adopt or clear away a tunnel that
 * this one leaves behind. It has sections, and each section has one owner, who alone reads and writes it:
 *
 *   "network"   what was changed in the kernel         (kernel/network.c)
 *   "record"    what the worker was started with       (tunnel/tunnel-record.c)
 *
 * The version before kept these in two files, ID.json and ID.tunnel. They are read, too, and the first change of a section
 * makes one file of them. */
#pragma once

#include <gio/gio.h>

/* @section as a{sv} of loose types (common/json.h); full reference. NULL: there is none. */
GVariant *svpn_tunnel_file_load (const char *state_dir, const char *id,
                                 const char *section) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces @section by @value (a{sv}; floating is taken) and keeps the others. Atomic and durable. */
gboolean svpn_tunnel_file_save (const char *state_dir, const char *id, const char *section, GVariant *value,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes @section, and with the last one the file; warns if it cannot. */
void svpn_tunnel_file_remove (const char *state_dir, const char *id, const char *section);

/* The ids that have a file, and perhaps names that are not ids; to be freed with g_strfreev(). */
char **svpn_tunnel_file_list (const char *state_dir) G_GNUC_WARN_UNUSED_RESULT;
