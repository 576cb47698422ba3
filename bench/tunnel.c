/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client of the protocol for load. */
#include "tunnel.h"
#include "admission.h"

#include <arpa/inet.h>
#include <json-glib/json-glib.h>
#include <sodium.h>
#include <string.h>

#define READ_SIZE 65536
#define SEND_MAX 2048
#define HELLO "{\"version\":1,\"mtu\":1420,\"capabilities\":[]}"

static const guint8 no_mask[4]; /* zeros mask nothing, and are allowed */

static void
fail (Tunnel *tunnel, const TunnelTarget *target, const char *reason)
{
  tunnel_close (tunnel);
  target->closed (tunnel, reason);
}

void
tunnel_close (Tunnel *tunnel)
{
  link_close (&tunnel->link);
  g_clear_pointer (&tunnel->partial, g_byte_array_unref);
  g_clear_pointer (&tunnel->noise, g_free);
  tunnel->state = TUNNEL_CLOSED;
}

/* --- sending --- */

/* Wraps a frame into a message of its own. @frame has SVPN_WS_HEADER_MAX bytes before it. */
static LinkResult
send_message (Tunnel *tunnel, guint8 *frame, gsize size)
{
  guint8 header[SVPN_WS_HEADER_MAX];
  gsize header_size = svpn_ws_write_header (SVPN_WS_CLIENT, SVPN_WS_OPCODE_BINARY, size, no_mask, header);

  memcpy (frame - header_size, header, header_size);
  return link_send (&tunnel->link, frame - header_size, header_size + size);
}

gboolean
tunnel_send (Tunnel *tunnel, guint8 type, const guint8 *plain, gsize size)
{
  guint8 buffer[SVPN_WS_HEADER_MAX + SVPN_FRAME_HEADER_SIZE + SVPN_SEAL_OVERHEAD + SEND_MAX];
  guint8 *frame = buffer + SVPN_WS_HEADER_MAX, nonce[SVPN_NONCE_SIZE];

  g_return_val_if_fail (size <= SEND_MAX, FALSE);
  if (tunnel->state != TUNNEL_OPEN || link_flush (&tunnel->link) != LINK_DONE)
    return FALSE;
  randombytes_buf (nonce, sizeof nonce);
  return send_message (tunnel, frame, svpn_seal (&tunnel->send_key, type, plain, size, nonce, frame))
         == LINK_DONE;
}

static void
send_hello (Tunnel *tunnel, const TunnelTarget *target)
{
  guint8 buffer[SVPN_WS_HEADER_MAX + SVPN_FRAME_HEADER_SIZE + 1 + SVPN_NOISE_NK_MESSAGE1_OVERHEAD
                + sizeof HELLO];
  guint8 *frame = buffer + SVPN_WS_HEADER_MAX, *payload = frame + SVPN_FRAME_HEADER_SIZE, e_private[32];
  gsize size;

  tunnel->noise = g_new (SvpnNoise, 1);
  svpn_noise_init_initiator (tunnel->noise, SVPN_NOISE_NK, (const guint8 *) SVPN_PROLOGUE,
                             strlen (SVPN_PROLOGUE), NULL, target->server_key);
  randombytes_buf (e_private, sizeof e_private);
  payload[0] = SVPN_NOISE_NK;
  if (svpn_noise_write_message1 (tunnel->noise, e_private, (const guint8 *) HELLO, strlen (HELLO),
                                 payload + 1, &size)
      != SVPN_NOISE_OK)
    g_error ("handshake: the server's key is of low order");
  svpn_frame_header_write (frame, SVPN_FRAME_HANDSHAKE_INIT, (guint32) size + 1);
  send_message (tunnel, frame, SVPN_FRAME_HEADER_SIZE + 1 + size);
}

/* --- frames --- */

/* Member @name of the object @member, "" if it is not there. */
static const char *
get_string (JsonObject *object, const char *member, const char *name)
{
  JsonObject *inner
      = json_object_has_member (object, member) ? json_object_get_object_member (object, member) : NULL;

  return inner != NULL ? json_object_get_string_member_with_default (inner, name, "") : "";
}

