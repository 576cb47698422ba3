/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * PEM files (RFC 7468) that settings name. */
#pragma once

#include "secret-text.h"

#include <gio/gio.h>

/* The text of @path, at most 1 MiB. The error names @setting and @path: InvalidArguments if the file cannot be read,
 * TlsFailed if it holds no PEM. */
SvpnSecretText *svpn_pem_read (const char *setting, const char *path,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
