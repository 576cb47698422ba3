/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Profiles on disk: CONFIG-DIR/clients/NAME.json, CONFIG-DIR/servers/NAME.json, and their secrets apart in
 * CONFIG-DIR/secrets/{client,server}-NAME.json (mode 0600, directory 0700). Written atomically and durably. */
#pragma once

#include "settings.h"

typedef struct _SvpnStore SvpnStore;

SvpnStore *svpn_store_new (const char *config_dir);
void svpn_store_free (SvpnStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnStore, svpn_store_free)

/* 1 to 32 of a-z, 0-9, '-', '_', beginning with a letter or a digit. */
gboolean svpn_store_name_is_valid (const char *name);

/* Names of the profiles of @scope, sorted, those that cannot be read among them. Files with other names are ignored, if they
 * end in .json with a warning. An absent directory is an empty list. */
char **svpn_store_list (SvpnStore *store, SvpnScope scope);

gboolean svpn_store_exists (SvpnStore *store, SvpnScope scope, const char *name);

/* Canonical settings with secrets (full reference). A profile that does not exist is an empty dictionary. An error
 * names the file, the line and the reason, and touches nothing. A file with secrets that others can read or have written is
 * an error. */
GVariant *svpn_store_load (SvpnStore *store, SvpnScope scope, const char *name, GError **error);

/* Writes profile and secrets of canonical @settings. On error the old version stays whole. */
gboolean svpn_store_save (SvpnStore *store, SvpnScope scope, const char *name, GVariant *settings,
                          GError **error);

/* A file that cannot be read is not removed, but kept as FILE.broken. */
gboolean svpn_store_remove (SvpnStore *store, SvpnScope scope, const char *name, GError **error);