/* Why the server refuses, or NULL. */
static const char *
read_welcome (Tunnel *tunnel, const guint8 *text, gsize size, JsonParser *parser)
{
  JsonObject *object;

  if (!json_parser_load_from_data (parser, (const char *) text, (gssize) size, NULL))
    return "handshake: no JSON";
  object = json_node_get_object (json_parser_get_root (parser));
  if (json_object_has_member (object, "error"))
    return json_object_get_string_member (object, "error");
  inet_pton (AF_INET, get_string (object, "ipv4", "address"), &tunnel->address);
  inet_pton (AF_INET, get_string (object, "ipv4", "gateway"), &tunnel->gateway);
  return NULL;
}

static void
take_response (Tunnel *tunnel, const TunnelTarget *target, const guint8 *payload, gsize size)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  guint8 text[SVPN_HELLO_SIZE_MAX], keys[2][SVPN_KEY_SIZE];
  const char *refusal;

  if (size > sizeof text
      || svpn_noise_read_message2 (tunnel->noise, payload, size, text, &size) != SVPN_NOISE_OK) {
    fail (tunnel, target, "handshake: not authentic");
    return;
  }
  refusal = read_welcome (tunnel, text, size, parser);
  if (refusal != NULL) {
    fail (tunnel, target, refusal);
    return;
  }
  svpn_noise_split (tunnel->noise, keys[0], keys[1]);
  svpn_seal_key_init (&tunnel->send_key, &svpn_aead_sodium);
  svpn_seal_key_init (&tunnel->receive_key, &svpn_aead_sodium);
  svpn_seal_key_set (&tunnel->send_key, keys[0]);
  svpn_seal_key_set (&tunnel->receive_key, keys[1]);
  g_clear_pointer (&tunnel->noise, g_free);
  tunnel->state = TUNNEL_OPEN;
  tunnel_send (tunnel, SVPN_FRAME_PADDING, NULL, 0); /* proves that we have the keys */
  target->opened (tunnel);
}

static void
take_sealed (Tunnel *tunnel, const TunnelTarget *target, const SvpnFrameHeader *header, guint8 *payload)
{
  guint8 *plain;
  ptrdiff_t size = svpn_open (&tunnel->receive_key, header, payload, &plain);

  if (size < 0)
    fail (tunnel, target, "a frame is not authentic");
  else if (header->type == SVPN_FRAME_KEEPALIVE)
    tunnel_send (tunnel, SVPN_FRAME_KEEPALIVE_ACK, plain, (gsize) size);
  else if (header->type == SVPN_FRAME_IP_PACKET)
    target->packet (tunnel, plain, (gsize) size);
  else if (header->type == SVPN_FRAME_DISCONNECT)
    fail (tunnel, target, "disconnected by the server");
}

/* Handles the frame at @data if it is whole; its size, else 0. */
static gsize
take_frame (Tunnel *tunnel, const TunnelTarget *target, guint8 *data, gsize size)
{
  SvpnFrameHeader header;

  if (size < SVPN_FRAME_HEADER_SIZE)
    return 0;
  if (!svpn_frame_header_read (data, &header)) {
    fail (tunnel, target, "a frame is too long");
    return 0;
  }
  if (size < SVPN_FRAME_HEADER_SIZE + header.length)
    return 0;
  if (tunnel->state == TUNNEL_SHAKING)
    take_response (tunnel, target, data + SVPN_FRAME_HEADER_SIZE, header.length);
  else
    take_sealed (tunnel, target, &header, data + SVPN_FRAME_HEADER_SIZE);
  return SVPN_FRAME_HEADER_SIZE + header.length;
}

/* Takes a piece of a message: whole frames at once, the rest is kept. */
static void
take_data (Tunnel *tunnel, const TunnelTarget *target, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) bytes
      = tunnel->partial != NULL ? g_steal_pointer (&tunnel->partial) : g_byte_array_new ();
  gsize at = 0, taken;

  g_byte_array_append (bytes, data, (guint) size);
  while ((taken = take_frame (tunnel, target, bytes->data + at, bytes->len - at)) > 0
         && tunnel->state != TUNNEL_CLOSED)
    at += taken;
  if (tunnel->state == TUNNEL_CLOSED || at == bytes->len)
    return;
  g_byte_array_remove_range (bytes, 0, (guint) at);
  tunnel->partial = g_steal_pointer (&bytes);
}

