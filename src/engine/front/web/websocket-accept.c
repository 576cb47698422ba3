/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's half of the WebSocket handshake. */
#include "websocket-accept.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define KEY_SIZE 16
#define KEY_TEXT_SIZE 24 /* of its base64, with padding */
#define SHA1_SIZE 20

static bool
has_key (const SvpnRequestHead *head, SvpnSlice *key)
{
  uint8_t bytes[KEY_SIZE]; /* as many as its text has, with its padding */

  return svpn_request_head_find (head, "Sec-WebSocket-Key", key) == 1 && key->size == KEY_TEXT_SIZE
         && sodium_base642bin (bytes, sizeof bytes, key->text, key->size, NULL, NULL, NULL,
                               sodium_base64_VARIANT_ORIGINAL)
                == 0;
}

bool
svpn_websocket_is_request (const SvpnRequestHead *head)
{
  SvpnSlice host, version, key;

  return svpn_slice_equal (head->method, "GET") && head->major == 1 && head->minor >= 1
         && svpn_request_head_find (head, "Host", &host) == 1
         && svpn_request_head_has_token (head, "Connection", "upgrade")
         && svpn_request_head_has_token (head, "Upgrade", "websocket")
         && svpn_request_head_find (head, "Sec-WebSocket-Version", &version) == 1
         && svpn_slice_equal (version, "13") && has_key (head, &key) && !svpn_request_head_has_body (head);
}

size_t
svpn_websocket_accept (const SvpnRequestHead *head, char out[SVPN_WEBSOCKET_RESPONSE_MAX])
{
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  char text[sodium_base64_ENCODED_LEN (SHA1_SIZE, sodium_base64_VARIANT_ORIGINAL)];
  guint8 digest[SHA1_SIZE];
  gsize size = sizeof digest;
  SvpnSlice key = { NULL, 0 };

  svpn_request_head_find (head, "Sec-WebSocket-Key", &key);
  g_checksum_update (sha1, (const guchar *) key.text, (gssize) key.size);
  g_checksum_update (sha1, (const guchar *) guid, sizeof guid - 1);
  g_checksum_get_digest (sha1, digest, &size);
  sodium_bin2base64 (text, sizeof text, digest, size, sodium_base64_VARIANT_ORIGINAL);
  return (size_t) g_snprintf (out, SVPN_WEBSOCKET_RESPONSE_MAX,
                              "HTTP/1.1 101 Switching Protocols\r\n"
                              "Upgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: %s\r\n"
                              "\r\n",
                              text);
}
