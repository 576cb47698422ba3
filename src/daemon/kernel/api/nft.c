/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * nftables: tables of ours. A table is ours alone, so deleting it undoes all. */
#include "nft.h"
#include "error.h"

#include <nftables/libnftables.h>
#include <string.h>

typedef struct nft_ctx NftContext;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NftContext, nft_ctx_free)

/* Adding before deleting makes the deletion of an absent table succeed. */
#define DELETE_FORMAT "add table inet %s\ndelete table inet %s\n"

/* Ids consist of a-z, 0-9, '-' and '_'; no two of them give the same name. */
char *
svpn_nft_table_name (const char *id)
{
  char *name = g_strconcat ("smartvpn_", id, NULL);

  for (char *c = name + strlen ("smartvpn_"); *c; c++)
    *c = *c == '_' ? '.' : *c == '-' ? '_' : *c;
  return name;
}

static NftContext *
open_context (void)
{
  g_autoptr (NftContext) context = nft_ctx_new (NFT_CTX_DEFAULT);

  if (!context || nft_ctx_buffer_output (context) != 0 || nft_ctx_buffer_error (context) != 0)
    return NULL;
  nft_ctx_output_set_flags (context, NFT_CTX_OUTPUT_STATELESS);
  return g_steal_pointer (&context);
}

static gboolean
run_nft (const char *commands, const char *verb, const char *table, GError **error)
{
  g_autoptr (NftContext) context = open_context ();
  g_autofree char *reason = NULL;

  if (!context) {
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

gboolean
svpn_nft_replace (const char *table, const char *chains, GError **error)
{
  g_autofree char *commands
      = g_strdup_printf (DELETE_FORMAT "table inet %s {\n%s}\n", table, table, table, chains);

  return run_nft (commands, "make", table, error);
}

gboolean
svpn_nft_delete (const char *table, GError **error)
{
  g_autofree char *commands = g_strdup_printf (DELETE_FORMAT, table, table);

  return run_nft (commands, "delete", table, error);
}

char *
svpn_nft_list (const char *table)
{
  g_autoptr (NftContext) context = open_context ();
  g_autofree char *command = g_strdup_printf ("list table inet %s", table);

  if (!context || nft_run_cmd_from_buffer (context, command) != 0)
    return NULL;
  return g_strdup (nft_ctx_get_output_buffer (context));
}
