/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A tunnel of an earlier smartvpnd is found, with its fake worker, and adopted or ended. Nothing of the network is changed, and
 * no root is needed. */
#include "tunnel-fixture.h"

#include <string.h>
#include <unistd.h>

#define EARLIER_OPTION "--earlier"
#define NO_SUCH_INDEX "999999" /* so that nobody deletes addresses of the interface */

/* As kernel/network.c would, but for a device that nobody changes. */
static void
record_interface (Fixture *f, const char *name)
{
  g_assert_true (svpn_tunnel_file_save (
      f->environment->state_dir, ID, "network",
      g_variant_new_parsed ("{'interface': <%s>, 'ifindex': <" NO_SUCH_INDEX ">}", name), NULL));
}

/* The process of an earlier smartvpnd: brings a tunnel up and ends; the worker stays. */
static int
be_earlier (const char *directory)
{
  Fixture f = { .directory = (char *) directory, .events = g_string_new (NULL), .timeout_s = WAIT_TIMEOUT_S };

  f.environment = make_environment (&f);
  make_tunnel (&f);
  bring_up (&f);
  record_interface (&f, "lo");
  return svpn_tunnel_is_up (f.tunnel) ? 0 : 1;
}

/* smartvpnd goes, its worker stays, and the smartvpnd that comes is ours. */
static void
take_over (Fixture *f)
{
  const char *const argv[] = { program, EARLIER_OPTION, f->directory, NULL };
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_object_unref (f->tunnel);
  g_object_unref (f->owner);
  g_clear_pointer (&f->adopted_details, g_variant_unref);
  svpn_environment_free (f->environment);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  f->environment = make_environment (f);
  make_tunnel (f);
}

/* Beside the tunnel: NULL if nobody answers at the control socket. */
static SvpnDbusWorker *
connect_to_worker (Fixture *f)
{
  g_autofree char *path = path_of (f, ID "/control"), *address = g_strconcat ("unix:path=", path, NULL);
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, NULL);

  return connection != NULL ? svpn_dbus_worker_proxy_new_sync (
             connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL, "/org/smartvpn/Worker", NULL, NULL)
                            : NULL;
}

static gboolean
worker_is_gone (Fixture *f)
{
  g_autoptr (SvpnDbusWorker) worker = connect_to_worker (f);

  return worker == NULL;
}

static void
order_found_worker (Fixture *f, const char *order, const char *argument)
{
  g_autoptr (SvpnDbusWorker) worker = connect_to_worker (f);

  svpn_dbus_worker_call_disconnect_client_sync (worker, order, argument, NULL, NULL);
}

static void
attach (Fixture *f)
{
  Call call = { FALSE };

  svpn_tunnel_attach_async (f->tunnel, on_done, &call);
  WAIT_UNTIL (call.done, "the end of the search for a worker");
  g_clear_error (&call.error);
}

static void
test_adoption (Fixture *f, gconstpointer data)
{
  const char *prepared = NULL;
  gint64 since_s = g_get_real_time () / G_USEC_PER_SEC - 1000;
  g_auto (GVariantDict) status = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_int64 (since_s));
  guint64 since = 0, uptime_s = 0;

  take_over (f);
  g_autoptr (SvpnTunnelRecord) record
      = svpn_tunnel_record_load (f->environment->state_dir, SVPN_SCOPE_CLIENT, ID);
  g_assert_true (
      svpn_tunnel_record_put (f->environment->state_dir, SVPN_SCOPE_CLIENT, ID, "since", value, NULL));
  attach (f);
  assert_events (f, "down > connected: established: found so when smartvpnd started\n");
  g_assert_cmpstr (svpn_tunnel_get_hash (f->tunnel), ==, record->hash);
  g_assert_cmpuint (svpn_settings_get_uint (SVPN_SCOPE_CLIENT, svpn_tunnel_get_settings (f->tunnel), "mtu"),
                    ==, 1300);
  g_auto (GStrv) dns
      = svpn_settings_get_strings (SVPN_SCOPE_CLIENT, svpn_tunnel_get_settings (f->tunnel), "dns");
  g_assert_cmpstrv (dns, ((const char *[]){ "192.0.2.53", NULL }));
  g_assert_true (g_variant_lookup (f->adopted_details, "prepared", "&s", &prepared));
  svpn_tunnel_describe_status (f->tunnel, &status);
  g_assert_true (g_variant_dict_lookup (&status, "since", "t", &since));
  g_assert_true (g_variant_dict_lookup (&status, "uptime-s", "t", &uptime_s));
  g_assert_cmpint ((gint64) since, ==, since_s);
  g_assert_cmpuint (uptime_s, >=, 1000);
  give_order (f, "lost", "cut"); /* its signals are followed */
  WAIT_UNTIL (svpn_tunnel_get_state (f->tunnel) == SVPN_TUNNEL_RECONNECTING, "reconnecting");
  stop (f);
  assert_events (f, "connected > reconnecting: connection-lost: cut\nreconnecting > stopping\nexited "
                    "-1\nstopping > down\n");
}

