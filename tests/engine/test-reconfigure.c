/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings of a server that change while it has sessions. */
#include "error.h"
#include "log.h"
#include "scene.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint8_t alice[32] = { [1] = 9 };

/* scene_config() with @change, put in force. */
static void
reconfigure (Scene *scene, void (*change) (SvpnServerConfig *config))
{
  SvpnServerConfig *config = scene_config ();
  g_autoptr (GError) error = NULL;

  change (config);
  g_assert_true (svpn_server_reconfigure (scene->server, config, &error));
  g_assert_no_error (error);
}

static void
replace (char ***strings, const char *const *with)
{
  g_strfreev (*strings);
  *strings = g_strdupv ((char **) with);
}

/* --- what clients are told --- */

static void
set_dns_and_routes (SvpnServerConfig *config)
{
  static const char *const dns[] = { "10.8.0.1", NULL }, *const routes[]
                                                         = { "192.0.2.0/24", "2001:db8::/64", NULL };

  replace (&config->dns, dns);
  replace (&config->routes, routes);
}

static void
change_nothing (SvpnServerConfig *config)
{
}

/* Who is there gets a CONTROL frame, who comes a welcome, and without a change there is nothing to tell. */
static void
test_pushed (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL), later = NULL;
  g_autoptr (GError) error = NULL;
  HandEvent event;

  reconfigure (scene, change_nothing);
  reconfigure (scene, set_dns_and_routes);
  reconfigure (scene, set_dns_and_routes);
  event = hand_expect (guest->hand, SVPN_FRAME_CONTROL);
  g_assert_true (svpn_welcome_update (guest->welcome, event.payload, event.size, 1420, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (guest->welcome->dns[0], ==, "10.8.0.1");
  g_assert_cmpuint (g_strv_length (guest->welcome->routes), ==, 2);
  g_assert_cmpstr (guest->welcome->routes[1], ==, "2001:db8::/64");
  g_assert_cmpuint (guest->welcome->mtu, ==, 1420);
  guest_sync (guest);
  g_assert_false (hand_has_next (guest->hand)); /* told once */
  later = guest_new (scene, NULL);
  g_assert_cmpuint (g_strv_length (later->welcome->routes), ==, 2);
}

/* --- who may be here --- */

static void
allow_one (SvpnServerConfig *config)
{
  config->max_clients = 1;
}

/* A lower max-clients ends no session; it is for newcomers. */
static void
test_max_clients (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) first = guest_new (scene, NULL), second = guest_new (scene, NULL),
                    third = guest_connect (scene);

  reconfigure (scene, allow_one);
  guest_sync (first);
  guest_sync (second);
  guest_shake_hands (third, scene, &(GuestOptions){ 0 });
  g_assert_cmpstr (third->welcome->error, ==, SVPN_REFUSAL_SERVER_FULL);
}

static void
require_authorization (SvpnServerConfig *config)
{
  config->client_auth = TRUE;
}

/* client-auth ends the sessions of those that are not known. */
static void
test_client_auth (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  const GuestOptions options = { .private_key = alice };
  g_autoptr (Guest) anonymous = guest_new (scene, NULL), known = guest_new (scene, &options);
  uint8_t public_key[SVPN_KEY_SIZE];
  g_autofree char *key = NULL;
  g_autoptr (GVariant) clients = NULL;

  svpn_noise_public_key (public_key, alice);
  key = g_base64_encode (public_key, sizeof public_key);
  clients = g_variant_ref_sink (g_variant_new_parsed ("[{'name': <'alice'>, 'public-key': <%s>}]", key));
  g_assert_true (svpn_server_set_authorized (scene->server, clients, NULL));
  reconfigure (scene, require_authorization);
  guest_expect_goodbye (anonymous, "revoked: this client is not authorized");
  guest_sync (known);
}

/* --- terms of sessions --- */

static void
limit_all (SvpnServerConfig *config)
{
  config->rate_bytes_per_s = 5000;
  config->burst_bytes = 6000;
}

static void
test_limit (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  const char *id = guest->welcome->client_id;

  reconfigure (scene, limit_all);
  g_assert_cmpuint (scene_client_count (scene, id, "rate-limit-bytes-per-s"), ==, 5000);
  reconfigure (scene, change_nothing);
  g_assert_cmpuint (scene_client_count (scene, id, "rate-limit-bytes-per-s"), ==, 0);
}

static void
check_often (SvpnServerConfig *config)
{
  config->keepalive.interval_ms[SVPN_HEALTH_HEALTHY] = 2000;
}

