/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Notices changes by hand to the files of profiles. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnStoreWatch SvpnStoreWatch;

/* Calls @changed 0.2 s after the first of one or more changes in the folders of profiles and secrets, our own changes
 * included. Makes the folders. */
SvpnStoreWatch *svpn_store_watch_new (const char *config_dir, void (*changed) (gpointer user_data),
                                      gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void svpn_store_watch_free (SvpnStoreWatch *watch);
