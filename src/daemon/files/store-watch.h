/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Notices what is done by hand to the files of profiles. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnStoreWatch SvpnStoreWatch;

/* Calls @changed a moment after files in the folders of profiles and secrets have changed, whoever has done it, once for
 * what belongs together. Makes the folders. */
SvpnStoreWatch *svpn_store_watch_new (const char *config_dir, void (*changed) (gpointer user_data),
                                      gpointer user_data);
void svpn_store_watch_free (SvpnStoreWatch *watch);