static void
feed (Tunnel *tunnel, const TunnelTarget *target, guint8 *data, gsize size)
{
  while (tunnel->state != TUNNEL_CLOSED) {
    SvpnWsEvent event = svpn_ws_parse (&tunnel->parser, &data, &size);

    if (event.type == SVPN_WS_NEED_MORE)
      return;
    if (event.type == SVPN_WS_DATA)
      take_data (tunnel, target, event.data, event.size);
    else if (event.type == SVPN_WS_ERROR)
      fail (tunnel, target, event.error);
    else if (event.opcode == SVPN_WS_OPCODE_CLOSE)
      fail (tunnel, target, "closed by the server");
  }
}

/* --- the way to a WebSocket --- */

char *
tunnel_upgrade_request (const TunnelTarget *target)
{
  char proof[SVPN_ADMISSION_SIZE + 1];
  guint8 e_private[32];

  randombytes_buf (e_private, sizeof e_private);
  if (!svpn_admission_make (proof, e_private, target->server_key,
                            (guint64) g_get_real_time () / G_USEC_PER_SEC))
    g_error ("proof: the server's key is of low order");
  return g_strdup_printf ("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                          "Cookie: sid=%s\r\n\r\n",
                          target->path, target->link.host, proof);
}

static void
send_upgrade (Tunnel *tunnel, const TunnelTarget *target)
{
  g_autofree char *request = tunnel_upgrade_request (target);

  tunnel->state = TUNNEL_UPGRADING;
  if (link_send (&tunnel->link, request, strlen (request)) != LINK_DONE)
    fail (tunnel, target, "upgrade: cannot be sent");
}

/* Takes a piece of the answer's head. */
static void
take_answer (Tunnel *tunnel, const TunnelTarget *target, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) head
      = tunnel->partial != NULL ? g_steal_pointer (&tunnel->partial) : g_byte_array_new ();
  guint8 *end;

  g_byte_array_append (head, data, (guint) size);
  end = memmem (head->data, head->len, "\r\n\r\n", 4);
  if (end == NULL) {
    tunnel->partial = g_steal_pointer (&head);
    return;
  }
  if (head->len < 12 || memcmp (head->data, "HTTP/1.1 101", 12) != 0) {
    g_autofree char *reason = g_strdup_printf ("upgrade: %.12s", head->data);

    fail (tunnel, target, reason);
    return;
  }
  tunnel->state = TUNNEL_SHAKING;
  svpn_ws_parser_init (&tunnel->parser, SVPN_WS_CLIENT, SVPN_MESSAGE_SIZE_MAX);
  send_hello (tunnel, target);
  end += 4;
  feed (tunnel, target, end, (gsize) (head->data + head->len - end));
}

static void
read_all (Tunnel *tunnel, const TunnelTarget *target)
{
  static guint8 data[READ_SIZE];
  gsize n;

  while (tunnel->state != TUNNEL_CLOSED) {
    LinkResult result = link_receive (&tunnel->link, data, sizeof data, &n);

    if (result == LINK_AGAIN)
      return;
    if (result != LINK_DONE)
      fail (tunnel, target, result == LINK_ENDED ? "ended by the server" : "broken");
    else if (tunnel->state == TUNNEL_UPGRADING)
      take_answer (tunnel, target, data, n);
    else
      feed (tunnel, target, data, n);
  }
}

void
tunnel_run (Tunnel *tunnel, const TunnelTarget *target)
{
  LinkResult result;

  if (tunnel->state == TUNNEL_CONNECTING) {
    result = link_connect (&tunnel->link, FALSE);
    if (result == LINK_AGAIN)
      return;
    if (result != LINK_DONE) {
      fail (tunnel, target, link_connect (&tunnel->link, TRUE) == LINK_DONE ? "TLS" : "TCP");
      return;
    }
    send_upgrade (tunnel, target);
  }
  if (tunnel->state != TUNNEL_CLOSED && link_flush (&tunnel->link) == LINK_FAILED)
    fail (tunnel, target, "broken");
  read_all (tunnel, target);
}

void
tunnel_open (Tunnel *tunnel, const TunnelTarget *target, guint number)
{
  *tunnel = (Tunnel){ .state = TUNNEL_CONNECTING, .started_us = g_get_monotonic_time () };
  if (!link_open (&tunnel->link, &target->link, number))
    fail (tunnel, target, "no socket");
}
