/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Files that survive a crash: when a call returns, its change is on the disk, and so is the directory's entry. Errors are
 * SVPN_ERROR_FAILED and name the file. */
#pragma once

#include <gio/gio.h>

/* Replaces the whole file: after a crash it has the old text or the new one. */
gboolean svpn_durable_write (const char *path, const char *text, int mode,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces @to. */
gboolean svpn_durable_rename (const char *from, const char *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Renames @path to @as, and fails if that exists. */
gboolean svpn_durable_keep (const char *path, const char *as, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Succeeds if the file is absent. */
gboolean svpn_durable_unlink (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes @path and the directories above it; one that exists keeps its mode. */
gboolean svpn_durable_make_folder (const char *path, int mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;
