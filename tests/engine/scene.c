/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server on 127.0.0.1, and clients of it by hand. */
#include "scene.h"
#include "admission.h"
#include "goodbye.h"
#include "loopback.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_MAX 65536

static const uint8_t server_private[SVPN_KEY_SIZE] = { [1] = 7 };

/* --- the server --- */

SvpnServerConfig *
scene_config (void)
{
  static const char *const none[] = { NULL };
  SvpnServerConfig *config = svpn_server_config_new ();

  config->path = g_strdup (SCENE_PATH);
  config->private_key = sodium_malloc (SVPN_KEY_SIZE);
  memcpy (config->private_key, server_private, SVPN_KEY_SIZE);
  g_assert_true (svpn_prefix_parse ("10.8.0.0/24", &config->ipv4_pool));
  g_assert_true (svpn_prefix_parse ("fd00:8::/64", &config->ipv6_pool));
  config->dns = g_strdupv ((char **) none);
  config->routes = g_strdupv ((char **) none);
  config->mtu = 1420;
  config->max_clients = 10;
  config->require_proof = TRUE;
  config->qos = TRUE;
  config->keepalive = SVPN_KEEPALIVE_CONFIG_DEFAULT;
  return config;
}

static void
on_client_connected (const char *id, GVariant *client, gpointer user_data)
{
  Scene *scene = user_data;

  g_variant_unref (g_variant_ref_sink (client));
  g_ptr_array_add (scene->connected, g_strdup (id));
}

static void
on_client_disconnected (const char *id, const char *reason, GVariant *telemetry, gpointer user_data)
{
  Scene *scene = user_data;

  g_ptr_array_add (scene->disconnected, g_strdup_printf ("%s: %s", id, reason));
  g_clear_pointer (&scene->telemetry, g_variant_unref);
  scene->telemetry = g_variant_ref (telemetry);
}

static void
on_stopped (gpointer user_data)
{
  Scene *scene = user_data;

  g_assert_false (scene->stopped);
  scene->stopped = TRUE;
}

static const SvpnServerEvents events = {
  .client_connected = on_client_connected,
  .client_disconnected = on_client_disconnected,
  .stopped = on_stopped,
};

Scene *
scene_new (SvpnServerConfig *config)
{
  Scene *scene = g_new0 (Scene, 1);
  g_autoptr (GError) error = NULL;
  int tun[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, tun), ==, 0);
  scene->clock = virtual_clock_new (0);
  scene->connected = g_ptr_array_new_with_free_func (g_free);
  scene->disconnected = g_ptr_array_new_with_free_func (g_free);
  scene->tun = tun[1];
  svpn_noise_public_key (scene->public_key, config->private_key);
  scene->server = svpn_server_new (config, scene->clock, tun[0], &events, scene, &error);
  g_assert_no_error (error);
  g_assert_true (svpn_server_listen (scene->server, loopback_listen (&scene->port), &error));
  g_assert_no_error (error);
  return scene;
}

void
scene_free (Scene *scene)
{
  g_clear_pointer (&scene->server, svpn_server_free);
  settle (); /* libsoup lets go of its connections in the main loop */
  close (scene->tun);
  g_ptr_array_unref (scene->connected);
  g_ptr_array_unref (scene->disconnected);
  g_clear_pointer (&scene->telemetry, g_variant_unref);
  svpn_clock_free (scene->clock);
  g_free (scene);
}

int
scene_connect (Scene *scene)
{
  return loopback_connect (scene->port);
}

guint64
scene_count (Scene *scene, const char *counter)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  guint64 count;

  svpn_server_statistics (scene->server, &dict);
  g_assert_true (g_variant_dict_lookup (&dict, counter, "t", &count));
  return count;
}

guint64
scene_client_count (Scene *scene, const char *id, const char *key)
{
  g_autoptr (GVariant) telemetry = NULL;
  g_autoptr (GError) error = NULL;
  guint64 count;

  g_assert_true (svpn_server_client_telemetry (scene->server, id, &telemetry, &error));
  g_variant_ref_sink (telemetry);
  g_assert_true (g_variant_lookup (telemetry, key, "t", &count));
  return count;
}

void
scene_replace_tun (Scene *scene)
{
  int tun[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, tun), ==, 0);
  close (scene->tun);
  scene->tun = tun[1];
  svpn_server_attach_tun (scene->server, tun[0]);
}

void
scene_write_tun (Scene *scene, const guint8 *packet, gsize size)
{
  g_assert_cmpint (send (scene->tun, packet, size, 0), ==, size);
}

gboolean
scene_tun_is_empty (Scene *scene)
{
  char byte;

  settle ();
  return recv (scene->tun, &byte, 1, MSG_PEEK) < 0;
}

guint8 *
scene_read_tun (Scene *scene, gsize *size)
{
  guint8 *packet = g_malloc (PACKET_MAX);
  ssize_t n;

  WAIT_FOR ((n = recv (scene->tun, packet, PACKET_MAX, 0)) > 0);
  *size = (gsize) n;
  return packet;
}

/* --- a client by hand --- */

