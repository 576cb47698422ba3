/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Peers in memory. */
#include "pair.h"
#include "packets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CARRY_MAX 65536

static const uint8_t key_up[SVPN_KEY_SIZE] = { 1 }, key_down[SVPN_KEY_SIZE] = { 2 };

/* --- a side --- */

static void
on_handshake (uint8_t type, const uint8_t *payload, size_t size, gpointer user_data)
{
  Side *side = user_data;

  g_string_append_printf (side->controls, "handshake 0x%02x", type);
}

static void
on_confirmed (gpointer user_data)
{
  ((Side *) user_data)->confirmations++;
}

static void
on_packet (const SvpnPacket *packet, const uint8_t *data, gpointer user_data)
{
  Side *side = user_data;

  side->packets++;
  g_string_append_len (side->received, (char *) data + 20, packet->size - 20);
}

static void
on_control (const uint8_t *json, size_t size, gpointer user_data)
{
  g_string_append_len (((Side *) user_data)->controls, (char *) json, (gssize) size);
}

static void
on_health_changed (SvpnHealth new_health, SvpnHealth old_health, gpointer user_data)
{
  g_string_append_printf (((Side *) user_data)->health, "%s ", svpn_health_to_string (new_health));
}

static void
on_ended (SvpnPeerEnd end, const char *reason, gpointer user_data)
{
  Side *side = user_data;

  g_assert_false (side->ended);
  side->ended = TRUE;
  side->end = end;
  side->reason = g_strdup (reason);
  side->ended_us = virtual_time_us ();
}

static const SvpnPeerEvents events = {
  .handshake = on_handshake,
  .confirmed = on_confirmed,
  .packet = on_packet,
  .control = on_control,
  .health_changed = on_health_changed,
  .ended = on_ended,
};

/* Returns the other end of its connection. */
static int
side_init (Side *side, SvpnWsRole role, SvpnClock *clock)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==, 0);
  socket = g_socket_new_from_fd (fds[0], NULL);
  connection = g_socket_connection_factory_create_connection (socket);
  side->received = g_string_new (NULL);
  side->controls = g_string_new (NULL);
  side->health = g_string_new (NULL);
  side->peer = svpn_peer_new (
      svpn_stream_line_new (&(SvpnCarrier){ .stream = G_IO_STREAM (connection), .socket = socket }), role,
      clock, &events, side);
  return fds[1];
}

static void
side_clear (Side *side)
{
  svpn_peer_free (side->peer);
  g_string_free (side->received, TRUE);
  g_string_free (side->controls, TRUE);
  g_string_free (side->health, TRUE);
  g_free (side->reason);
}

void
side_send_packet (Side *side, gsize size, guint8 fill)
{
  g_autofree guint8 *data = packet_new ("10.0.0.1", "10.0.0.2", size, fill);
  SvpnPacket packet = packet_parse (data, size);

  svpn_peer_send_packet (side->peer, &packet, data);
}

/* --- two --- */

Pair *
pair_new (void)
{
  Pair *pair = g_new0 (Pair, 1);

  pair->clock = virtual_clock_new (0);
  pair->relay[FROM_CLIENT] = side_init (&pair->client, SVPN_WS_CLIENT, pair->clock);
  pair->relay[FROM_SERVER] = side_init (&pair->server, SVPN_WS_SERVER, pair->clock);
  svpn_peer_open (pair->client.peer, key_up, key_down);
  svpn_peer_open (pair->server.peer, key_down, key_up);
  return pair;
}

void
pair_free (Pair *pair)
{
  side_clear (&pair->client);
  side_clear (&pair->server);
  for (int i = 0; i < 2; i++)
    if (pair->relay[i] >= 0)
      close (pair->relay[i]);
  svpn_clock_free (pair->clock);
  g_free (pair);
}

void
pair_cut (Pair *pair, PairDirection side)
{
  close (pair->relay[side]);
  pair->relay[side] = -1;
}

static gboolean
write_some (int fd, const guint8 *data, gsize size, gsize *written)
{
  ssize_t n = send (fd, data + *written, size - *written, MSG_NOSIGNAL);

  if (n < 0 && errno != EAGAIN)
    n = (ssize_t) (size - *written); /* into the void: that side has closed */
  *written += (gsize) MAX (n, 0);
  return *written == size;
}

gsize
pair_carry (Pair *pair, PairDirection from, gsize max, void (*change) (guint8 *data, gsize size))
{
  guint8 buffer[CARRY_MAX];
  gsize written = 0;
  ssize_t n;

  if (pair->relay[from] < 0 || pair->relay[1 - from] < 0)
    return 0;
  n = recv (pair->relay[from], buffer, MIN (max, sizeof buffer), 0);
  if (n == 0)
    shutdown (pair->relay[1 - from], SHUT_WR); /* half closed, as TCP is */
  if (n <= 0)
    return 0;
  if (change != NULL)
    change (buffer, (gsize) n);
  WAIT_FOR (write_some (pair->relay[1 - from], buffer, (gsize) n, &written));
  return (gsize) n;
}

void
pair_settle (Pair *pair)
{
  gsize carried;

  do {
    settle ();
    carried = pair_carry (pair, FROM_CLIENT, CARRY_MAX, NULL);
    carried += pair_carry (pair, FROM_SERVER, CARRY_MAX, NULL);
  } while (carried > 0);
  settle ();
}

void
pair_pass_ms (Pair *pair, guint ms)
{
  pair_settle (pair);
  for (; ms > 0; ms--) {
    virtual_time_pass_ms (1);
    pair_settle (pair);
  }
}

/* --- one --- */

Solo *
solo_new (SvpnWsRole role, gboolean open)
{
  gboolean is_client = role == SVPN_WS_CLIENT;
  Solo *solo = g_new0 (Solo, 1);

  solo->clock = virtual_clock_new (0);
  solo->hand
      = hand_new (side_init (&solo->side, role, solo->clock), is_client ? SVPN_WS_SERVER : SVPN_WS_CLIENT);
  if (!open)
    return solo;
  svpn_peer_open (solo->side.peer, is_client ? key_up : key_down, is_client ? key_down : key_up);
  svpn_seal_key_set (&solo->hand->send, is_client ? key_down : key_up);
  svpn_seal_key_set (&solo->hand->receive, is_client ? key_up : key_down);
  solo->hand->has_keys = TRUE;
  return solo;
}

void
solo_free (Solo *solo)
{
  side_clear (&solo->side);
  hand_free (solo->hand);
  svpn_clock_free (solo->clock);
  g_free (solo);
}

void
solo_expect_end (Solo *solo, SvpnPeerEnd end, const char *reason)
{
  shutdown (solo->hand->fd, SHUT_WR); /* so that no close frame is waited for */
  WAIT_FOR (solo->side.ended);
  g_assert_cmpstr (solo->side.reason, ==, reason);
  g_assert_cmpint (solo->side.end, ==, end);
}
