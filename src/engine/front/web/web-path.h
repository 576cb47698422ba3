/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Paths of URLs (RFC 3986, sections 3.3 and 5.2.4) as paths of files. */
#pragma once

#include <glib.h>

typedef enum {
  SVPN_WEB_PATH_OK,
  SVPN_WEB_PATH_BAD,    /* not a path, or one that leads out of the root */
  SVPN_WEB_PATH_HIDDEN, /* a part begins with a dot */
} SvpnWebPathResult;

/* Decodes the path of a request, without its query, and resolves "." and ".." and double slashes. On success *file is
 * the path relative to the root, "" for the root itself, and *is_directory whether it ended in a slash. */
SvpnWebPathResult svpn_web_path_resolve (const char *path, gsize size, char **file, gboolean *is_directory);
