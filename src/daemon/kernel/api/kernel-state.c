/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What one tunnel wants of the kernel, or what the kernel has of it, as a value. */
#include "kernel-state.h"

#include <string.h>

typedef gboolean (*Same) (gconstpointer one, gconstpointer other);

SvpnKernelState *
svpn_kernel_state_new (void)
{
  SvpnKernelState *state = g_new0 (SvpnKernelState, 1);

  state->addresses = g_array_new (FALSE, FALSE, sizeof (SvpnPrefix));
  state->routes = g_array_new (FALSE, FALSE, sizeof (SvpnRoute));
  state->rules = g_array_new (FALSE, FALSE, sizeof (SvpnRule));
  return state;
}

void
svpn_kernel_state_free (SvpnKernelState *state)
{
  g_array_unref (state->addresses);
  g_array_unref (state->routes);
  g_array_unref (state->rules);
  g_free (state);
}

static gboolean
same_prefix (gconstpointer one, gconstpointer other)
{
  const SvpnPrefix *first = one, *second = other;

  return first->family == second->family && first->prefix == second->prefix
         && memcmp (first->bytes, second->bytes, sizeof first->bytes) == 0;
}

gboolean
svpn_route_has_same_place (const SvpnRoute *one, const SvpnRoute *other)
{
  return same_prefix (&one->destination, &other->destination) && one->table == other->table
         && one->metric == other->metric;
}

static gboolean
same_route (gconstpointer one, gconstpointer other)
{
  const SvpnRoute *first = one, *second = other;

  return svpn_route_has_same_place (first, second) && first->ifindex == second->ifindex
         && first->at_link == second->at_link;
}

gboolean
svpn_rule_has_same_place (const SvpnRule *one, const SvpnRule *other)
{
  return one->family == other->family && one->priority == other->priority && one->table == other->table
         && one->by_uid == other->by_uid && (!one->by_uid || one->uid == other->uid)
         && same_prefix (&one->to, &other->to);
}

static gboolean
same_rule (gconstpointer one, gconstpointer other)
{
  const SvpnRule *first = one, *second = other;

  return svpn_rule_has_same_place (first, second) && first->go_to == second->go_to;
}

/* Lists are short (256 routes at most). */
static void
append_without (GArray *result, const GArray *one, const GArray *other, Same same)
{
  guint size = g_array_get_element_size ((GArray *) one);

  for (guint i = 0; i < one->len; i++) {
    const char *element = one->data + (gsize) i * size;
    gboolean found = FALSE;

    for (guint j = 0; j < other->len && !found; j++)
      found = same (element, other->data + (gsize) j * size);
    if (!found)
      g_array_append_vals (result, element, 1);
  }
}

SvpnKernelState *
svpn_kernel_state_without (const SvpnKernelState *one, const SvpnKernelState *other)
{
  SvpnKernelState *rest = svpn_kernel_state_new ();

  append_without (rest->addresses, one->addresses, other->addresses, same_prefix);
  append_without (rest->routes, one->routes, other->routes, same_route);
  append_without (rest->rules, one->rules, other->rules, same_rule);
  return rest;
}

void
svpn_kernel_state_name (const SvpnKernelState *state, GPtrArray *names)
{
  for (guint i = 0; i < state->addresses->len; i++) {
    g_autofree char *text = svpn_prefix_to_string (&g_array_index (state->addresses, SvpnPrefix, i));

    g_ptr_array_add (names, g_strconcat ("address ", text, NULL));
  }
  for (guint i = 0; i < state->routes->len; i++) {
    g_autofree char *text = svpn_prefix_to_string (&g_array_index (state->routes, SvpnRoute, i).destination);

    g_ptr_array_add (names, g_strconcat ("route ", text, NULL));
  }
  for (guint i = 0; i < state->rules->len; i++) {
    const SvpnRule *rule = &g_array_index (state->rules, SvpnRule, i);

    g_ptr_array_add (
        names, g_strdup_printf ("%s rule %u", rule->family == AF_INET ? "IPv4" : "IPv6", rule->priority));
  }
}
