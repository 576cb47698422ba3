/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * WebSocket framing: what is taken, what is refused with which code, however the bytes are cut. */
#include "websocket.h"

#include <glib.h>
#include <string.h>

#define MESSAGE_MAX 1000

typedef struct {
  const char *name;
  SvpnWsRole role; /* of the receiver */
  const char *bytes;
  gsize size;
  const char
      *expected; /* payload bytes; "|" ends a message, "<" and ">" enclose a control frame, "!" is an error */
  SvpnWsCloseCode code;
} Case;

#define BYTES(text) text, sizeof (text) - 1

/* To a client (unmasked) unless it says otherwise; the masks are 0, which changes nothing, or 1 2 3 4. */
static const Case cases[] = {
  { "one message", SVPN_WS_CLIENT,
    BYTES ("\x82\x03"
           "abc"),
    "abc|", 0 },
  { "two messages", SVPN_WS_CLIENT,
    BYTES ("\x82\x01"
           "a"
           "\x82\x01"
           "b"),
    "a|b|", 0 },
  { "empty message", SVPN_WS_CLIENT, BYTES ("\x82\x00"), "|", 0 },
  { "fragments", SVPN_WS_CLIENT,
    BYTES ("\x02\x02"
           "ab"
           "\x00\x01"
           "c"
           "\x80\x01"
           "d"),
    "abcd|", 0 },
  { "empty last fragment", SVPN_WS_CLIENT,
    BYTES ("\x02\x02"
           "ab"
           "\x80\x00"),
    "ab|", 0 },
  { "ping between fragments", SVPN_WS_CLIENT,
    BYTES ("\x02\x01"
           "a"
           "\x89\x02"
           "hi"
           "\x80\x01"
           "b"),
    "a<hi>b|", 0 },
  { "close with a code", SVPN_WS_CLIENT, BYTES ("\x88\x02\x03\xe8"), "<\x03\xe8>", 0 },
  { "masked", SVPN_WS_SERVER,
    BYTES ("\x82\x86\x01\x02\x03\x04"
           "\x60\x60\x60\x60\x64\x64"),
    "abcdef|", 0 },
  { "masked ping", SVPN_WS_SERVER,
    BYTES ("\x89\x82\x01\x02\x03\x04"
           "\x60\x60"),
    "<ab>", 0 },
  { "unmasked from a client", SVPN_WS_SERVER,
    BYTES ("\x82\x01"
           "a"),
    "!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "masked from a server", SVPN_WS_CLIENT,
    BYTES ("\x82\x81"
           "\0\0\0\0"
           "a"),
    "!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "text", SVPN_WS_CLIENT,
    BYTES ("\x81\x01"
           "a"),
    "!", SVPN_WS_CLOSE_UNSUPPORTED_DATA },
  { "reserved bit", SVPN_WS_CLIENT,
    BYTES ("\xc2\x01"
           "a"),
    "!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "unknown data opcode", SVPN_WS_CLIENT,
    BYTES ("\x83\x01"
           "a"),
    "!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "unknown control opcode", SVPN_WS_CLIENT, BYTES ("\x8b\x00"), "!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "fragmented ping", SVPN_WS_CLIENT,
    BYTES ("\x09\x01"
           "a"),
    "!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "long ping", SVPN_WS_CLIENT, BYTES ("\x89\x7e\x00\x7e"), "!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "stray continuation", SVPN_WS_CLIENT,
    BYTES ("\x80\x01"
           "a"),
    "!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "message in a message", SVPN_WS_CLIENT,
    BYTES ("\x02\x01"
           "a"
           "\x82\x01"
           "b"),
    "a!", SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "16 bits for a short length", SVPN_WS_CLIENT, BYTES ("\x82\x7e\x00\x7d"), "!",
    SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "64 bits for a medium length", SVPN_WS_CLIENT, BYTES ("\x82\x7f\0\0\0\0\0\0\xff\xff"), "!",
    SVPN_WS_CLOSE_PROTOCOL_ERROR },
  { "64 bits with the top one", SVPN_WS_CLIENT, BYTES ("\x82\x7f\x80\0\0\0\0\0\0\0"), "!",
    SVPN_WS_CLOSE_TOO_BIG },
  { "too long", SVPN_WS_CLIENT, BYTES ("\x82\x7e\x03\xe9"), "!", SVPN_WS_CLOSE_TOO_BIG },
  { "too long in fragments", SVPN_WS_CLIENT,
    BYTES ("\x02\x01"
           "a"
           "\x80\x7e\x03\xe8"),
    "a!", SVPN_WS_CLOSE_TOO_BIG },
};

