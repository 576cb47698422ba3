/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What is in a directory. */
#pragma once

#include <glib.h>

/* The names in @path that end with @suffix ("": all), sorted; to be freed with g_strfreev(). A directory that is absent is
 * empty; one that cannot be read is, too, with a warning. */
char **svpn_directory_list (const char *path, const char *suffix) G_GNUC_WARN_UNUSED_RESULT;
