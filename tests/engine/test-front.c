/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's face to strangers: HTTP answers, admission proofs, deadlines and bounds. */
#include "admission.h"
#include "doorway.h"
#include "front.h"
#include "loopback.h"
#include "scene.h"
#include "stranger.h"
#include "table.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MINUTE 60
#define UPGRADE                                                                                              \
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"             \
  "Sec-WebSocket-Version: 13\r\n"

/* --- HTTP --- */

/* Whether a whole answer has come: its head, and the body that Content-Length announces. */
static gboolean
read_answer (int fd, GString *answer)
{
  char bytes[4096];
  ssize_t n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT);
  const char *head_end, *length;

  g_string_append_len (answer, bytes, MAX (n, 0));
  head_end = strstr (answer->str, "\r\n\r\n");
  if (n == 0)
    return TRUE;
  if (head_end == NULL)
    return FALSE;
  length = strstr (answer->str, "Content-Length: ");
  return length == NULL || strlen (head_end + 4) >= strtoul (length + strlen ("Content-Length: "), NULL, 10);
}

/* The answer to @request, without the line that tells the time. */
static char *
ask (int fd, const char *request)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GRegex) date = g_regex_new ("Date: [^\r]*\r\n", 0, 0, NULL);

  g_assert_cmpint (send (fd, request, strlen (request), MSG_NOSIGNAL), ==, strlen (request));
  WAIT_FOR (read_answer (fd, answer));
  return g_regex_replace_literal (date, answer->str, -1, 0, "", 0, NULL);
}

static char *
make_proof (Scene *scene, gint64 ahead_s, const uint8_t *server_key)
{
  guint64 now = (guint64) (svpn_clock_unix_us (scene->clock) / G_USEC_PER_SEC + ahead_s);
  char sid[SVPN_ADMISSION_SIZE + 1];
  uint8_t e_private[32];

  randombytes_buf (e_private, sizeof e_private);
  g_assert_true (svpn_admission_make (sid, e_private, server_key, now));
  return g_strdup (sid);
}

static char *
make_request (const char *method, const char *path, const char *headers, const char *cookies,
              const char *proof)
{
  g_autoptr (GString) filled = g_string_new (cookies);

  g_string_replace (filled, "PROOF", proof, 0);
  return g_strdup_printf ("%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n", method, path, headers,
                          filled->str);
}

/* --- who is admitted --- */

