/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The calls that systemd-resolved gets, on a private bus, from a fake that writes them down. */
#include "netns.h"
#include "network.h"
#include "wait.h"
#include "resolved.h"

#include <string.h>
#include <net/if.h>
#include <unistd.h>

static const char fake_xml[]
    = "<node><interface name='org.freedesktop.resolve1.Manager'>"
      "<method name='SetLinkDNS'><arg type='i' direction='in'/><arg type='a(iay)' direction='in'/></method>"
      "<method name='SetLinkDomains'><arg type='i' direction='in'/><arg type='a(sb)' "
      "direction='in'/></method>"
      "<method name='SetLinkDefaultRoute'><arg type='i' direction='in'/><arg type='b' "
      "direction='in'/></method>"
      "<method name='Settle'/>"
      "<method name='RevertLink'><arg type='i' direction='in'/></method>"
      "</interface></node>";

static const char *const no_domains[] = { NULL };

typedef struct {
  GTestDBus *daemon;
  GDBusConnection *bus;  /* ours */
  GDBusConnection *fake; /* of the fake systemd-resolved */
  GString *calls;        /* one a line */
  const char *error;     /* D-Bus name of what to answer; NULL: success */
} Fixture;

/* Called when the fake is asked for something. */
static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Fixture *f = data;
  g_autofree char *text = g_variant_print (parameters, FALSE);

  if (strcmp (method, "Settle") != 0)
    g_string_append_printf (f->calls, "%s%s\n", method, text);
  if (f->error)
    g_dbus_method_invocation_return_dbus_error (invocation, f->error, "no");
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static GDBusConnection *
connect_to (GTestDBus *daemon)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (daemon),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
start_fake (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (fake_xml, NULL);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_register_object (f->fake, "/org/freedesktop/resolve1", node->interfaces[0], &vtable, f,
                                     NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (
      f->fake, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      g_variant_new ("(su)", "org.freedesktop.resolve1", 4), NULL, 0, -1, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->daemon);
  f->bus = connect_to (f->daemon);
  f->fake = connect_to (f->daemon);
  f->calls = g_string_new (NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  assert_no_warning ();
  g_dbus_connection_close_sync (f->bus, NULL, NULL);
  g_dbus_connection_close_sync (f->fake, NULL, NULL);
  g_clear_object (&f->bus);
  g_clear_object (&f->fake);
  g_test_dbus_down (f->daemon);
  g_clear_object (&f->daemon);
  g_string_free (f->calls, TRUE);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  gboolean *settled = data;

  *settled = TRUE;
}

/* Until all that was asked so far has been answered, by the fake or for it: the order is kept. */
static void
settle (Fixture *f)
{
  gboolean settled = FALSE;

  g_dbus_connection_call (f->bus, "org.freedesktop.resolve1", "/org/freedesktop/resolve1",
                          "org.freedesktop.resolve1.Manager", "Settle", NULL, NULL, 0, -1, NULL, on_settled,
                          &settled);
  WAIT_UNTIL (settled, "the answers of systemd-resolved");
}

static const char *const servers[] = { "10.8.0.1", "fd00:8::1", NULL };

#define SET_DNS(link)                                                                                        \
  "SetLinkDNS(" link ", [(2, [0x0a, 0x08, 0x00, 0x01]), "                                                    \
  "(10, [0xfd, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, "         \
  "0x01])])\n"

static void
test_all_names (Fixture *f, gconstpointer data)
{
  start_fake (f);
  svpn_resolved_set_link (f->bus, 7, servers, no_domains, TRUE);
  svpn_resolved_revert_link (f->bus, 7);
  settle (f);
  g_assert_cmpstr (
      f->calls->str, ==,
      SET_DNS ("7") "SetLinkDomains(7, [('.', true)])\nSetLinkDefaultRoute(7, true)\nRevertLink(7,)\n");
}

static void
test_beside_others (Fixture *f, gconstpointer data)
{
  start_fake (f);
  svpn_resolved_set_link (f->bus, 7, servers, no_domains, FALSE);
  settle (f);
  g_assert_cmpstr (f->calls->str, ==, SET_DNS ("7") "SetLinkDomains(7, [])\nSetLinkDefaultRoute(7, true)\n");
}

static void
test_absent (Fixture *f, gconstpointer data)
{
  svpn_resolved_set_link (f->bus, 7, servers, no_domains, TRUE);
  svpn_resolved_revert_link (f->bus, 7);
  settle (f); /* and no warning */
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  start_fake (f);
  f->error = "org.freedesktop.DBus.Error.AccessDenied";
  svpn_resolved_revert_link (f->bus, 7);
  settle (f);
  assert_warning ("systemd-resolved refuses RevertLink");
}

static void
test_link_is_gone (Fixture *f, gconstpointer data)
{
  start_fake (f);
  f->error = "org.freedesktop.resolve1.NoSuchLink";
  svpn_resolved_revert_link (f->bus, 7);
  settle (f); /* and no warning */
}

static void
test_no_address (Fixture *f, gconstpointer data)
{
  static const char *const wrong[] = { "dns.example", "10.8.0.1", NULL };

  start_fake (f);
  svpn_resolved_set_link (f->bus, 7, wrong, no_domains, FALSE);
  assert_warning ("'dns.example' is left out: it is not an IP address");
  settle (f);
  g_assert_true (g_str_has_prefix (f->calls->str, "SetLinkDNS(7, [(2, [0x0a, 0x08, 0x00, 0x01])])\n"));
}

/* What svpn_network does with it. @data: the route */
static void
test_client (Fixture *f, gconstpointer data)
{
  g_autofree char *state_dir = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  g_autoptr (SvpnNetwork) network = svpn_network_new ("client-test", state_dir, f->bus);
  g_autoptr (SvpnNetwork) other = svpn_network_new ("client-test", state_dir, f->bus);
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;
  g_autofree char *expected = NULL;
  SvpnPrefix route;
  SvpnClientNetwork config = {
    .mtu = 1420, .routes = &route, .n_routes = 1, .dns = servers, .dns_mode = "resolved", .worker_uid = 4711
  };
  int tun = svpn_network_create_tun (network, &error);

  g_assert_no_error (error);
  start_fake (f);
  g_assert_true (svpn_prefix_parse (data, &route));
  g_assert_true (svpn_prefix_parse ("10.8.0.2/24", &config.ipv4));
  g_assert_true (svpn_prefix_parse ("2001:db8::1", &config.peer));
  g_assert_true (svpn_network_apply_client (network, &config, &error));
  link = netns_run ("ip -o link show svpn0 | cut -d: -f1 | tr -d '\\n'");
  svpn_network_undo (other);
  svpn_network_undo (network);
  settle (f);
  expected = g_strdup_printf (
      "SetLinkDNS(%s, [(2, [0x0a, 0x08, 0x00, 0x01]), (10, [0xfd, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, "
      "0x00, "
      "0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01])])\nSetLinkDomains(%s, %s)\nSetLinkDefaultRoute(%s, true)\n"
      "RevertLink(%s,)\n",
      link, link, route.prefix == 0 ? "[('.', true)]" : "[]", link, link);
  g_assert_cmpstr (f->calls->str, ==, expected);
  close (tun);
  netns_do ("rm -r %s", state_dir);
}

/* Servers that change do so in one step; they are given back when there are none any more, once. */
static void
test_client_changes (Fixture *f, gconstpointer data)
{
  static const char *const first[] = { "10.8.0.1", NULL }, *const second[] = { "10.8.0.53", NULL };
  static const char *const *const steps[] = { first, second, NULL };
  g_autofree char *state_dir = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  g_autoptr (SvpnNetwork) network = svpn_network_new ("client-test", state_dir, f->bus);
  g_autoptr (GError) error = NULL;
  SvpnClientNetwork config = { .mtu = 1420, .dns_mode = "resolved", .worker_uid = 4711 };
  int tun = svpn_network_create_tun (network, &error);
  guint link;

  g_assert_no_error (error);
  link = if_nametoindex (svpn_network_get_interface (network));
  start_fake (f);
  g_assert_true (svpn_prefix_parse ("10.8.0.2/24", &config.ipv4));
  g_assert_true (svpn_prefix_parse ("2001:db8::1", &config.peer));
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    config.dns = steps[i];
    g_assert_true (svpn_network_apply_client (network, &config, &error));
  }
  svpn_network_undo (network);
  settle (f);
  g_autofree char *expected
      = g_strdup_printf ("SetLinkDNS(%1$u, [(2, [0x0a, 0x08, 0x00, 0x01])])\nSetLinkDomains(%1$u, "
                         "[])\nSetLinkDefaultRoute(%1$u, true)\n"
                         "SetLinkDNS(%1$u, [(2, [0x0a, 0x08, 0x00, 0x35])])\nSetLinkDomains(%1$u, "
                         "[])\nSetLinkDefaultRoute(%1$u, true)\n"
                         "RevertLink(%1$u,)\n",
                         link);
  g_assert_cmpstr (f->calls->str, ==, expected);
  close (tun);
  netns_do ("rm -r %s", state_dir);
}

#define ADD(path, data, test) g_test_add ("/resolved/" path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  netns_test_init (&argc, &argv);
  netns_enter (); /* before there are other threads */
  ADD ("all-names", NULL, test_all_names);
  ADD ("beside-others", NULL, test_beside_others);
  ADD ("absent", NULL, test_absent);
  ADD ("refused", NULL, test_refused);
  ADD ("link-is-gone", NULL, test_link_is_gone);
  ADD ("no-address", NULL, test_no_address);
  ADD ("client/full", "0.0.0.0/0", test_client);
  ADD ("client/split", "10.20.0.0/16", test_client);
  ADD ("client/changes", NULL, test_client_changes);
  return g_test_run ();
}
