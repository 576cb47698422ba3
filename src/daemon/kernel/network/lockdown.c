/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Lockdown: nothing leaves the machine except through a tunnel.
 *
 * How it works: STATE-DIR/lockdown has a member for each profile that is closed: "client-office": { "uid": 999,
 * "local-networks": true }. The table is made from that and from the networks at this machine's links, whenever either
 * changes. Each closed profile watches; whoever comes second finds nothing to do. The table changes before the file is
 * shortened, and after it is extended, so that a crash leaves it closed. */
#include "lockdown.h"
#include "error.h"
#include "kernel-monitor.h"
#include "local-networks.h"
#include "nft.h"
#include "state-file.h"
#include "uplink.h"

#include <net/if.h>

#define TABLE "smartvpn_lockdown" /* no tunnel's: their names go on with client_ or server_ */
#define FILE_NAME "lockdown"      /* not ID.tunnel */
#define SETTLE_MS 20
#define CHECK_MIN_MS 200

struct _SvpnLockdown {
  char *id;
  char *path;
  char *chains, *listed; /* of the table, as we wrote them, and as the kernel shows them */
  SvpnKernelMonitor *monitor;
  guint check_source;
  gint64 checked_us;
};

/* ---- The rules ---- */

static void
append_local_networks (GString *chain)
{
  g_autoptr (GArray) networks = svpn_local_networks_read (0, NULL);

  for (guint i = 0; networks && i < networks->len; i++) {
    const SvpnRoute *network = &g_array_index (networks, SvpnRoute, i);
    g_autofree char *text = svpn_prefix_to_string (&network->destination);
    char name[IF_NAMESIZE];

    if (svpn_prefix_is_private (&network->destination) && if_indextoname (network->ifindex, name))
      g_string_append_printf (chain, "oifname \"%s\" %s daddr %s accept\n", name,
                              network->destination.family == AF_INET ? "ip" : "ip6", text);
  }
  g_string_append (chain, "ip daddr { 224.0.0.0/24, 255.255.255.255 } accept\n"
                          "ip6 daddr { fe80::/10, ff02::/16 } accept\n");
}

static void
append_tunnels (GString *chain)
{
  g_string_append (chain, "oifname \"lo\" accept\noifname \"" ANY_TUNNEL "\" accept\n");
}

static char *
format_chains (const char *uids, gboolean local_networks)
{
  g_autoptr (GString) local = g_string_new (NULL);
  GString *chains
      = g_string_new ("chain output {\ntype filter hook output priority filter; policy accept;\n");

  if (local_networks)
    append_local_networks (local);
  append_tunnels (chains);
  g_string_append_printf (chains, "meta skuid { %s } accept\n", uids);
  g_string_append (chains, "udp sport 68 udp dport 67 accept\nudp sport 546 udp dport 547 accept\n"
                           "icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, "
                           "mld2-listener-report } accept\n");
  g_string_append_printf (chains, "%scounter reject with icmpx admin-prohibited\n}\n", local->str);

  g_string_append (chains, "chain forward {\ntype filter hook forward priority filter; policy accept;\n");
  append_tunnels (chains);
  g_string_append_printf (chains, "iifname \"" ANY_TUNNEL "\" ct state established,related accept\n");
  g_string_append_printf (chains, "%scounter reject with icmpx admin-prohibited\n}\n", local->str);
  return g_string_free (chains, FALSE);
}

/* NULL: nobody has closed it. @state: a{sv}. */
static char *
chains_of_state (GVariant *state)
{
  g_autoptr (GString) uids = g_string_new (NULL);
  gboolean local_networks = TRUE;
  GVariantIter iter;
  GVariant *value;

  g_variant_iter_init (&iter, state);
  while (g_variant_iter_next (&iter, "{&sv}", NULL, &value)) {
    g_autoptr (GVariant) entry = value;
    gboolean local = FALSE;
    gint64 uid;

    if (!g_variant_is_of_type (entry, G_VARIANT_TYPE_VARDICT) /* the file's boot id */
        || !g_variant_lookup (entry, "uid", "x", &uid))
      continue;
    g_variant_lookup (entry, "local-networks", "b", &local);
    g_string_append_printf (uids, "%s%" G_GINT64_FORMAT, uids->len > 0 ? ", " : "", uid);
    local_networks &= local;
  }
  return uids->len > 0 ? format_chains (uids->str, local_networks) : NULL;
}

/* What is in the file; empty without one. */
static GVariant *
load (SvpnLockdown *lockdown)
{
  GVariant *state = svpn_state_file_load (lockdown->path);

  return state ? state : g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
}

/* @state with the entry of our tunnel replaced by @entry (floating), or without one (NULL). */
static GVariant *
change (SvpnLockdown *lockdown, GVariant *state, GVariant *entry)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (state);

  g_variant_dict_remove (&dict, lockdown->id);
  if (entry)
    g_variant_dict_insert_value (&dict, lockdown->id, entry);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* ---- The table ---- */

