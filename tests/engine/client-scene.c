/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client whose TUN device is a socket. */
#include "client-scene.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_MAX 65536

SvpnClientConfig *
client_config (gboolean is_tls, guint16 port, const char *path, const uint8_t *server_public_key)
{
  SvpnClientConfig *config = svpn_client_config_new ();

  config->server_url = g_strdup_printf ("%s://127.0.0.1:%u%s", is_tls ? "wss" : "ws", port, path);
  memcpy (config->server_public_key, server_public_key, SVPN_KEY_SIZE);
  config->tls_verify = TRUE;
  config->mtu = 1420;
  config->connect_timeout_s = 30;
  config->auto_reconnect = TRUE;
  config->qos = TRUE;
  config->keepalive = SVPN_KEEPALIVE_CONFIG_DEFAULT;
  return config;
}

/* --- events --- */

static void
remember (ClientScene *scene, const char *event, const SvpnWelcome *welcome, const char *detail)
{
  g_autofree char *address = welcome != NULL ? svpn_address_to_string (&welcome->ipv4) : NULL;

  g_test_message ("client: %s %s", event, detail);
  g_ptr_array_add (scene->events, g_strconcat (event, address != NULL ? address : "",
                                               address != NULL && *detail != '\0' ? ": " : "", detail, NULL));
  if (welcome == NULL)
    return;
  g_free (scene->lease);
  scene->lease = g_strdup (welcome->lease);
  scene->mtu = welcome->mtu;
}

static void
on_connected (const SvpnWelcome *welcome, const char *remote_address, gpointer user_data)
{
  g_assert_true (g_str_has_prefix (remote_address, "127.0.0.1:"));
  remember (user_data, "connected ", welcome, "");
}

static void
on_failed (const GError *error, gpointer user_data)
{
  ClientScene *scene = user_data;

  scene->failure = g_error_copy (error);
  remember (scene, "failed: ", NULL, error->message);
  g_clear_pointer (&scene->client, svpn_client_free);
}

static void
on_reconnecting (const char *reason, gpointer user_data)
{
  remember (user_data, "reconnecting: ", NULL, reason);
}

static void
on_retrying (const SvpnRetry *retry, gpointer user_data)
{
  ClientScene *scene = user_data;

  g_free (scene->retry_reason);
  scene->retry = *retry;
  scene->retry.reason = scene->retry_reason = g_strdup (retry->reason);
}

static void
on_reconnected (const SvpnReconnection *reconnection, const SvpnWelcome *welcome, const char *remote_address,
                gpointer user_data)
{
  ClientScene *scene = user_data;

  scene->reconnection = *reconnection;
  scene->reconnection.reason = NULL;
  remember (scene, "reconnected ", welcome, reconnection->reason);
}

static void
on_reconfigured (const SvpnWelcome *welcome, const char *remote_address, gpointer user_data)
{
  remember (user_data, "reconfigured ", welcome, "");
}

static void
on_health_changed (const char *new_health, const char *old_health, gpointer user_data)
{
  remember (user_data, "health ", NULL, new_health);
}

static void
on_ended (const char *reason, gpointer user_data)
{
  ClientScene *scene = user_data;

  remember (scene, "ended: ", NULL, reason);
  g_clear_pointer (&scene->client, svpn_client_free);
}

static const SvpnClientEvents events = {
  .connected = on_connected,
  .failed = on_failed,
  .reconnecting = on_reconnecting,
  .retrying = on_retrying,
  .reconnected = on_reconnected,
  .reconfigured = on_reconfigured,
  .health_changed = on_health_changed,
  .ended = on_ended,
};

/* --- beginning and end --- */

ClientScene *
client_scene_new (SvpnClientConfig *config, gint64 ahead_s)
{
  static const char *const all[] = { "0.0.0.0/0", "::/0", NULL }, *const none[] = { NULL };
  ClientScene *scene = g_new0 (ClientScene, 1);

  scene->clock = virtual_clock_new (ahead_s);
  scene->tun = -1;
  scene->events = g_ptr_array_new_with_free_func (g_free);
  scene->client = svpn_client_new (config, scene->clock, &events, scene);
  svpn_client_set_networks (scene->client, all, none);
  return scene;
}

void
client_scene_free (ClientScene *scene)
{
  g_clear_pointer (&scene->client, svpn_client_free);
  settle (); /* libsoup reports what was cancelled */
  if (scene->tun >= 0)
    close (scene->tun);
  g_ptr_array_unref (scene->events);
  g_clear_error (&scene->failure);
  g_free (scene->lease);
  g_free (scene->retry_reason);
  g_free (scene->taken);
  svpn_clock_free (scene->clock);
  g_free (scene);
}

/* Takes the first event that begins with @prefix, and all before it. */
static gboolean
take_event (ClientScene *scene, const char *prefix)
{
  for (guint i = 0; i < scene->events->len; i++)
    if (g_str_has_prefix (scene->events->pdata[i], prefix)) {
      g_free (scene->taken);
      scene->taken = g_strdup (scene->events->pdata[i]);
      g_ptr_array_remove_range (scene->events, 0, i + 1);
      return TRUE;
    }
  if (scene->client == NULL)
    g_error ("the client is gone, and no \"%s\" came before: %s", prefix,
             scene->events->len > 0 ? (char *) scene->events->pdata[scene->events->len - 1] : "nothing did");
  return FALSE;
}

const char *
client_expect (ClientScene *scene, const char *prefix)
{
  WAIT_FOR (take_event (scene, prefix));
  return scene->taken;
}

void
client_expect_exactly (ClientScene *scene, const char *event)
{
  g_autofree char *prefix = g_strndup (event, strcspn (event, ": "));

  g_assert_cmpstr (client_expect (scene, prefix), ==, event);
}

/* --- packets --- */

void
client_attach (ClientScene *scene)
{
  int tun[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, tun), ==, 0);
  if (scene->tun >= 0)
    close (scene->tun);
  scene->tun = tun[1];
  svpn_client_attach_tun (scene->client, tun[0]);
}

void
client_write_tun (ClientScene *scene, const guint8 *packet, gsize size)
{
  g_assert_cmpint (send (scene->tun, packet, size, 0), ==, size);
}

guint8 *
client_read_tun (ClientScene *scene, gsize *size)
{
  guint8 *packet = g_malloc (PACKET_MAX);
  ssize_t n;

  WAIT_FOR ((n = recv (scene->tun, packet, PACKET_MAX, 0)) > 0);
  *size = (gsize) n;
  return packet;
}

gboolean
client_tun_is_empty (ClientScene *scene)
{
  char byte;

  settle ();
  return recv (scene->tun, &byte, 1, MSG_PEEK) < 0;
}

guint64
client_count (ClientScene *scene, const char *counter)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  guint64 count;

  svpn_client_statistics (scene->client, &dict);
  g_assert_true (g_variant_dict_lookup (&dict, counter, "t", &count));
  return count;
}