Guest *
guest_connect (Scene *scene)
{
  Guest *guest = g_new0 (Guest, 1);
  int fd = scene_connect (scene);
  g_autoptr (GString) head = g_string_new (NULL);
  g_autofree char *request = NULL;
  char sid[SVPN_ADMISSION_SIZE + 1];
  uint8_t e_private[32];

  randombytes_buf (e_private, sizeof e_private);
  g_assert_true (svpn_admission_make (sid, e_private, scene->public_key,
                                      (guint64) (svpn_clock_unix_us (scene->clock) / G_USEC_PER_SEC)));
  request = g_strdup_printf ("GET " SCENE_PATH " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                             "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                             "Sec-WebSocket-Version: 13\r\nCookie: sid=%s\r\n\r\n",
                             sid);
  g_assert_cmpint (send (fd, request, strlen (request), 0), ==, strlen (request));
  WAIT_FOR (loopback_read_head (fd, head));
  g_assert_true (g_str_has_prefix (head->str, "HTTP/1.1 101 "));
  guest->hand = hand_new (fd, SVPN_WS_CLIENT);
  return guest;
}

size_t
guest_message1 (Guest *guest, Scene *scene, const GuestOptions *options, uint8_t *payload)
{
  SvpnHello hello = { .version = options->version != 0 ? options->version : SVPN_PROTOCOL_VERSION,
                      .mtu = options->mtu,
                      .capabilities = options->capabilities,
                      .name = (char *) options->name,
                      .lease = (char *) options->lease };
  SvpnNoisePattern pattern = options->private_key != NULL ? SVPN_NOISE_IK : SVPN_NOISE_NK;
  g_autofree char *json = svpn_hello_to_json (&hello);
  uint8_t e_private[32];
  size_t size;

  randombytes_buf (e_private, sizeof e_private);
  svpn_noise_init_initiator (&guest->noise, pattern, (const uint8_t *) SVPN_PROLOGUE, strlen (SVPN_PROLOGUE),
                             options->private_key, scene->public_key);
  payload[0] = pattern;
  g_assert_cmpint (svpn_noise_write_message1 (&guest->noise, e_private, (uint8_t *) json, strlen (json),
                                              payload + 1, &size),
                   ==, SVPN_NOISE_OK);
  return 1 + size;
}

void
guest_shake_hands (Guest *guest, Scene *scene, const GuestOptions *options)
{
  uint8_t payload[1 + SVPN_NOISE_IK_MESSAGE1_OVERHEAD + SVPN_HELLO_SIZE_MAX], json[SVPN_HELLO_SIZE_MAX];
  size_t size = guest_message1 (guest, scene, options, payload);
  uint8_t keys[2][SVPN_KEY_SIZE];
  g_autoptr (GError) error = NULL;
  HandEvent answer;

  hand_send_clear (guest->hand, SVPN_FRAME_HANDSHAKE_INIT, payload, size);
  answer = hand_expect (guest->hand, SVPN_FRAME_HANDSHAKE_RESP);
  g_assert_cmpint (svpn_noise_read_message2 (&guest->noise, answer.payload, answer.size, json, &size), ==,
                   SVPN_NOISE_OK);
  guest->welcome = svpn_welcome_from_json (json, size, &error);
  g_assert_no_error (error);
  svpn_noise_split (&guest->noise, keys[0], keys[1]);
  svpn_seal_key_set (&guest->hand->send, keys[0]);
  svpn_seal_key_set (&guest->hand->receive, keys[1]);
  guest->hand->has_keys = guest->welcome->error == NULL;
}

void
guest_sync (Guest *guest)
{
  static const uint8_t timestamp[SVPN_KEEPALIVE_SIZE] = "sync...";

  hand_send_sealed (guest->hand, SVPN_FRAME_KEEPALIVE, timestamp, sizeof timestamp);
  hand_expect (guest->hand, SVPN_FRAME_KEEPALIVE_ACK);
}

Guest *
guest_new (Scene *scene, const GuestOptions *options)
{
  static const GuestOptions none;
  Guest *guest = guest_connect (scene);

  guest_shake_hands (guest, scene, options != NULL ? options : &none);
  g_assert_cmpstr (guest->welcome->error, ==, NULL);
  guest_sync (guest);
  return guest;
}

void
guest_free (Guest *guest)
{
  hand_free (guest->hand);
  g_clear_pointer (&guest->welcome, svpn_welcome_free);
  g_free (guest);
}

void
guest_send_packet (Guest *guest, const guint8 *packet, gsize size)
{
  hand_send_sealed (guest->hand, SVPN_FRAME_IP_PACKET, packet, size);
}

void
guest_expect_goodbye (Guest *guest, const char *reason)
{
  HandEvent event = hand_expect (guest->hand, SVPN_FRAME_DISCONNECT);
  gboolean is_final;
  g_autofree char *text = svpn_goodbye_from_json (event.payload, event.size, &is_final);

  g_assert_cmpstr (text, ==, reason);
  hand_expect_close (guest->hand, SVPN_WS_CLOSE_NORMAL);
}

char *
guest_address (Guest *guest)
{
  return svpn_address_to_string (&guest->welcome->ipv4);
}

void
guest_leave (Scene *scene, Guest *guest)
{
  guint before = scene->disconnected->len;

  hand_send_sealed (guest->hand, SVPN_FRAME_DISCONNECT, "{\"reason\":\"bye\"}", 16);
  hand_expect_close (guest->hand, SVPN_WS_CLOSE_NORMAL);
  WAIT_FOR (scene->disconnected->len == before + 1);
}
