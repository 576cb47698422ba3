/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What packets may pass between a server's clients and all else, as chains of nftables. */
#pragma once

#include "network.h"

/* @closed4, @closed6: the system forwarded nothing of that family before, so others' packets stay unforwarded. Free with
 * g_free(). */
char *svpn_firewall_server (const char *interface, const SvpnServerNetwork *config, gboolean closed4,
                            gboolean closed6);
