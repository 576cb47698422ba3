/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The head of one HTTP/1 request (RFC 9112, sections 2 to 5), read strictly, however it is cut, in one pass. The bytes
 * stay as they came, so that they can be handed on to another server. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SVPN_REQUEST_HEAD_MAX 16384 /* bytes, up to and with the empty line */
#define SVPN_REQUEST_HEADERS_MAX 100

typedef enum {
  SVPN_REQUEST_HEAD_MORE, /* nothing is wrong so far */
  SVPN_REQUEST_HEAD_WHOLE,
  SVPN_REQUEST_HEAD_MALFORMED, /* from the first byte on that no head has there */
  SVPN_REQUEST_HEAD_TOO_LARGE, /* more bytes or headers than we take */
} SvpnRequestHeadState;

/* A piece of a head's bytes, without a terminating zero. */
typedef struct {
  const char *text;
  size_t size;
} SvpnSlice;

typedef struct {
  SvpnRequestHeadState state;
  uint8_t *bytes; /* all that came: the head, and what followed it */
  size_t size, allocated;
  /* of the reader */
  size_t scanned;
  unsigned int place, version_at, n_headers;
  /* of a whole head */
  size_t head_size;
  size_t headers_at; /* where the first header begins */
  SvpnSlice method, target;
  unsigned int major, minor; /* of its HTTP version, a digit each */
} SvpnRequestHead;

void svpn_request_head_init (SvpnRequestHead *head);
void svpn_request_head_clear (SvpnRequestHead *head);

/* Where the next bytes go: room for *size of them. NULL if there is no memory. Never without room while more bytes are
 * asked for. */
uint8_t *svpn_request_head_room (SvpnRequestHead *head, size_t *size);

/* @n bytes have been put there. */
SvpnRequestHeadState svpn_request_head_take (SvpnRequestHead *head, size_t n);

/* Forgets the head, and reads what followed it as the next one. */
SvpnRequestHeadState svpn_request_head_restart (SvpnRequestHead *head);

/* Of a whole head. All headers in turn: *at is 0 at first; false after the last. Values are without white space around
 * them. */
bool svpn_request_head_next (const SvpnRequestHead *head, size_t *at, SvpnSlice *name, SvpnSlice *value);

/* The first header @name, which is compared without case; how many there are of it is returned. */
unsigned int svpn_request_head_find (const SvpnRequestHead *head, const char *name, SvpnSlice *value);

/* Whether headers @name, taken as one list (RFC 9110, section 5.6.1), hold @token, compared without case. */
bool svpn_request_head_has_token (const SvpnRequestHead *head, const char *name, const char *token);

/* The path of the target in origin form, without the query. */
SvpnSlice svpn_request_head_path (const SvpnRequestHead *head);

/* The last cookie @name (RFC 6265, section 5.4); false if there is none. */
bool svpn_request_head_cookie (const SvpnRequestHead *head, const char *name, SvpnSlice *value);

/* Whether a body follows, or the headers do not agree whether one does. */
bool svpn_request_head_has_body (const SvpnRequestHead *head);

bool svpn_slice_equal (SvpnSlice slice, const char *text);
bool svpn_slice_equal_nocase (SvpnSlice slice, const char *text);
