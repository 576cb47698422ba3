/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The parts of the kernel wing that change nothing of the network: names, tables and priorities, sockets. */
#include "error.h"
#include "listener.h"
#include "nft.h"
#include "routing.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void
test_nat_names (void)
{
  static const char *const rows[][2] = { { "server-default", "smartvpn_server_default" },
                                         { "server-a-b", "smartvpn_server_a_b" },
                                         { "server-a_b", "smartvpn_server_a.b" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *name = svpn_nft_table_name (rows[i][0]);

    g_test_message ("row %s", rows[i][0]);
    g_assert_cmpstr (name, ==, rows[i][1]);
  }
}

/* The same in each version: a later smartvpnd has to find the routes of this one. */
static void
test_tables (void)
{
  static const struct {
    const char *id;
    guint32 table;
  } rows[] = { { "client-default", 1398149815 }, { "client-test", 1398183497 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("row %s", rows[i].id);
    g_assert_cmpuint (svpn_routing_table (rows[i].id), ==, rows[i].table);
  }
}

/* The rules of the last tunnel come first, and none come before the machine's own at 0. */
static void
test_priorities (void)
{
  guint32 lowest = SVPN_ROUTING_PRIORITY_LAST + 1;

  for (int i = 0; i < 5000; i++) {
    guint32 priority = svpn_routing_priority (lowest);

    g_test_message ("%d tunnels before it: %u", i, priority);
    g_assert_cmpuint (priority, >=, SVPN_ROUTING_PRIORITY_FIRST);
    g_assert_cmpuint (priority + SVPN_ROUTING_PRIORITIES, <=, SVPN_ROUTING_PRIORITY_LAST + 1);
    if (i < 1250)
      g_assert_cmpuint (priority, ==, lowest - SVPN_ROUTING_PRIORITIES);
    lowest = priority;
  }
}

static void
test_listeners (void)
{
  g_autofree char *actual = NULL, *message = NULL;
  g_autoptr (GError) error = NULL;
  SvpnPrefix address;
  uint16_t port = 0;
  int fd = svpn_listener_open ("127.0.0.1:0", &actual, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  g_assert_true (svpn_endpoint_parse (actual, &address, &port));
  g_assert_cmpuint (port, >, 0);
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, !=, 0);

  message = g_strdup_printf ("Cannot listen at %s: Address already in use; another program listens there "
                             "(`ss -ltnp` shows it): stop that, "
                             "or set listen",
                             actual);
  g_autofree char *unused = NULL;
  g_assert_cmpint (svpn_listener_open (actual, &unused, &error), ==, -1);
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, message);
  g_clear_error (&error);
  close (fd);
  /* Its port is free again at once. */
  fd = svpn_listener_open (actual, &unused, &error);
  g_assert_no_error (error);
  close (fd);

  g_assert_cmpint (svpn_listener_open ("localhost:1", &unused, &error), ==, -1);
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
  g_assert_cmpstr (error->message, ==, "listen: 'localhost:1' is not IP:port");
}

/* A socket of IPv6 leaves IPv4 to another one. */
static void
test_both_families (void)
{
  g_autofree char *actual6 = NULL, *actual4 = NULL;
  g_autoptr (GError) error = NULL;
  SvpnPrefix address;
  uint16_t port = 0;
  int fd6 = svpn_listener_open ("[::]:0", &actual6, &error);

  if (fd6 < 0) { /* a kernel without IPv6 */
    g_assert_error (error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED);
    return;
  }
  g_assert_true (svpn_endpoint_parse (actual6, &address, &port));
  g_autofree char *endpoint4 = g_strdup_printf ("0.0.0.0:%u", port);
  int fd4 = svpn_listener_open (endpoint4, &actual4, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (actual4, ==, endpoint4);
  close (fd4);
  close (fd6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/kernel-names/nat", test_nat_names);
  g_test_add_func ("/kernel-names/tables", test_tables);
  g_test_add_func ("/kernel-names/priorities", test_priorities);
  g_test_add_func ("/kernel-names/listeners", test_listeners);
  g_test_add_func ("/kernel-names/both-families", test_both_families);
  return g_test_run ();
}
