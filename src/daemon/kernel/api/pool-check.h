/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Whether a server's pool can be a network of this machine. */
#pragma once

#include "address.h"
#include <gio/gio.h>

/* SVPN_ERROR_INVALID_ARGUMENTS, "KEY: ..." where @pool is reserved or overlaps a network or a route of this machine; a default
 * route overlaps nothing. The error names the interface. */
gboolean svpn_pool_check (const char *key, const SvpnPrefix *pool, GError **error);
