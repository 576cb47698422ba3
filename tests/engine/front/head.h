/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Request heads in tests: text in, a head out. */
#pragma once

#include "request-head.h"

#include <glib.h>
#include <string.h>

/* Reads @size bytes in pieces of @step. */
static inline SvpnRequestHeadState
head_read (SvpnRequestHead *head, const char *bytes, gsize size, gsize step)
{
  svpn_request_head_init (head);
  for (gsize at = 0; at < size;) {
    size_t room;
    uint8_t *out = svpn_request_head_room (head, &room);
    gsize n = MIN (MIN (size - at, step), room);

    if (n == 0)
      break;
    memcpy (out, bytes + at, n);
    at += n;
    svpn_request_head_take (head, n);
  }
  return head->state;
}

/* A whole head. */
static inline void
head_parse (SvpnRequestHead *head, const char *text)
{
  if (head_read (head, text, strlen (text), G_MAXSIZE) != SVPN_REQUEST_HEAD_WHOLE)
    g_error ("no whole head: %s", text);
}
