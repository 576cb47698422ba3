/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Files in PEM format that settings name. */
#pragma once

#include <gio/gio.h>

/* The text of @path, at most 1 MiB. @setting and @path are named in the error: InvalidArguments if it cannot be read,
 * TlsFailed if it holds no PEM. */
char *svpn_pem_read (const char *setting, const char *path, GError **error);

/* Whether a server can use these two; TlsFailed otherwise. */
gboolean svpn_pem_check_pair (const char *certificate_path, const char *certificate, const char *key_path,
                              const char *key, GError **error);
