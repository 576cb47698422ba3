/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What is a request for a WebSocket, and its answer. */
#include "websocket-accept.h"
#include "head.h"
#include "table.h"

#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" /* RFC 6455, section 1.3 */
#define REST "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"

static const struct {
  const char *name, *text;
  gboolean expected;
} cases[] = {
  { "as it should be", "GET /x HTTP/1.1\r\nHost: a\r\n" KEY REST "\r\n", TRUE },
  { "more headers", "GET /x HTTP/1.1\r\nHost: a\r\nCookie: b=c\r\nOrigin: d\r\n" KEY REST "\r\n", TRUE },
  { "other case and more tokens",
    "GET / HTTP/1.1\r\nhost: a\r\nupgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\n"
    "sec-websocket-version: 13\r\n" KEY "\r\n",
    TRUE },
  { "length 0", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" KEY REST "\r\n", TRUE },
  { "another method", "POST / HTTP/1.1\r\nHost: a\r\n" KEY REST "\r\n", FALSE },
  { "HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n" KEY REST "\r\n", FALSE },
  { "HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n" KEY REST "\r\n", FALSE },
  { "no host", "GET / HTTP/1.1\r\n" KEY REST "\r\n", FALSE },
  { "two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n" KEY REST "\r\n", FALSE },
  { "no key", "GET / HTTP/1.1\r\nHost: a\r\n" REST "\r\n", FALSE },
  { "two keys", "GET / HTTP/1.1\r\nHost: a\r\n" KEY KEY REST "\r\n", FALSE },
  { "key too short", "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n" REST "\r\n",
    FALSE },
  { "key of 24 other characters",
    "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ!!\r\n" REST "\r\n", FALSE },
  { "key of 18 bytes",
    "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA\r\n" REST "\r\n", FALSE },
  { "another version",
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
    "8\r\n" KEY "\r\n",
    FALSE },
  { "no version", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" KEY "\r\n",
    FALSE },
  { "another upgrade",
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" KEY
    "\r\n",
    FALSE },
  { "no connection",
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" KEY "\r\n", FALSE },
  { "a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n" KEY REST "\r\n", FALSE },
  { "chunks", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" KEY REST "\r\n", FALSE },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnRequestHead head;

  head_parse (&head, cases[i].text);
  g_assert_true (svpn_websocket_is_request (&head) == cases[i].expected);
  svpn_request_head_clear (&head);
}

static void
test_accept (void)
{
  static const char expected[] = "HTTP/1.1 101 Switching Protocols\r\n"
                                 "Upgrade: websocket\r\n"
                                 "Connection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                 "\r\n";
  char out[SVPN_WEBSOCKET_RESPONSE_MAX];
  SvpnRequestHead head;

  head_parse (&head, cases[0].text);
  g_assert_cmpmem (out, svpn_websocket_accept (&head, out), expected, strlen (expected));
  svpn_request_head_clear (&head);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/websocket-accept/", cases, test_case);
  g_test_add_func ("/websocket-accept/answer", test_accept);
  return g_test_run ();
}
