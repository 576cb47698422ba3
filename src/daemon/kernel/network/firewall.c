/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What packets may pass between a server's clients and all else.
 *
 * A server forwards for its clients and for nobody else. Forwarding is a switch of the whole machine: where it was off,
 * a rule keeps it off for all but tunnels (any of ours, hence the pattern). What the chains do not drop still has to
 * pass those of other tables. */
#include "firewall.h"
#include "uplink.h"

/* "{ 10.0.0.0/8, 192.168.0.0/16 }" of those of @family; NULL if there is none. */
static char *
format_set (const SvpnPrefix *prefixes, gsize n, int family)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *joined = NULL;

  for (gsize i = 0; i < n; i++)
    if (prefixes[i].family == family)
      g_ptr_array_add (texts, svpn_prefix_to_string (&prefixes[i]));
  if (texts->len == 0)
    return NULL;
  g_ptr_array_add (texts, NULL);
  joined = g_strjoinv (", ", (char **) texts->pdata);
  return g_strdup_printf ("{ %s }", joined);
}

static const char *
match_of (int family)
{
  return family == AF_INET ? "ip" : "ip6";
}

static gboolean
has_default (const SvpnPrefix *prefixes, gsize n, int family)
{
  for (gsize i = 0; i < n; i++)
    if (prefixes[i].family == family && prefixes[i].prefix == 0)
      return TRUE;
  return FALSE;
}

/* From outside, towards clients: answers, and whom the administrator lets in. */
static void
append_inbound (GString *chains, const char *interface, const SvpnServerNetwork *config)
{
  static const int families[] = { AF_INET, AF_INET6 };

  g_string_append_printf (chains, "oifname \"%s\" ct state established,related accept\n", interface);
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autofree char *set = format_set (config->inbound, config->n_inbound, families[i]);

    if (has_default (config->inbound, config->n_inbound, families[i]))
      g_string_append_printf (chains, "oifname \"%s\" meta nfproto %s accept\n", interface,
                              families[i] == AF_INET ? "ipv4" : "ipv6");
    else if (set)
      g_string_append_printf (chains, "oifname \"%s\" %s saddr %s accept\n", interface,
                              match_of (families[i]), set);
  }
  g_string_append_printf (chains, "oifname \"%s\" counter drop\n", interface);
}

/* From clients: with enforce-routes to where they are told to go alone. */
static void
append_outbound (GString *chains, const char *interface, const SvpnServerNetwork *config)
{
  static const int families[] = { AF_INET, AF_INET6 };

  for (gsize i = 0; i < G_N_ELEMENTS (families) && config->enforce_routes; i++) {
    g_autofree char *set = format_set (config->routes, config->n_routes, families[i]);

    if (has_default (config->routes, config->n_routes, families[i]))
      continue;
    if (set)
      g_string_append_printf (chains, "iifname \"%s\" %s daddr != %s counter drop\n", interface,
                              match_of (families[i]), set);
    else
      g_string_append_printf (chains, "iifname \"%s\" meta nfproto %s counter drop\n", interface,
                              families[i] == AF_INET ? "ipv4" : "ipv6");
  }
}

static void
append_forward (GString *chains, const char *interface, const SvpnServerNetwork *config, gboolean closed4,
                gboolean closed6)
{
  g_string_append (chains, "chain forward {\ntype filter hook forward priority filter; policy accept;\n");
  g_string_append_printf (chains, "iifname \"%s\" oifname \"%s\" %s\n", interface, interface,
                          config->client_to_client ? "accept" : "counter drop");
  append_inbound (chains, interface, config);
  append_outbound (chains, interface, config);
  for (int i = 0; i < 2; i++)
    if (i == 0 ? closed4 : closed6)
      g_string_append_printf (chains,
                              "meta nfproto %s iifname != \"" ANY_TUNNEL
                              "\" iifname != \"%s\" oifname != \"" ANY_TUNNEL
                              "\" oifname != \"%s\" counter drop\n",
                              i == 0 ? "ipv4" : "ipv6", interface, interface);
  g_string_append (chains, "}\n");
}

/* ICMP (1 and 58) stays: path MTU discovery and errors need it. In numbers, since names would need /etc/protocols, of the package
 * netbase. */
static void
append_input (GString *chains, const char *interface)
{
  g_string_append (chains, "chain input {\ntype filter hook input priority filter; policy accept;\n");
  g_string_append_printf (chains, "iifname \"%s\" ct state established,related accept\n", interface);
  g_string_append_printf (chains, "iifname \"%s\" meta l4proto { 1, 58 } accept\n", interface);
  g_string_append_printf (chains, "iifname \"%s\" counter drop\n}\n", interface);
}

/* The loopback interface is left out: what the server sends to itself from its address in the pool keeps that
 * address. */
static void
append_masquerade (GString *chains, const char *interface, const SvpnServerNetwork *config)
{
  const SvpnPrefix *pools[] = { &config->ipv4, &config->ipv6 };

  g_string_append (chains,
                   "chain postrouting {\ntype nat hook postrouting priority srcnat; policy accept;\n");
  for (gsize i = 0; i < G_N_ELEMENTS (pools); i++) {
    g_autofree char *pool = pools[i]->family ? svpn_prefix_to_string (pools[i]) : NULL;

    if (pool)
      g_string_append_printf (chains, "oifname != \"lo\" oifname != \"%s\" %s saddr %s masquerade\n",
                              interface, match_of (pools[i]->family), pool);
  }
  g_string_append (chains, "}\n");
}

char *
svpn_firewall_server (const char *interface, const SvpnServerNetwork *config, gboolean closed4,
                      gboolean closed6)
{
  GString *chains = g_string_new (NULL);

  append_forward (chains, interface, config, closed4, closed6);
  if (!config->local_services)
    append_input (chains, interface);
  if (config->nat)
    append_masquerade (chains, interface, config);
  return g_string_free (chains, FALSE);
}
