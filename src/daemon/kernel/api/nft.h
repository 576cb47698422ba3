/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * nftables: tables of ours, each of which is replaced as a whole in one transaction. */
#pragma once

#include <gio/gio.h>

/* Name of the table (family inet) of the tunnel @id. */
char *svpn_nft_table_name (const char *id);

/* Makes @table anew, with @chains (nft syntax) in it. Errors: SVPN_ERROR_FAILED with nftables' reason. */
gboolean svpn_nft_replace (const char *table, const char *chains, GError **error);

/* No error if it is gone. */
gboolean svpn_nft_delete (const char *table, GError **error);

/* The table as nftables writes it, without counters' values; NULL if there is none. The same text: the same table. */
char *svpn_nft_list (const char *table);
