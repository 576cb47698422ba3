/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What tunnels of both kinds have in common: the device, and how all of it is undone. */
#include "network-fixture.h"
#include "tunnel-file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
static void
test_tun (Fixture *f, gconstpointer data)
{
  g_autofree char *addresses = NULL;

  g_assert_null (svpn_network_get_interface (f->network));
  create_tun (f);
  g_assert_cmpstr (svpn_network_get_interface (f->network), ==, "svpn0");
  g_assert_cmpint (fcntl (f->tun, F_GETFL) & O_NONBLOCK, !=, 0);
  g_assert_cmpint (fcntl (f->tun, F_GETFD) & FD_CLOEXEC, !=, 0);
  netns_do ("ip -o link show svpn0 | grep -qv ,UP");
  netns_do ("ip link set svpn0 up");
  addresses = netns_run ("ip -o addr show svpn0");
  g_assert_cmpstr (addresses, ==, ""); /* no link-local one either */
  svpn_network_undo (f->network);
  g_assert_null (svpn_network_get_interface (f->network));
  assert_as_before (f);
}

static void
test_ipv6_disabled (Fixture *f, gconstpointer data)
{
  netns_do ("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6");
  fixture_look_again (f);
  apply_client (f, &full_case);
  assert_warning ("IPv6 is disabled");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  assert_way (f, WORKER_UID, PEER, "uplink");
  svpn_network_undo (f->network);
  close_tun (f);
  assert_as_before (f);
  apply_server (f, TRUE);
  assert_warning ("IPv6 is disabled");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

static void
test_undo (Fixture *f, gconstpointer data)
{
  svpn_network_undo (f->network); /* nothing */
  apply_client (f, &full_case);
  svpn_network_undo (f->network);
  assert_as_before (f);
  svpn_network_undo (f->network);
  assert_as_before (f);
  close_tun (f);
  apply_client (f, &full_case); /* the same object again */
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

typedef enum {
  KILLED_CLIENT = 1 << 0, /* else a server */
  TUN_CLOSED = 1 << 1,    /* the worker has ended too */
  ADOPTED = 1 << 2,
} Killed;

/* As after kill -9 of smartvpnd: another object undoes what the file says. */
static void
test_undo_after_kill (Fixture *f, gconstpointer data)
{
  Killed killed = (Killed) GPOINTER_TO_INT (data);
  g_auto (GStrv) ids = NULL;

  netns_do ("echo 1 > /proc/sys/net/ipv4/conf/uplink/rp_filter");
  fixture_look_again (f);
  if (killed & KILLED_CLIENT)
    apply_client (f, &full_case);
  else
    apply_server (f, TRUE);
  svpn_network_free (f->network);
  if (killed & TUN_CLOSED)
    close_tun (f);

  ids = svpn_tunnel_file_list (f->state_dir);
  g_assert_cmpstrv (ids, ((const char *[]){ "client-test", NULL }));
  f->network = svpn_network_new (ids[0], f->state_dir, NULL);
  if (killed & ADOPTED) {
    svpn_network_adopt (f->network);
    g_assert_cmpstr (svpn_network_get_interface (f->network), ==, "svpn0");
  }
  svpn_network_undo (f->network);
  assert_as_before (f);
  fixture_assert_no_file (f);
  svpn_network_adopt (f->network);
  g_assert_null (svpn_network_get_interface (f->network));
}

/* Devices that have got our name or our index since are not ours, nor is what others added. */
static void
test_undo_spares_others (Fixture *f, gconstpointer data)
{
  g_autofree char *index = NULL;
  int other;

  apply_client (f, &full_case);
  index = netns_run ("ip -o link show svpn0 | cut -d: -f1");
  close_tun (f);
  netns_do ("ip link add lan index %s type veth peer name lan2", g_strchomp (index));
  other = netns_open_tun ("svpn0");
  netns_do ("ip addr add 10.77.0.1/24 dev svpn0; ip addr add 10.79.0.1/24 dev lan;"
            "ip rule add pref 20000 lookup 99; ip route add 10.78.0.0/16 dev svpn0");
  svpn_network_undo (f->network);
  netns_do ("ip -o addr show svpn0 | grep -q 10.77.0.1; ip -o addr show lan | grep -q 10.79.0.1;"
            "ip rule | grep -q 'lookup 99'; ip route | grep -q 10.78.0.0");
  close (other);
  netns_do ("ip rule del pref 20000; ip link del lan");
  assert_as_before (f);
}

static void
test_file_of_earlier_boot (Fixture *f, gconstpointer data)
{
  apply_client (f, &full_case);
  svpn_network_free (f->network);
  netns_do ("sed -i 's/\"boot-id\" *: *\"[0-9a-f]*/\"boot-id\":\"0/' %s/client-test.tunnel", f->state_dir);
  f->network = svpn_network_new ("client-test", f->state_dir, NULL);
  svpn_network_adopt (f->network);
  g_assert_null (svpn_network_get_interface (f->network));
  svpn_network_undo (f->network);
  netns_do ("ip link show svpn0");
  fixture_assert_no_file (f);
}

static void
test_broken_file (Fixture *f, gconstpointer data)
{
  static const char *const texts[] = { "", "{ \"network\": ", "[]", "{} {}", "\xff" };
  g_autofree char *path = g_build_filename (f->state_dir, "client-test.tunnel", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_test_message ("row '%s'", texts[i]);
    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    svpn_network_adopt (f->network);
    g_assert_null (svpn_network_get_interface (f->network));
    assert_warning ("client-test.tunnel is ignored: line 1");
    svpn_network_undo (f->network);
    assert_warning ("client-test.tunnel is ignored: line 1");
    fixture_assert_no_file (f);
  }
}

static void
test_file_mode (Fixture *f, gconstpointer data)
{
  g_autofree char *modes = NULL;

  apply_server (f, TRUE);
  modes = netns_run ("cd %s; stat -c '%%n %%a' *", f->state_dir);
  g_assert_cmpstr (modes, ==, "client-test.tunnel 600\nsysctl 600\n");
  svpn_network_undo (f->network);
}

/* The file of the version before had the members of the section and another name. */
static void
test_old_file (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL;

  apply_client (f, &full_case);
  svpn_network_free (f->network);
  before = netns_run ("cd %s; sed 's/^ *\"network\" : {//; s/^  } *,*$//' client-test.tunnel | tr -d '\n'"
                      " > client-test.json; rm client-test.tunnel; cat client-test.json",
                      f->state_dir);
  g_test_message ("%s", before);
  f->network = svpn_network_new ("client-test", f->state_dir, NULL);
  svpn_network_adopt (f->network);
  g_assert_cmpstr (svpn_network_get_interface (f->network), ==, "svpn0");
  svpn_network_undo (f->network);
  assert_as_before (f);
  fixture_assert_no_file (f);
}

int
main (int argc, char **argv)
{
  netns_test_init (&argc, &argv);
  ADD_TEST ("tun", NULL, test_tun);
  ADD_TEST ("ipv6-disabled", NULL, test_ipv6_disabled);
  ADD_TEST ("undo", NULL, test_undo);
  ADD_TEST ("undo/client", GINT_TO_POINTER (KILLED_CLIENT), test_undo_after_kill);
  ADD_TEST ("undo/client/adopted", GINT_TO_POINTER (KILLED_CLIENT | ADOPTED), test_undo_after_kill);
  ADD_TEST ("undo/client/tun-closed", GINT_TO_POINTER (KILLED_CLIENT | TUN_CLOSED), test_undo_after_kill);
  ADD_TEST ("undo/server", GINT_TO_POINTER (0), test_undo_after_kill);
  ADD_TEST ("undo/server/tun-closed", GINT_TO_POINTER (TUN_CLOSED), test_undo_after_kill);
  ADD_TEST ("undo/spares-others", NULL, test_undo_spares_others);
  ADD_TEST ("file/earlier-boot", NULL, test_file_of_earlier_boot);
  ADD_TEST ("file/broken", NULL, test_broken_file);
  ADD_TEST ("file/mode", NULL, test_file_mode);
  ADD_TEST ("file/old", NULL, test_old_file);
  return g_test_run ();
}
