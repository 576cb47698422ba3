/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What an administrator sees of sessions and does to them, and the end of the server. */
#include "error.h"
#include "goodbye.h"
#include "log.h"
#include "scene.h"
#include "transport.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

static void
test_disconnect_client (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (svpn_server_disconnect_client (scene->server, "nobody", "out", &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_NO_SUCH_SESSION);
  g_assert_cmpstr (error->message, ==, "there is no client with the id 'nobody'");
  g_assert_true (svpn_server_disconnect_client (scene->server, guest->welcome->client_id, "out", NULL));
  guest_expect_goodbye (guest, "out");
}

/* Every page is asked for, and the places between are told by what is in them. */
static char *
list_in_pages (Scene *scene, guint count)
{
  GString *ids = g_string_new (NULL);
  guint total = 1;

  for (guint offset = 0; offset < total; offset += count) {
    g_autoptr (GVariant) page
        = g_variant_ref_sink (svpn_server_list_page (scene->server, offset, count, &total));

    g_assert_cmpuint (g_variant_n_children (page), <=, count);
    for (gsize i = 0; i < g_variant_n_children (page); i++) {
      g_autoptr (GVariant) client = g_variant_get_child_value (page, i);
      const char *address;

      g_assert_true (g_variant_lookup (client, "assigned-ip", "&s", &address));
      g_string_append_printf (ids, " %s", strrchr (address, '.') + 1);
    }
  }
  return g_string_free (ids, FALSE);
}

static void
expect_pages (Scene *scene, const char *hosts)
{
  for (guint count = 1; count < 5; count++) {
    g_autofree char *got = list_in_pages (scene, count);

    g_assert_cmpstr (got, ==, hosts);
  }
}

/* A client keeps its place whoever else leaves; a place that is free is given to who comes next. */
static void
test_pages (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  Guest *guests[6];
  guint total = 99;

  g_variant_unref (g_variant_ref_sink (svpn_server_list_page (scene->server, 0, 10, &total)));
  g_assert_cmpuint (total, ==, 0);
  for (int i = 0; i < 4; i++)
    guests[i] = guest_new (scene, NULL);
  expect_pages (scene, " 2 3 4 5");
  guest_leave (scene, guests[1]);
  expect_pages (scene, " 2 4 5");
  guests[4] = guest_new (scene, NULL);
  expect_pages (scene, " 2 6 4 5");
  guest_leave (scene, guests[2]);
  guest_leave (scene, guests[3]);
  expect_pages (scene, " 2 6");
  g_variant_unref (g_variant_ref_sink (svpn_server_list_page (scene->server, G_MAXUINT, G_MAXUINT, &total)));
  g_assert_cmpuint (total, ==, 2);
  guests[5] = guest_new (scene, NULL);
  expect_pages (scene, " 2 6 7");
  for (int i = 0; i < 6; i++)
    guest_free (guests[i]);
  WAIT_FOR (svpn_server_get_n_clients (scene->server) == 0);
  expect_pages (scene, "");
}

/* It may come back, unlike one that is disconnected. */
static void
test_pause_client (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) paused = guest_new (scene, NULL), kicked = guest_new (scene, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_final = TRUE;
  HandEvent event;

  g_assert_false (svpn_server_pause_client (scene->server, "nobody", "later", &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_NO_SUCH_SESSION);
  g_assert_true (svpn_server_pause_client (scene->server, paused->welcome->client_id, "later", NULL));
  event = hand_expect (paused->hand, SVPN_FRAME_DISCONNECT);
  text = svpn_goodbye_from_json (event.payload, event.size, &is_final);
  g_assert_cmpstr (text, ==, "later");
  g_assert_false (is_final);
  g_assert_true (svpn_server_disconnect_client (scene->server, kicked->welcome->client_id, "out", NULL));
  event = hand_expect (kicked->hand, SVPN_FRAME_DISCONNECT);
  g_free (svpn_goodbye_from_json (event.payload, event.size, &is_final));
  g_assert_true (is_final);
}

static void
test_unknown_client (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (GError) limit = NULL, telemetry = NULL;
  GVariant *none = NULL;

  g_assert_false (svpn_server_set_limit (scene->server, "", 1000, 1500, &limit));
  g_assert_error (limit, SVPN_ERROR, SVPN_ERROR_NO_SUCH_SESSION);
  g_assert_false (svpn_server_client_telemetry (scene->server, "", &none, &telemetry));
  g_assert_error (telemetry, SVPN_ERROR, SVPN_ERROR_NO_SUCH_SESSION);
  g_assert_null (none);
}

static void
test_telemetry (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  g_autoptr (GVariant) telemetry = NULL;
  const char *health;
  guint64 rate;

  g_assert_true (svpn_server_set_limit (scene->server, guest->welcome->client_id, 5000, 6000, NULL));
  g_assert_true (svpn_server_client_telemetry (scene->server, guest->welcome->client_id, &telemetry, NULL));
  g_variant_ref_sink (telemetry);
  g_assert_true (g_variant_lookup (telemetry, "health", "&s", &health));
  g_assert_cmpstr (health, ==, "healthy");
  g_assert_true (g_variant_lookup (telemetry, "rate-limit-bytes-per-s", "t", &rate));
  g_assert_cmpuint (rate, ==, 5000);
  g_assert_true (g_variant_lookup (telemetry, "rate-limit-burst-bytes", "t", &rate));
  g_assert_cmpuint (rate, ==, 6000);
  g_assert_true (g_variant_lookup (telemetry, "frames-received", "t", &rate));
  g_assert_cmpuint (rate, ==, 1);
}

/* Everybody is told why, the one whose handshake still runs is dropped, and then it has stopped. */
static void
test_stop (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) first = guest_new (scene, NULL), second = guest_new (scene, NULL);
  g_autoptr (Guest) unfinished = guest_connect (scene);

  svpn_server_stop (scene->server, "maintenance");
  svpn_server_stop (scene->server, "twice");
  guest_expect_goodbye (first, "maintenance");
  guest_expect_goodbye (second, "maintenance");
  g_assert_false (scene->stopped);
  hand_expect_close (unfinished->hand, SVPN_WS_CLOSE_NORMAL);
  WAIT_FOR (scene->stopped);
  g_assert_cmpuint (scene->disconnected->len, ==, 2);
}

/* Somebody has deleted the TUN device: the sessions go on, and another device takes its place. */
static void
test_tun_gone (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);

  g_autofree char *address = guest_address (guest);
  g_autofree guint8 *packet = packet_new (address, "203.0.113.1", 100, 1), *got = NULL;
  gsize size;

  shutdown (scene->tun, SHUT_WR);
  log_expect ("reading the TUN device: Input/output error; waiting for another device");
  scene_replace_tun (scene);
  guest_send_packet (guest, packet, 100);
  got = scene_read_tun (scene, &size);
  g_assert_cmpmem (got, size, packet, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  log_capture ();
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/administrator/disconnect-client", test_disconnect_client);
  g_test_add_func ("/administrator/pages", test_pages);
  g_test_add_func ("/administrator/pause-client", test_pause_client);
  g_test_add_func ("/administrator/unknown-client", test_unknown_client);
  g_test_add_func ("/administrator/telemetry", test_telemetry);
  g_test_add_func ("/administrator/stop", test_stop);
  g_test_add_func ("/administrator/tun-gone", test_tun_gone);
  return g_test_run ();
}
