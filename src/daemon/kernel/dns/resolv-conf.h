/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * resolv.conf itself, taken over while a tunnel is up. The original, file or symbolic link, is kept on the disk: it comes
 * back after a crash of the machine, too. */
#pragma once

#include <gio/gio.h>

#define SVPN_RESOLV_CONF "/etc/resolv.conf"

/* Where the original is kept (as resolv.conf.original); called once, at the start. */
void svpn_resolv_conf_keep_in (const char *directory);

/* Has @path name @servers, as text NULL-terminated, and search @domains. There is always a file, the old or the new one. What
 * somebody else has written since the last call becomes the original. */
gboolean svpn_resolv_conf_take (const char *path, const char *const *servers, const char *const *domains,
                                GError **error);

/* Whether @path is what svpn_resolv_conf_take() has written. */
gboolean svpn_resolv_conf_is_ours (const char *path);

/* Puts the original back. What somebody else has written meanwhile stays. No error if nothing was taken. */
gboolean svpn_resolv_conf_give_back (const char *path, GError **error);

/* The name servers that a file in this format names; of a file that is ours, those of the original. */
char **svpn_resolv_conf_get_servers (const char *path);
