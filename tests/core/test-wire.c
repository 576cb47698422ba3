/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tests of the frame header. */
#include "wire.h"

#include "table.h"

static const struct {
  guint8 bytes[SVPN_FRAME_HEADER_SIZE];
  gboolean ok;
  guint8 type;
  guint32 length;
} cases[] = {
  { { 0x01, 0, 0, 0, 0 }, TRUE, SVPN_FRAME_HANDSHAKE_INIT, 0 },
  { { 0x10, 0, 0, 0x05, 0xdc }, TRUE, SVPN_FRAME_IP_PACKET, 1500 },
  { { 0x3f, 0, 0, 0xff, 0xff }, TRUE, SVPN_FRAME_DISCONNECT, 65535 },
  { { 0xff, 0, 0x01, 0x01, 0x00 }, TRUE, 0xff, SVPN_FRAME_LENGTH_MAX }, /* any type */
  { { 0x10, 0, 0x01, 0x01, 0x01 }, FALSE, 0x10, SVPN_FRAME_LENGTH_MAX + 1 },
  { { 0x10, 0x01, 0, 0, 0 }, FALSE, 0x10, 1 << 24 },
  { { 0x10, 0xff, 0xff, 0xff, 0xff }, FALSE, 0x10, G_MAXUINT32 },
};

static void
test_header (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnFrameHeader header = { .type = 0xaa, .length = 0xaaaa };
  guint8 written[SVPN_FRAME_HEADER_SIZE];

  svpn_frame_header_write (written, cases[i].type, cases[i].length);
  g_assert_cmpmem (written, sizeof written, cases[i].bytes, sizeof cases[i].bytes);
  g_assert_cmpint (svpn_frame_header_read (cases[i].bytes, &header), ==, cases[i].ok);
  g_assert_cmphex (header.type, ==, cases[i].ok ? cases[i].type : 0xaa);
  g_assert_cmphex (header.length, ==, cases[i].ok ? cases[i].length : 0xaaaa);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/wire/header/", cases, test_header);
  return g_test_run ();
}
