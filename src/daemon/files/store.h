/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Profiles on disk: CONFIG-DIR/clients/NAME.json and CONFIG-DIR/servers/NAME.json; their secrets are in files of their own,
 * CONFIG-DIR/secrets/{client,server}-NAME.json (mode 0600, directory 0700). */
#pragma once

#include "settings.h"

typedef struct _SvpnStore SvpnStore;

/* Finishes or takes back what a crash interrupted. */
SvpnStore *svpn_store_new (const char *config_dir) G_GNUC_WARN_UNUSED_RESULT;
void svpn_store_free (SvpnStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnStore, svpn_store_free)

/* 1 to 32 of a-z, 0-9, '-', '_', beginning with a letter or a digit. */
gboolean svpn_store_name_is_valid (const char *name);

/* Names of the profiles of @scope, sorted; those that cannot be read are among them. A file whose name is not that of a
 * profile is ignored, with a warning if it ends in .json. */
char **svpn_store_list (SvpnStore *store, SvpnScope scope) G_GNUC_WARN_UNUSED_RESULT;

gboolean svpn_store_exists (SvpnStore *store, SvpnScope scope, const char *name);

/* Canonical settings with secrets (full reference). A profile that does not exist is an empty dictionary. The error names
 * file, line and reason; a file with secrets that others can read or write is one. */
GVariant *svpn_store_load (SvpnStore *store, SvpnScope scope, const char *name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes profile and secrets of canonical @settings: both or, on error or after a crash, neither. */
gboolean svpn_store_save (SvpnStore *store, SvpnScope scope, const char *name, GVariant *settings,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Copies profile and secrets of @name to @copy. Errors: NoSuchProfile, InvalidArguments (@copy is taken, or no name), Failed. */
gboolean svpn_store_copy (SvpnStore *store, SvpnScope scope, const char *name, const char *copy,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A file that cannot be read is kept as FILE.broken: somebody wrote it by hand. Errors: NoSuchProfile, Failed. */
gboolean svpn_store_remove (SvpnStore *store, SvpnScope scope, const char *name,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
