/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * genkey and pubkey. */
#include "commands.h"
#include "print.h"
#include "secret.h"

#include <stdio.h>

static void
print_keypair (const char *private_key, const char *public_key)
{
  g_autoptr (GVariant) pair = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "public-key", "s", public_key);
  g_variant_dict_insert (&dict, "private-key", "ms", private_key);
  pair = g_variant_ref_sink (g_variant_dict_end (&dict));
  svpn_print_json (g_steal_pointer (&pair));
}

gboolean
svpn_run_genkey (SvpnInvocation *invocation, GError **error)
{
  const char *file = svpn_invocation_value (invocation, "output");
  g_autoptr (SvpnSecret) private_key = svpn_secret_generate_key ();
  g_autofree char *public_key = svpn_secret_to_public_key (private_key);

  if (file != NULL) {
    g_autoptr (SvpnSecret) line = g_strconcat (private_key, "\n", NULL);

    if (!svpn_secret_write (file, line, error))
      return FALSE;
  }
  if (svpn_invocation_wants_json (invocation))
    print_keypair (file == NULL ? private_key : NULL, public_key);
  else
    puts (file == NULL ? private_key : public_key);
  return TRUE;
}

gboolean
svpn_run_pubkey (SvpnInvocation *invocation, GError **error)
{
  const char *file = svpn_invocation_argument (invocation, 0);
  g_autoptr (SvpnSecret) private_key = svpn_secret_read_key (file != NULL ? file : "-", error);
  g_autofree char *public_key = private_key != NULL ? svpn_secret_to_public_key (private_key) : NULL;

  if (public_key == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation))
    print_keypair (NULL, public_key);
  else
    puts (public_key);
  return TRUE;
}