/* Feeds pieces of @step bytes and writes down what comes out. */
static char *
transcript (const Case *c, gsize step, SvpnWsCloseCode *code)
{
  GString *out = g_string_new (NULL);
  SvpnWsParser parser;

  svpn_ws_parser_init (&parser, c->role, MESSAGE_MAX);
  for (gsize at = 0; at < c->size; at += step) {
    gsize size = MIN (step, c->size - at);
    g_autofree uint8_t *piece = g_memdup2 (c->bytes + at, size);
    uint8_t *data = piece;

    for (;;) {
      SvpnWsEvent event = svpn_ws_parse (&parser, &data, &size);

      if (event.type == SVPN_WS_NEED_MORE)
        break;
      if (event.type == SVPN_WS_ERROR) {
        *code = event.close_code;
        g_assert_nonnull (event.error);
        g_string_append_c (out, '!');
        return g_string_free (out, FALSE);
      }
      if (event.type == SVPN_WS_CONTROL)
        g_string_append_c (out, '<');
      g_string_append_len (out, (char *) event.data, event.size);
      if (event.type == SVPN_WS_CONTROL)
        g_string_append_c (out, '>');
      if (event.message_end)
        g_string_append_c (out, '|');
    }
    g_assert_cmpuint (size, ==, 0);
  }
  return g_string_free (out, FALSE);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;

  for (gsize step = 1; step <= c->size; step++) {
    SvpnWsCloseCode code = 0;
    g_autofree char *out = transcript (c, step, &code);

    g_assert_cmpstr (out, ==, c->expected);
    g_assert_cmpint (code, ==, c->code);
  }
}

/* What we write we can read, at every length where the encoding changes. */
static void
test_round_trip (void)
{
  static const gsize sizes[] = { 0, 1, 125, 126, 127, 65535, 65536, 262144 };
  static const uint8_t mask[4] = { 0xa1, 0xb2, 0xc3, 0xd4 };

  for (int role = SVPN_WS_CLIENT; role <= SVPN_WS_SERVER; role++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
      gsize header = svpn_ws_header_size (role, sizes[i]);
      gsize size = header + sizes[i], got = 0;
      g_autofree uint8_t *bytes = g_malloc (size + 1);
      uint8_t *data = bytes;
      SvpnWsParser parser;
      gboolean end = FALSE;

      memset (bytes + header, 'x', sizes[i]);
      g_assert_cmpuint (svpn_ws_write_header (role, SVPN_WS_OPCODE_BINARY, sizes[i], mask, bytes), ==,
                        header);
      if (role == SVPN_WS_CLIENT)
        svpn_ws_mask (bytes + header, sizes[i], mask, 0);
      svpn_ws_parser_init (&parser, role == SVPN_WS_CLIENT ? SVPN_WS_SERVER : SVPN_WS_CLIENT, 262144);
      while (!end) {
        SvpnWsEvent event = svpn_ws_parse (&parser, &data, &size);

        g_assert_cmpint (event.type, ==, SVPN_WS_DATA);
        for (gsize k = 0; k < event.size; k++)
          g_assert_cmpint (event.data[k], ==, 'x');
        got += event.size;
        end = event.message_end;
      }
      g_assert_cmpuint (got, ==, sizes[i]);
    }
}

static void
test_mask_offsets (void)
{
  static const uint8_t mask[4] = { 1, 2, 3, 4 };

  for (gsize offset = 0; offset < 9; offset++)
    for (gsize size = 0; size < 40; size++) {
      uint8_t data[40] = { 0 };

      svpn_ws_mask (data, size, mask, offset);
      for (gsize i = 0; i < sizeof data; i++)
        g_assert_cmpint (data[i], ==, i < size ? mask[(offset + i) % 4] : 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/websocket/", cases[i].name, NULL);
    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/websocket/round-trip", test_round_trip);
  g_test_add_func ("/websocket/mask-offsets", test_mask_offsets);
  return g_test_run ();
}