/* One that is reconnecting is adopted in that state. */
static void
test_adoption_while_reconnecting (Fixture *f, gconstpointer data)
{
  take_over (f);
  order_found_worker (f, "state", "reconnecting");
  attach (f);
  assert_events (f, "down > reconnecting: connection-lost: found so when smartvpnd started\n");
  stop (f);
}

typedef enum {
  CHANGE_NOTHING,
  REMOVE_RECORD = 1 << 0,
  OTHER_INTERFACE = 1 << 1,
  NO_INTERFACE = 1 << 2,
  KILL_WORKER = 1 << 3,
  REFUSE = 1 << 4,
} Change;

#define OTHER_SETTINGS "The worker that was found runs with other settings than those recorded"
#define INTERRUPTED "The start was interrupted when smartvpnd ended"
#define DEVICE_GONE "The network interface of the worker that was found is gone"
#define DIED "The worker died while smartvpnd was not running"

/* What is different when another smartvpnd comes; the worker is ended, and the tunnel has failed. */
static const struct {
  const char *entry, *value; /* of GetState(); NULL: none is different */
  Change change;
  const char *error; /* "": down, and not failed */
} mismatches[] = {
  { "role", "server", CHANGE_NOTHING, INTERRUPTED },
  { "role", "idle", CHANGE_NOTHING, INTERRUPTED },
  { "state", "connecting", CHANGE_NOTHING, INTERRUPTED },
  { "state", "", CHANGE_NOTHING, INTERRUPTED },
  { "settings-hash", "0000", CHANGE_NOTHING, OTHER_SETTINGS },
  { "settings-hash", "", CHANGE_NOTHING, OTHER_SETTINGS },
  { NULL, NULL, REMOVE_RECORD, OTHER_SETTINGS },
  { NULL, NULL, OTHER_INTERFACE, DEVICE_GONE },
  { NULL, NULL, NO_INTERFACE, DEVICE_GONE },
  { NULL, NULL, REFUSE, "assignment: it cannot be" },
  { NULL, NULL, KILL_WORKER, DIED },
  { NULL, NULL, KILL_WORKER | REMOVE_RECORD, "" },
};

static void
apply_change (Fixture *f, Change change)
{
  if (change & OTHER_INTERFACE)
    record_interface (f, "svpn-no-such");
  if (change & NO_INTERFACE)
    svpn_tunnel_file_remove (f->environment->state_dir, ID, "network");
  if (change & REMOVE_RECORD)
    svpn_tunnel_file_remove (f->environment->state_dir, ID, "record");
  f->adopt_error = change & REFUSE ? "assignment: it cannot be" : NULL;
  if (change & KILL_WORKER) {
    order_found_worker (f, "kill", "");
    WAIT_UNTIL (worker_is_gone (f), "the end of the worker");
  }
}

static void
test_mismatches (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mismatches); i++) {
    gboolean failed = *mismatches[i].error != '\0';

    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, mismatches[i].error);
    take_over (f);
    if (mismatches[i].entry != NULL)
      order_found_worker (f, mismatches[i].entry, mismatches[i].value);
    apply_change (f, mismatches[i].change);
    attach (f);
    g_assert_cmpstr (svpn_tunnel_get_last_error (f->tunnel), ==, mismatches[i].error);
    g_assert_cmpint (svpn_tunnel_get_state (f->tunnel), ==, failed ? SVPN_TUNNEL_FAILED : SVPN_TUNNEL_DOWN);
    assert_clean (f);
    g_assert_true (worker_is_gone (f));
  }
}

/* A socket that another user serves is not that of a worker: nothing is asked of him. */
static void
test_served_by_another_user (Fixture *f, gconstpointer data)
{
  g_autofree char *message = g_strdup_printf (
      ID ": user %u serves the control socket, but workers run as user %u", geteuid (), geteuid () + 1);

  take_over (f);
  g_autoptr (SvpnDbusWorker) worker = connect_to_worker (f);
  f->environment->worker_uid++;
  attach (f);
  g_assert_cmpstr (svpn_tunnel_get_last_error (f->tunnel), ==, message);
  svpn_dbus_worker_call_disconnect_client_sync (worker, "exit", "0", NULL, NULL);
}

int
main (int argc, char **argv)
{
  const char *directory = argc == 3 && strcmp (argv[1], EARLIER_OPTION) == 0 ? argv[2] : NULL;

  tunnel_test_init (&argc, &argv);
  if (directory != NULL)
    return be_earlier (directory);
  ADD ("adoption", test_adoption);
  ADD ("adoption-while-reconnecting", test_adoption_while_reconnecting);
  ADD ("mismatches", test_mismatches);
  ADD ("served-by-another-user", test_served_by_another_user);
  return g_test_run ();
}
