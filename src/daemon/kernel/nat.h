/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Masquerading of what a server's clients send to other networks: one nftables table a tunnel. */
#pragma once

#include "address.h"
#include <gio/gio.h>

/* Name of the table (family inet) of the tunnel @id. */
char *svpn_nat_table_name (const char *id) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the table, in place of one that is there: packets from @ipv4 or @ipv6 (family 0: none) that leave by another interface than @interface
 * get the address of that interface. */
gboolean svpn_nat_add (const char *table, const char *interface, const SvpnPrefix *ipv4,
                       const SvpnPrefix *ipv6, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Succeeds if there is no such table. */
gboolean svpn_nat_delete (const char *table, GError **error) G_GNUC_WARN_UNUSED_RESULT;