static const struct {
  const char *name, *method, *path, *headers, *cookies;
  gint64 ahead_s; /* of the proof's clock */
  gboolean is_admitted;
  guint64 refused; /* proofs */
} requests[] = {
  { "proof", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF\r\n", 0, TRUE, 0 },
  { "minute-before", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF\r\n", -MINUTE, TRUE, 0 },
  { "minute-after", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF\r\n", 2 * MINUTE - 1, TRUE, 0 },
  { "two-minutes-before", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF\r\n", -MINUTE - 1, FALSE, 1 },
  { "two-minutes-after", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF\r\n", 2 * MINUTE, FALSE, 1 },
  { "behind-other-cookies", "GET", SCENE_PATH, UPGRADE, "Cookie: a=b; sid=PROOF\r\n", 0, TRUE, 0 },
  { "before-other-cookies", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF; a=b\r\n", 0, TRUE, 0 },
  { "second-cookie-header", "GET", SCENE_PATH, UPGRADE, "Cookie: a=b\r\nCookie: sid=PROOF\r\n", 0, TRUE, 0 },
  { "last-of-two", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=stale; sid=PROOF\r\n", 0, TRUE, 0 },
  { "first-of-two", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF; sid=stale\r\n", 0, FALSE, 1 },
  { "longer-name", "GET", SCENE_PATH, UPGRADE, "Cookie: xsid=PROOF\r\n", 0, FALSE, 1 },
  { "other-name", "GET", SCENE_PATH, UPGRADE, "Cookie: sie=PROOF\r\n", 0, FALSE, 1 },
  { "cut-off", "GET", SCENE_PATH, UPGRADE, "Cookie: sid\r\n", 0, FALSE, 1 },
  { "too-long", "GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOFA\r\n", 0, FALSE, 1 },
  { "no-cookie", "GET", SCENE_PATH, UPGRADE, "", 0, FALSE, 1 },
  { "other-path", "GET", "/other", UPGRADE, "Cookie: sid=PROOF\r\n", 0, FALSE, 0 },
  { "longer-path", "GET", SCENE_PATH "/", UPGRADE, "Cookie: sid=PROOF\r\n", 0, FALSE, 0 },
  { "no-upgrade", "GET", SCENE_PATH, "", "Cookie: sid=PROOF\r\n", 0, FALSE, 0 },
  { "no-key", "GET", SCENE_PATH, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
    "Cookie: sid=PROOF\r\n", 0, FALSE, 0 },
  { "other-method", "POST", SCENE_PATH, "Content-Length: 0\r\n" UPGRADE, "Cookie: sid=PROOF\r\n", 0, FALSE,
    0 },
};

/* Whoever is not admitted gets the answer to a path that does not exist, whatever was wrong. */
static void
test_request (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autofree char *proof = make_proof (scene, requests[i].ahead_s, scene->public_key);
  g_autofree char *request
      = make_request (requests[i].method, requests[i].path, requests[i].headers, requests[i].cookies, proof);
  g_autofree char *unknown
      = g_strdup_printf ("%s /nothing HTTP/1.1\r\nHost: localhost\r\n%s\r\n", requests[i].method,
                         g_str_equal (requests[i].method, "POST") ? "Content-Length: 0\r\n" : "");
  int fd = scene_connect (scene), other = scene_connect (scene);
  g_autofree char *answer = ask (fd, request), *expected = ask (other, unknown);

  if (requests[i].is_admitted)
    g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 Switching Protocols\r\n"));
  else
    g_assert_cmpstr (answer, ==, expected);
  g_assert_true (g_str_has_prefix (expected, "HTTP/1.1 40"));
  g_assert_cmpuint (scene_count (scene, "admissions-refused"), ==, requests[i].refused);
  g_assert_cmpuint (scene_count (scene, "admissions-replayed"), ==, 0);
  close (fd);
  close (other);
}

/* The answer to the nonce of RFC 6455, section 1.3. */
static void
test_accept (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autofree char *proof = make_proof (scene, 0, scene->public_key);
  g_autofree char *request = make_request ("GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF\r\n", proof);
  int fd = scene_connect (scene);
  g_autofree char *answer = ask (fd, request);

  g_assert_nonnull (strstr (answer, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  g_assert_null (strstr (answer, "Sec-WebSocket-Extensions"));
  close (fd);
}

/* A proof works once, on whatever connection, also after the session it opened. */
static void
test_replay (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autofree char *proof = make_proof (scene, 0, scene->public_key);
  g_autofree char *request = make_request ("GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF\r\n", proof);
  int first = scene_connect (scene), second = scene_connect (scene);
  g_autofree char *taken = ask (first, request), *replayed = ask (second, request);

  g_assert_true (g_str_has_prefix (taken, "HTTP/1.1 101 "));
  g_assert_true (g_str_has_prefix (replayed, "HTTP/1.1 404 "));
  g_assert_cmpuint (scene_count (scene, "admissions-replayed"), ==, 1);
  g_assert_cmpuint (scene_count (scene, "admissions-refused"), ==, 0);
  close (first);
  close (second);
}

/* A proof for another server's key. */
static void
test_other_key (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  uint8_t other_key[32];
  g_autofree char *proof = NULL, *request = NULL, *answer = NULL;
  int fd = scene_connect (scene);

  svpn_noise_public_key (other_key, (const uint8_t[32]){ 5 });
  proof = make_proof (scene, 0, other_key);
  request = make_request ("GET", SCENE_PATH, UPGRADE, "Cookie: sid=PROOF\r\n", proof);
  answer = ask (fd, request);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 404 "));
  g_assert_cmpuint (scene_count (scene, "admissions-refused"), ==, 1);
  close (fd);
}

static void
test_no_proof_required (void)
{
  SvpnServerConfig *config = scene_config ();
  g_autoptr (Scene) scene = NULL;
  g_autofree char *request = make_request ("GET", SCENE_PATH, UPGRADE, "", ""), *answer = NULL;
  int fd;

  config->require_proof = FALSE;
  scene = scene_new (config);
  fd = scene_connect (scene);
  answer = ask (fd, request);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
  close (fd);
}

/* --- deadlines and bounds --- */

/* As long as web servers wait for a first request. */
static void
test_silent (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  int silent = scene_connect (scene), half = scene_connect (scene);

  settle ();
  g_assert_cmpint (send (half, "GET / HTTP/1.1\r\n", 16, 0), ==, 16);
  virtual_time_pass_ms (SVPN_STRANGER_HEAD_TIMEOUT_S * 1000 - 1);
  g_assert_false (loopback_is_closed (silent));
  g_assert_false (loopback_is_closed (half));
  virtual_time_pass_ms (1);
  WAIT_FOR (loopback_is_closed (silent));
  WAIT_FOR (loopback_is_closed (half));
  close (silent);
  close (half);
}

/* An admitted connection has no deadline of the front's any more. */
static void
test_admitted_stays (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = guest_new (scene, NULL);

  for (int i = 0; i < 10; i++) {
    virtual_time_pass_ms (4000);
    guest_sync (guest);
  }
}

/* One more silent connection than one source may have, and its oldest goes; the newcomer is served. */
static void
test_silent_max (void)
{
  g_autoptr (Scene) scene = NULL;
  struct rlimit files;
  int fds[SVPN_FRONT_SILENT_PER_SOURCE_MAX + 1];

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &files), ==, 0);
  files.rlim_cur = files.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &files), ==, 0);
  scene = scene_new (scene_config ());
  for (int i = 0; i < SVPN_FRONT_SILENT_PER_SOURCE_MAX; i++) {
    fds[i] = scene_connect (scene);
    settle ();
  }
  g_assert_false (loopback_is_closed (fds[0]));
  fds[SVPN_FRONT_SILENT_PER_SOURCE_MAX] = scene_connect (scene);
  WAIT_FOR (loopback_is_closed (fds[0]));
  g_assert_false (loopback_is_closed (fds[1]));
  g_assert_cmpuint (scene_count (scene, "connections-evicted"), ==, 1);
  guest_free (guest_new (scene, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

/* With hardly any descriptors left, silent connections make room for newcomers; a session notices nothing, and all is well
 * again once there are some. */
static void
test_descriptors (void)
{
  enum { ROOM = 80 };
  SvpnServerConfig *config = scene_config ();
  struct rlimit before, few;
  g_autoptr (Scene) scene = NULL;
  g_autoptr (Guest) guest = NULL;
  GArray *fds = g_array_new (FALSE, FALSE, sizeof (int));
  int next = open ("/dev/null", O_RDONLY), fd;

  close (next);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  few = (struct rlimit){ .rlim_cur = (rlim_t) next + ROOM + SVPN_DOORWAY_FD_RESERVE,
                         .rlim_max = before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  config->max_clients = 1;
  scene = scene_new (config);
  guest = guest_new (scene, NULL);
  /* Each connection has an end of ours, too, which comes out of the same number. */
  for (guint i = 0; i < ROOM / 2 + 4; i++) {
    fd = scene_connect (scene);
    g_array_append_val (fds, fd);
    settle ();
  }
  guest_sync (guest);
  g_assert_cmpuint (scene_count (scene, "connections-evicted"), >, 0);
  for (guint i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
  g_array_unref (fds);
  virtual_time_pass_ms (SVPN_DOORWAY_PAUSE_MS);
  guest_free (guest_connect (scene));
  guest_sync (guest);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
}

/* The files of the directory `decoy` are what strangers see. */
static void
test_directory (void)
{
  SvpnServerConfig *config = scene_config ();
  g_autofree char *directory = g_dir_make_tmp ("front-XXXXXX", NULL), *file = NULL, *answer = NULL;
  g_autoptr (Scene) scene = NULL;
  int fd;

  file = g_build_filename (directory, "index.html", NULL);
  g_assert_true (g_file_set_contents (file, "our shop", -1, NULL));
  config->decoy_directory = g_strdup (directory);
  scene = scene_new (config);
  fd = scene_connect (scene);
  answer = ask (fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 OK\r\n") && g_str_has_suffix (answer, "our shop"));
  close (fd);
  g_assert_cmpint (unlink (file), ==, 0);
  g_assert_cmpint (rmdir (directory), ==, 0);
}

/* A server that stops closes the listening socket and the connections that are not sessions. */
static void
test_stop (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  int fd = scene_connect (scene);

  settle ();
  svpn_server_stop (scene->server, "bye");
  WAIT_FOR (loopback_is_closed (fd));
  g_assert_true (scene->stopped);
  g_assert_cmpuint (scene_count (scene, "admissions-refused"), ==, 0);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD_TABLE ("/front/request/", requests, test_request);
  g_test_add_func ("/front/accept", test_accept);
  g_test_add_func ("/front/replay", test_replay);
  g_test_add_func ("/front/other-key", test_other_key);
  g_test_add_func ("/front/no-proof-required", test_no_proof_required);
  g_test_add_func ("/front/silent", test_silent);
  g_test_add_func ("/front/admitted-stays", test_admitted_stays);
  g_test_add_func ("/front/silent-max", test_silent_max);
  g_test_add_func ("/front/descriptors", test_descriptors);
  g_test_add_func ("/front/directory", test_directory);
  g_test_add_func ("/front/stop", test_stop);
  return g_test_run ();
}
