/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Forwarding between a server's clients and other networks. */
#include "forwarding.h"

#include "directory.h"
#include "sysctl.h"

#include <string.h>
#include <sys/socket.h>

#define IPV4_FORWARDING "net/ipv4/ip_forward"
#define IPV6_FORWARDING "net/ipv6/conf/all/forwarding"

/* A host that begins to forward IPv6 drops the default route that it has from router advertisements and ignores further
 * ones, except on interfaces whose accept_ra is 2. Where another server has set it to 2, we hold it, too. */
static gboolean
keep_accepting_ra (const char *state_dir, const char *id, GPtrArray *restored, GError **error)
{
  g_auto (GStrv) names = svpn_directory_list ("/proc/sys/net/ipv6/conf", "");

  for (char **name = names; *name; name++) {
    g_autofree char *key = g_build_filename ("net/ipv6/conf", *name, "accept_ra", NULL);
    g_autofree char *value = svpn_sysctl_read (key);
    gboolean accepts = g_strcmp0 (value, "1") == 0 || g_strcmp0 (value, "2") == 0;

    if (!accepts || strcmp (*name, "all") == 0 || strcmp (*name, "lo") == 0)
      continue;
    if (!svpn_sysctl_hold (state_dir, id, key, "2", restored, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
svpn_forwarding_is_ours (const char *state_dir, int family)
{
  return svpn_sysctl_is_held (state_dir, family == AF_INET ? IPV4_FORWARDING : IPV6_FORWARDING);
}

gboolean
svpn_forwarding_hold (const char *state_dir, const char *id, gboolean ipv4, gboolean ipv6,
                      GPtrArray *restored, GError **error)
{
  g_autofree char *before = NULL;
  gboolean changes;

  if (ipv4 && !svpn_sysctl_hold (state_dir, id, IPV4_FORWARDING, "1", restored, error))
    return FALSE;
  if (!ipv6)
    return TRUE;
  before = svpn_sysctl_read (IPV6_FORWARDING);
  changes = g_strcmp0 (before, "0") == 0 || svpn_sysctl_is_held (state_dir, IPV6_FORWARDING);
  return (!changes || keep_accepting_ra (state_dir, id, restored, error))
         && svpn_sysctl_hold (state_dir, id, IPV6_FORWARDING, "1", restored, error);
}
