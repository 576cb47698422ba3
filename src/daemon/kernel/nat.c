/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Masquerading of what a server's clients send to other networks: one nftables table a tunnel.
 *
 * The table is ours alone, so deleting it undoes everything. Each change is one transaction. The loopback interface is
 * exempt: packets that the server sends to itself from its address in the pool keep that address. */
#include "nat.h"

#include "error.h"

#include <nftables/libnftables.h>
#include <string.h>

typedef struct nft_ctx NftContext;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NftContext, nft_ctx_free)

/* Adding before deleting makes the deletion of an absent table succeed. */
#define DELETE_FORMAT "add table inet %s\ndelete table inet %s\n"

/* Ids consist of a-z, 0-9, '-' and '_'; no two of them give the same name. */
char *
svpn_nat_table_name (const char *id)
{
  char *name = g_strconcat ("smartvpn_", id, NULL);

  for (char *c = name + strlen ("smartvpn_"); *c; c++)
    *c = *c == '_' ? '.' : *c == '-' ? '_' : *c;
  return name;
}

static gboolean
run_nft (const char *commands, const char *verb, const char *table, GError **error)
{
  g_autoptr (NftContext) context = nft_ctx_new (NFT_CTX_DEFAULT);
  g_autofree char *reason = NULL;

  if (!context || nft_ctx_buffer_output (context) != 0 || nft_ctx_buffer_error (context) != 0) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "Cannot %s nftables table %s: libnftables does not start", verb, table);
    return FALSE;
  }
  if (nft_run_cmd_from_buffer (context, commands) == 0)
    return TRUE;
  reason = g_strdup (nft_ctx_get_error_buffer (context));
  if (reason)
    reason[strcspn (reason, "\n")] = '\0'; /* the other lines repeat our commands */
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "Cannot %s nftables table %s: %s", verb, table,
               reason ? reason : "libnftables gives no reason");
  return FALSE;
}

static void
append_rule (GString *commands, const char *interface, const char *match, const SvpnPrefix *network)
{
  g_autofree char *text = NULL;

  if (!network->family)
    return;
  text = svpn_prefix_to_string (network);
  g_string_append_printf (commands, "oifname != \"lo\" oifname != \"%s\" %s saddr %s masquerade\n", interface,
                          match, text);
}

gboolean
svpn_nat_add (const char *table, const char *interface, const SvpnPrefix *ipv4, const SvpnPrefix *ipv6,
              GError **error)
{
  g_autoptr (GString) commands = g_string_new (NULL);

  g_string_append_printf (commands, DELETE_FORMAT, table, table);
  g_string_append_printf (commands,
                          "table inet %s {\nchain postrouting {\n"
                          "type nat hook postrouting priority srcnat; policy accept;\n",
                          table);
  append_rule (commands, interface, "ip", ipv4);
  append_rule (commands, interface, "ip6", ipv6);
  g_string_append (commands, "}\n}\n");
  return run_nft (commands->str, "make", table, error);
}

gboolean
svpn_nat_delete (const char *table, GError **error)
{
  g_autofree char *commands = g_strdup_printf (DELETE_FORMAT, table, table);

  return run_nft (commands, "delete", table, error);
}
