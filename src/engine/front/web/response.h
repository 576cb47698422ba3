/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * An answer to an HTTP request: what a site has, or an error page; made at once, and sent as the socket takes it. */
#pragma once

#include "channel.h"
#include "request-head.h"
#include "site.h"

typedef struct {
  guint status;
  char *head; /* with the body behind it where that is a page of ours */
  gsize head_size, head_sent;
  SvpnSiteFile file; /* the body */
  goffset offset, left;
  gboolean write_pending;
  gboolean keep_alive; /* another request may follow on the connection */
} SvpnResponse;

/* To a whole head, or one that is malformed or too large. */
void svpn_response_init (SvpnResponse *response, SvpnSite *site, const SvpnRequestHead *head,
                         gint64 unix_time);

/* An error page, after which the connection ends. */
void svpn_response_init_error (SvpnResponse *response, guint status, gint64 unix_time);

/* Bytes as they are, after which the connection goes on. */
void svpn_response_init_raw (SvpnResponse *response, const char *bytes, gsize size);

void svpn_response_clear (SvpnResponse *response);

/* SVPN_IO_DONE once all is sent. SVPN_IO_FAILED also if the file has become shorter meanwhile. Does at most
 * SVPN_RESPONSE_BUDGET bytes and then says SVPN_IO_WANT_WRITE, whether or not the socket takes more. */
SvpnIo svpn_response_send (SvpnResponse *response, const SvpnChannel *channel);
#define SVPN_RESPONSE_BUDGET (16 * SVPN_TLS_RECORD_SIZE)
