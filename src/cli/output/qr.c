/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * QR codes in a terminal. */
#include "qr.h"

#include <qrencode.h>

#define QUIET 2 /* modules of quiet zone; the standard asks for 4, but 2 suffice for readers */

static gboolean
is_light (const QRcode *code, int x, int y)
{
  if (x < 0 || y < 0 || x >= code->width || y >= code->width)
    return TRUE;
  return (code->data[y * code->width + x] & 1) == 0;
}

static void
append_line_of_blocks (GString *text, const QRcode *code, int y, gboolean colours)
{
  static const char *const blocks[2][2] = { { " ", "▄" }, { "▀", "█" } };

  if (colours)
    g_string_append (text, "\033[38;5;231;48;5;16m");
  for (int x = -QUIET; x < code->width + QUIET; x++)
    g_string_append (text, blocks[is_light (code, x, y)][is_light (code, x, y + 1)]);
  g_string_append (text, colours ? "\033[0m\n" : "\n");
}

static void
append_line_of_ascii (GString *text, const QRcode *code, int y, gboolean colours)
{
  static const char *const plain[] = { "  ", "##" }, *const coloured[]
                                                     = { "\033[48;5;16m  ", "\033[48;5;231m  " };

  for (int x = -QUIET; x < code->width + QUIET; x++)
    g_string_append (text, (colours ? coloured : plain)[is_light (code, x, y)]);
  g_string_append (text, colours ? "\033[0m\n" : "\n");
}

char *
svpn_qr_to_text (const char *text, gboolean colours, gboolean blocks)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_L);
  GString *picture;

  if (code == NULL)
    return NULL;
  picture = g_string_new (NULL);
  for (int y = -QUIET; y < code->width + QUIET; y += blocks ? 2 : 1)
    (blocks ? append_line_of_blocks : append_line_of_ascii) (picture, code, y, colours);
  QRcode_free (code);
  return g_string_free (picture, FALSE);
}
