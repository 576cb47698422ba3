/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server by hand. */
#include "host.h"
#include "hello.h"
#include "loopback.h"
#include "virtual-time.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Host *
host_new (void)
{
  Host *host = g_new0 (Host, 1);

  host->fd = loopback_listen (&host->port);
  host->private_key[1] = 7;
  svpn_noise_public_key (host->public_key, host->private_key);
  return host;
}

void
host_free (Host *host)
{
  close (host->fd);
  g_free (host->lease);
  g_free (host);
}

int
host_accept (Host *host, char **head)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int fd;

  WAIT_FOR ((fd = accept4 (host->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0);
  WAIT_FOR (loopback_read_head (fd, text));
  if (head != NULL)
    *head = g_strdup (text->str);
  return fd;
}

void
host_answer (int fd, const char *answer, gboolean and_close)
{
  g_assert_cmpint (send (fd, answer, strlen (answer), MSG_NOSIGNAL), ==, strlen (answer));
  if (and_close)
    close (fd);
}

Hand *
host_upgrade (int fd, const char *head)
{
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  g_autoptr (GRegex) regex = g_regex_new ("Sec-WebSocket-Key: ([^\r]*)", G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *key = NULL, *accept_key = NULL, *answer = NULL;
  guint8 digest[20];
  gsize size = sizeof digest;

  g_assert_true (g_regex_match (regex, head, 0, &match));
  key = g_match_info_fetch (match, 1);
  g_checksum_update (sha1, (guchar *) key, -1);
  g_checksum_update (sha1, (const guchar *) guid, -1);
  g_checksum_get_digest (sha1, digest, &size);
  accept_key = g_base64_encode (digest, size);
  answer
      = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Accept: %s\r\n\r\n",
                         accept_key);
  host_answer (fd, answer, FALSE);
  return hand_new (fd, SVPN_WS_SERVER);
}

char *
host_welcome_json (const char *members)
{
  return g_strdup_printf ("{\"version\":1,\"client_id\":\"c1\",\"mtu\":1420,"
                          "\"ipv4\":{\"address\":\"10.8.0.2\",\"prefix\":24,\"gateway\":\"10.8.0.1\"},"
                          "\"ipv6\":{\"address\":\"fd00:8::2\",\"prefix\":64,\"gateway\":\"fd00:8::1\"}%s}",
                          members);
}

Hand *
host_welcome (Host *host, const char *json)
{
  g_autofree char *head = NULL;
  int fd = host_accept (host, &head);
  Hand *hand = host_upgrade (fd, head);
  HandEvent init = hand_expect (hand, SVPN_FRAME_HANDSHAKE_INIT);
  g_autoptr (SvpnHello) hello = NULL;
  uint8_t hello_json[SVPN_HELLO_SIZE_MAX], message[SVPN_HELLO_SIZE_MAX + 1000], e_private[32],
      keys[2][SVPN_KEY_SIZE];
  SvpnNoise noise;
  size_t size;

  randombytes_buf (e_private, sizeof e_private);
  svpn_noise_init_responder (&noise, init.payload[0], (const uint8_t *) SVPN_PROLOGUE, strlen (SVPN_PROLOGUE),
                             host->private_key);
  g_assert_cmpint (svpn_noise_read_message1 (&noise, init.payload + 1, init.size - 1, hello_json, &size), ==,
                   SVPN_NOISE_OK);
  hello = svpn_hello_from_json (hello_json, size, NULL);
  g_assert_nonnull (hello);
  g_free (host->lease);
  host->lease = g_strdup (hello->lease);
  host->mtu = hello->mtu;
  g_assert_cmpint (
      svpn_noise_write_message2 (&noise, e_private, (const uint8_t *) json, strlen (json), message, &size),
      ==, SVPN_NOISE_OK);
  hand_send_clear (hand, SVPN_FRAME_HANDSHAKE_RESP, message, size);
  svpn_noise_split (&noise, keys[0], keys[1]);
  svpn_seal_key_set (&hand->receive, keys[0]);
  svpn_seal_key_set (&hand->send, keys[1]);
  hand->has_keys = TRUE;
  return hand;
}
