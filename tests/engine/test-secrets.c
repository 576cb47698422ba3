/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Secrets do not outlive what they were for: after the end of clients, servers and sessions no writable memory of the
 * process holds their keys, and nothing of them was ever logged. */
#include "client-scene.h"
#include "log.h"
#include "random-pool.h"
#include "scene.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define MASK 0x5a
#define MAPPING_MAX (64 << 20) /* the sanitizers' own are larger */
#define CHUNK 65536
#define SECRETS_MAX 8

/* What is looked for, masked, so that it is not found here. */
static struct {
  const char *name;
  uint8_t masked[SVPN_KEY_SIZE];
} secrets[SECRETS_MAX];
static gsize n_secrets;

static void
remember_secret (const char *name, const uint8_t key[SVPN_KEY_SIZE])
{
  secrets[n_secrets].name = name;
  for (gsize i = 0; i < SVPN_KEY_SIZE; i++)
    secrets[n_secrets].masked[i] = key[i] ^ MASK;
  n_secrets++;
}

static gboolean
is_at (const uint8_t *memory, const uint8_t *masked)
{
  for (gsize i = 0; i < SVPN_KEY_SIZE; i++)
    if ((memory[i] ^ MASK) != masked[i])
      return FALSE;
  return TRUE;
}

/* Reads through the kernel, as a mapping may be gone by now. */
static void
search (unsigned long start, unsigned long end, const char *where)
{
  static uint8_t chunk[CHUNK + SVPN_KEY_SIZE - 1];

  for (; start < end; start += CHUNK) {
    struct iovec here = { chunk, MIN (end - start, sizeof chunk) }, there = { (void *) start, here.iov_len };
    ssize_t size = process_vm_readv (getpid (), &here, 1, &there, 1, 0);

    for (ssize_t at = 0; at + SVPN_KEY_SIZE <= size; at++)
      for (gsize i = 0; i < n_secrets; i++)
        if (is_at (chunk + at, secrets[i].masked))
          g_error ("%s is still in memory: %s", secrets[i].name, where);
  }
}

/* Heap and other writable memory; not the stack, whose dead part is overwritten sooner or later. */
static void
search_memory (void)
{
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    unsigned long start, end;
    char mode[5];

    if (sscanf (*line, "%lx-%lx %4s", &start, &end, mode) == 3 && mode[0] == 'r' && mode[1] == 'w'
        && end - start < MAPPING_MAX && strstr (*line, "[stack]") == NULL)
      search (start, end, *line);
  }
}

static uint8_t *
random_key (const char *name)
{
  uint8_t *key = sodium_malloc (SVPN_KEY_SIZE);

  randombytes_buf (key, SVPN_KEY_SIZE);
  remember_secret (name, key);
  return key;
}

static void
expect_nothing_logged (void)
{
  for (gsize i = 0; i < n_secrets; i++) {
    uint8_t key[SVPN_KEY_SIZE];
    g_autofree char *text = NULL;

    for (gsize k = 0; k < sizeof key; k++)
      key[k] = secrets[i].masked[k] ^ MASK;
    text = g_base64_encode (key, sizeof key);
    g_assert_null (strstr (log_text (), text));
    sodium_memzero (key, sizeof key);
  }
}

/* The search finds what is there. */
static void
test_search (void)
{
  uint8_t *key = random_key ("a key");

  g_assert_true (is_at (key, secrets[0].masked));
  key[0] ^= 1;
  g_assert_false (is_at (key, secrets[0].masked));
  sodium_free (key);
  n_secrets = 0;
}

/* Random bytes are given out once, and then forgotten. */
static void
test_random (void)
{
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  uint8_t key[SVPN_KEY_SIZE];

  for (guint i = 0; i < 1000; i++) {
    svpn_random_bytes (key, sizeof key);
    g_assert_true (g_hash_table_add (seen, g_bytes_new (key, sizeof key)));
  }
  svpn_random_bytes (key, sizeof key);
  remember_secret ("random bytes that were given out", key);
  sodium_memzero (key, sizeof key);
  search_memory ();
  n_secrets = 0;
}

/* A client with a key and its server, over a session that rekeys and one that follows it. */
static void
test_tunnel (void)
{
  SvpnServerConfig *server_config = scene_config ();
  SvpnClientConfig *client_settings;
  Scene *server;
  ClientScene *client;

  sodium_free (server_config->private_key);
  server_config->private_key = random_key ("the server's private key");
  server = scene_new (server_config);
  client_settings = client_config (FALSE, server->port, SCENE_PATH, server->public_key);
  client_settings->private_key = random_key ("the client's private key");
  client_settings->rekey_interval_s = 10;
  client = client_scene_new (client_settings, 0);
  client_expect (client, "connected ");
  virtual_time_pass_ms (10000);
  WAIT_FOR (scene_count (server, "rekeys") == 1);
  svpn_client_disconnect (client->client, "bye");
  client_expect (client, "ended: bye");
  WAIT_FOR (server->disconnected->len == 1);
  client_scene_free (client);
  scene_free (server);
  expect_nothing_logged ();
  search_memory ();
  n_secrets = 0;
}

/* The keys of a session, at the server, when the session ends. */
static void
test_session (void)
{
  g_autoptr (Scene) server = scene_new (scene_config ());
  Guest *guest = guest_new (server, NULL);

  remember_secret ("the session's key of sending", guest->hand->send.key);
  remember_secret ("the session's key of receiving", guest->hand->receive.key);
  sodium_memzero (&guest->hand->send, sizeof guest->hand->send);
  sodium_memzero (&guest->hand->receive, sizeof guest->hand->receive);
  sodium_memzero (&guest->noise, sizeof guest->noise);
  guest_free (guest);
  WAIT_FOR (server->disconnected->len == 1);
  search_memory ();
  n_secrets = 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_capture ();
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/secrets/search", test_search);
  g_test_add_func ("/secrets/random", test_random);
  g_test_add_func ("/secrets/tunnel", test_tunnel);
  g_test_add_func ("/secrets/session", test_session);
  return g_test_run ();
}