/* A session that would be checked in a minute is checked as often as the new settings say. */
static void
test_keepalives (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  HandEvent check;

  virtual_time_pass_ms (0);
  check = hand_expect (guest->hand, SVPN_FRAME_KEEPALIVE);
  hand_send_sealed (guest->hand, SVPN_FRAME_KEEPALIVE_ACK, check.payload, check.size);
  guest_sync (guest);
  reconfigure (scene, check_often);
  g_assert_false (hand_has_next (guest->hand));
  virtual_time_pass_ms (2000);
  hand_expect (guest->hand, SVPN_FRAME_KEEPALIVE);
}

/* --- the web site --- */

static void
set_directory (SvpnServerConfig *config)
{
  config->decoy_directory = g_strdup (g_getenv ("TEST_SITE"));
}

static char *
get_page (Scene *scene)
{
  static const char request[] = "GET /here.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  g_autoptr (GString) answer = g_string_new (NULL);
  int fd = scene_connect (scene);
  char bytes[4096];
  gssize n;

  g_assert_cmpint (send (fd, request, strlen (request), 0), ==, strlen (request));
  WAIT_FOR ((n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT)) >= 0);
  for (; n > 0; n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT))
    g_string_append_len (answer, bytes, n);
  close (fd);
  return g_string_free (g_steal_pointer (&answer), FALSE);
}

static void
test_decoy (void)
{
  g_autofree char *directory = g_dir_make_tmp ("site-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (directory, "here.txt", NULL);
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autofree char *before = get_page (scene), *after = NULL;

  g_assert_true (g_file_set_contents (file, "found", -1, NULL));
  g_setenv ("TEST_SITE", directory, TRUE);
  g_assert_true (g_str_has_prefix (before, "HTTP/1.1 404 "));
  reconfigure (scene, set_directory);
  after = get_page (scene);
  g_assert_true (g_str_has_prefix (after, "HTTP/1.1 200 "));
  g_unlink (file);
  g_rmdir (directory);
}

/* --- what cannot be --- */

/* A part that is wrong keeps all of it from being taken. */
static void
test_wrong (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);
  SvpnServerConfig *config = scene_config ();
  g_autoptr (GError) error = NULL;

  set_dns_and_routes (config);
  allow_one (config);
  config->decoy_directory = g_strdup ("/nowhere/at/all");
  g_assert_false (svpn_server_reconfigure (scene->server, config, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
  g_clear_error (&error);
  config = scene_config ();
  set_dns_and_routes (config);
  config->max_clients = G_MAXUINT;
  g_assert_false (svpn_server_reconfigure (scene->server, config, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS);
  guest_sync (guest);
  g_assert_false (hand_has_next (guest->hand));
  guest_free (guest_new (scene, NULL)); /* max-clients is what it was */
}

static void
serve_many (SvpnServerConfig *config)
{
  config->max_clients = 250;
}

/* More clients leave less of the descriptors for strangers: at first 100 of them may be busy, 50 of one source, and then 20
 * and 10. */
static void
test_strangers (void)
{
  enum { BUSY = 12 };
  const rlim_t ours = 16 + 32, clients = 10, strangers = 100; /* as resource-limits.c counts them */
  struct rlimit before, few;
  g_autoptr (Scene) scene = NULL;
  int fds[2][BUSY];

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  few = (struct rlimit){ .rlim_cur = ours + clients + 3 * strangers, .rlim_max = before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  scene = scene_new (scene_config ());
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < BUSY; i++) {
      fds[round][i] = scene_connect (scene);
      g_assert_cmpint (send (fds[round][i], "GET /", 5, 0), ==, 5);
      settle ();
    }
    if (round == 0) {
      g_assert_cmpuint (scene_count (scene, "connections-evicted"), ==, 0);
      reconfigure (scene, serve_many);
    }
  }
  WAIT_FOR (scene_count (scene, "connections-evicted") > 0);
  for (int i = 0; i < 2 * BUSY; i++)
    close (fds[i / BUSY][i % BUSY]);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  log_capture ();
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/reconfigure/pushed", test_pushed);
  g_test_add_func ("/reconfigure/max-clients", test_max_clients);
  g_test_add_func ("/reconfigure/client-auth", test_client_auth);
  g_test_add_func ("/reconfigure/limit", test_limit);
  g_test_add_func ("/reconfigure/keepalives", test_keepalives);
  g_test_add_func ("/reconfigure/decoy", test_decoy);
  g_test_add_func ("/reconfigure/wrong", test_wrong);
  g_test_add_func ("/reconfigure/strangers", test_strangers);
  return g_test_run ();
}