static gboolean
hold (SvpnLockdown *lockdown, GVariant *state, gboolean *restored, GError **error)
{
  g_autofree char *chains = chains_of_state (state);
  g_autofree char *listed = svpn_nft_list (TABLE);
  gboolean same = g_strcmp0 (chains, lockdown->chains) == 0;

  *restored = FALSE;
  if (!chains)
    return svpn_nft_delete (TABLE, error);
  if (same && g_strcmp0 (listed, lockdown->listed) == 0)
    return TRUE;
  *restored = same;
  if (!svpn_nft_replace (TABLE, chains, error))
    return FALSE;
  g_free (lockdown->chains);
  g_free (lockdown->listed);
  lockdown->chains = g_steal_pointer (&chains);
  lockdown->listed = svpn_nft_list (TABLE);
  return TRUE;
}

static gboolean
on_check_time (gpointer user_data)
{
  SvpnLockdown *lockdown = user_data;
  g_autoptr (GVariant) state = load (lockdown);
  g_autoptr (GError) error = NULL;
  gboolean restored;

  lockdown->check_source = 0;
  lockdown->checked_us = g_get_monotonic_time ();
  if (!hold (lockdown, state, &restored, &error))
    g_warning ("%s: the lockdown cannot be held: %s", lockdown->id, error->message);
  else if (restored)
    g_warning ("%s: restored the lockdown, which another program had changed", lockdown->id);
  return G_SOURCE_REMOVE;
}

/* Called when somebody has changed something in the network. */
static void
on_kernel_changed (gpointer user_data)
{
  SvpnLockdown *lockdown = user_data;
  gint64 since_ms = (g_get_monotonic_time () - lockdown->checked_us) / 1000;

  if (lockdown->check_source == 0)
    lockdown->check_source
        = g_timeout_add ((guint) MAX (SETTLE_MS, CHECK_MIN_MS - since_ms), on_check_time, lockdown);
}

static void
watch (SvpnLockdown *lockdown)
{
  g_autoptr (GError) error = NULL;

  if (!lockdown->monitor)
    lockdown->monitor = svpn_kernel_monitor_new (on_kernel_changed, lockdown, &error);
  if (!lockdown->monitor)
    g_warning ("%s: the lockdown is not watched: %s", lockdown->id, error->message);
}

static void
unwatch (SvpnLockdown *lockdown)
{
  g_clear_pointer (&lockdown->monitor, svpn_kernel_monitor_free);
  g_clear_handle_id (&lockdown->check_source, g_source_remove);
}

/* ---- Closing and opening ---- */

gboolean
svpn_lockdown_is_closed (SvpnLockdown *lockdown)
{
  g_autoptr (GVariant) state = load (lockdown);
  g_autoptr (GVariant) entry = g_variant_lookup_value (state, lockdown->id, NULL);

  return entry != NULL;
}

gboolean
svpn_lockdown_close (SvpnLockdown *lockdown, uid_t worker_uid, gboolean local_networks, GError **error)
{
  g_autoptr (GVariant) before = load (lockdown);
  g_autoptr (GVariant) state = change (
      lockdown, before,
      g_variant_new_parsed ("{'uid': <%x>, 'local-networks': <%b>}", (gint64) worker_uid, local_networks));
  gboolean restored;

  if (worker_uid == 0) {
    g_set_error_literal (
        error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED,
        "lockdown: workers run as root, so that the tunnel's own packets cannot be told from others; "
        "give smartvpnd another --worker-user");
    return FALSE;
  }
  if (!svpn_state_file_save (lockdown->path, state, error) || !hold (lockdown, state, &restored, error))
    return FALSE;
  watch (lockdown);
  return TRUE;
}

void
svpn_lockdown_open (SvpnLockdown *lockdown)
{
  g_autoptr (GVariant) before = load (lockdown);
  g_autoptr (GVariant) entry = g_variant_lookup_value (before, lockdown->id, NULL);
  g_autoptr (GVariant) state = change (lockdown, before, NULL);
  g_autoptr (GError) error = NULL;
  gboolean restored;

  unwatch (lockdown);
  if (!entry)
    return;
  if (!hold (lockdown, state, &restored, &error) || !svpn_state_file_save (lockdown->path, state, &error))
    g_warning ("%s: the lockdown cannot be opened: %s", lockdown->id, error->message);
}

gboolean
svpn_lockdown_open_all (const char *state_dir, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, FILE_NAME, NULL);

  svpn_state_file_remove (path);
  return svpn_nft_delete (TABLE, error);
}

SvpnLockdown *
svpn_lockdown_new (const char *state_dir, const char *id)
{
  SvpnLockdown *lockdown = g_new0 (SvpnLockdown, 1);

  lockdown->id = g_strdup (id);
  lockdown->path = g_build_filename (state_dir, FILE_NAME, NULL);
  if (svpn_lockdown_is_closed (lockdown)) {
    watch (lockdown);
    on_check_time (lockdown);
  }
  return lockdown;
}

void
svpn_lockdown_free (SvpnLockdown *lockdown)
{
  unwatch (lockdown);
  g_free (lockdown->chains);
  g_free (lockdown->listed);
  g_free (lockdown->path);
  g_free (lockdown->id);
  g_free (lockdown);
}
