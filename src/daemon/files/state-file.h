/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Small JSON files about the running kernel and its processes. Each holds the id of the boot it was written in; one of an
 * earlier boot counts as absent. */
#pragma once

#include <gio/gio.h>

/* The object in @path as a{sv} of loose types (common/json.h), in the order of the file; full reference. NULL if there is none, if an earlier boot
 * wrote it, or, with a warning, if it cannot be read. */
GVariant *svpn_state_file_load (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* Writes @state (a{sv}; floating is taken) atomically and durably, for our user's eyes only; makes the directory. Errors:
 * Failed. */
gboolean svpn_state_file_save (const char *path, GVariant *state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Succeeds if the file is absent, warns if it cannot be removed. */
void svpn_state_file_remove (const char *path);
