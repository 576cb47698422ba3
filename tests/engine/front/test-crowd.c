/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Who has to go when there are too many. */
#include "crowd.h"

#include <sodium.h>

#define MEMBERS_MAX 4
#define PER_SOURCE_MAX 3

/* Joins in this order, each from the address; who has to go after the last, as its place in the order. */
static const struct {
  const char *name, *addresses[MEMBERS_MAX + 2];
  int evicted; /* -1: nobody */
} cases[] = {
  { "room", { "192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2" }, -1 },
  { "greediest", { "192.0.2.2", "192.0.2.1", "192.0.2.1", "192.0.2.3", "192.0.2.4" }, 1 },
  { "oldest-of-all", { "192.0.2.4", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.5" }, 0 },
  { "per-source", { "192.0.2.2", "192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.1" }, 1 },
  { "ipv6-network", { "192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::ffff:4" }, 1 },
  { "ipv6-networks", { "2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1", "2001:db8:0:4::1" }, -1 },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (SvpnCrowd) crowd = svpn_crowd_new (MEMBERS_MAX, PER_SOURCE_MAX);
  SvpnCrowdMember members[MEMBERS_MAX + 2] = { 0 }, *evicted = NULL;
  guint n = 0;

  for (; cases[i].addresses[n] != NULL; n++) {
    SvpnPrefix address;

    g_assert_null (evicted);
    g_assert_true (svpn_address_parse (cases[i].addresses[n], &address));
    evicted = svpn_crowd_join (crowd, &members[n], &address);
  }
  g_assert_cmpint (evicted != NULL ? (int) (evicted - members) : -1, ==, cases[i].evicted);
  for (guint k = 0; k < n; k++)
    svpn_crowd_leave (crowd, &members[k]);
  g_assert_cmpuint (svpn_crowd_size (crowd), ==, 0);
}

/* Who has left makes room, and leaves others where they are. */
static void
test_leave (void)
{
  g_autoptr (SvpnCrowd) crowd = svpn_crowd_new (2, 2);
  SvpnCrowdMember members[4] = { 0 };
  SvpnPrefix address;

  g_assert_null (svpn_crowd_greediest (crowd));
  svpn_address_parse ("192.0.2.1", &address);
  g_assert_null (svpn_crowd_join (crowd, &members[0], &address));
  g_assert_null (svpn_crowd_join (crowd, &members[1], &address));
  svpn_crowd_leave (crowd, &members[0]);
  svpn_crowd_leave (crowd, &members[0]);
  svpn_address_parse ("192.0.2.2", &address);
  g_assert_null (svpn_crowd_join (crowd, &members[2], &address));
  g_assert_true (svpn_crowd_greediest (crowd) == &members[1]);
  g_assert_true (svpn_crowd_join (crowd, &members[3], &address) == &members[2]);
  for (guint i = 1; i < 4; i++)
    svpn_crowd_leave (crowd, &members[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/crowd/", cases[i].name, NULL);
    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
  }
  g_test_add_func ("/crowd/leave", test_leave);
  return g_test_run ();
}
