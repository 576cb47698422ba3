/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The head of one HTTP/1 request.
 *
 * How it works: each byte moves the reader from one place of the grammar to the next, so no byte is looked at twice, and
 * a wrong one is known when it comes: a web server that is asked nonsense answers at once, too. Lines end in CR LF
 * and nothing else, and no header is continued on the next line: what lenient readers make of these differs, and that
 * difference is how requests are smuggled past a proxy. */
#include "request-head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIRST_ALLOCATION 2048

/* Where the next byte stands. */
typedef enum {
  PLACE_START, /* empty lines before the request line are skipped (RFC 9112, section 2.2) */
  PLACE_START_LF,
  PLACE_METHOD,
  PLACE_TARGET_FIRST,
  PLACE_TARGET,
  PLACE_VERSION,
  PLACE_LINE_LF,
  PLACE_LINE_FIRST,
  PLACE_NAME,
  PLACE_VALUE,
  PLACE_END_LF,
  PLACE_END,
  PLACE_NOWHERE, /* the byte is wrong */
} Place;

static bool
is_digit (uint8_t byte)
{
  return byte >= '0' && byte <= '9';
}

/* RFC 9110, section 5.6.2. */
static bool
is_token (uint8_t byte)
{
  return is_digit (byte) || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z')
         || (byte != '\0' && strchr ("!#$%&'*+-.^_`|~", byte) != NULL);
}

static bool
is_visible (uint8_t byte)
{
  return byte > ' ' && byte != 0x7f;
}

/* HTTP-version (RFC 9112, section 2.3), and the CR behind it. */
static Place
step_version (SvpnRequestHead *head, uint8_t byte)
{
  static const char version[] = "HTTP/0.0"; /* a zero stands for any digit */
  char expected = version[head->version_at++];

  if (expected == '\0')
    return byte == '\r' ? PLACE_LINE_LF : PLACE_NOWHERE;
  return (expected == '0' ? is_digit (byte) : byte == (uint8_t) expected) ? PLACE_VERSION : PLACE_NOWHERE;
}

static Place
step (SvpnRequestHead *head, uint8_t byte)
{
  switch ((Place) head->place) {
  case PLACE_START:
    return byte == '\r' ? PLACE_START_LF : is_token (byte) ? PLACE_METHOD : PLACE_NOWHERE;
  case PLACE_START_LF:
    return byte == '\n' ? PLACE_START : PLACE_NOWHERE;
  case PLACE_METHOD:
    return byte == ' ' ? PLACE_TARGET_FIRST : is_token (byte) ? PLACE_METHOD : PLACE_NOWHERE;
  case PLACE_TARGET_FIRST:
    return is_visible (byte) ? PLACE_TARGET : PLACE_NOWHERE;
  case PLACE_TARGET:
    return byte == ' ' ? PLACE_VERSION : is_visible (byte) ? PLACE_TARGET : PLACE_NOWHERE;
  case PLACE_VERSION:
    return step_version (head, byte);
  case PLACE_LINE_LF:
    return byte == '\n' ? PLACE_LINE_FIRST : PLACE_NOWHERE;
  case PLACE_LINE_FIRST:
    return byte == '\r' ? PLACE_END_LF : is_token (byte) ? PLACE_NAME : PLACE_NOWHERE;
  case PLACE_NAME:
    return byte == ':' ? PLACE_VALUE : is_token (byte) ? PLACE_NAME : PLACE_NOWHERE;
  case PLACE_VALUE:
    if (byte == '\r')
      return PLACE_LINE_LF;
    return is_visible (byte) || byte == ' ' || byte == '\t' ? PLACE_VALUE : PLACE_NOWHERE;
  case PLACE_END_LF:
    return byte == '\n' ? PLACE_END : PLACE_NOWHERE;
  case PLACE_END:
  case PLACE_NOWHERE:
    return PLACE_NOWHERE;
  }
  return PLACE_NOWHERE;
}

/* --- slices --- */

bool
svpn_slice_equal (SvpnSlice slice, const char *text)
{
  return slice.size == strlen (text) && memcmp (slice.text, text, slice.size) == 0;
}

bool
svpn_slice_equal_nocase (SvpnSlice slice, const char *text)
{
  return slice.size == strlen (text) && strncasecmp (slice.text, text, slice.size) == 0;
}

static SvpnSlice
trim (const char *start, const char *end)
{
  while (start < end && (*start == ' ' || *start == '\t'))
    start++;
  while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  return (SvpnSlice){ start, (size_t) (end - start) };
}

/* Cuts the part before the next @separator off *rest; false if nothing is left. */
static bool
next_part (SvpnSlice *rest, char separator, SvpnSlice *part)
{
  const char *end;

  if (rest->text == NULL)
    return false;
  end = memchr (rest->text, separator, rest->size);
  if (end == NULL) {
    *part = trim (rest->text, rest->text + rest->size);
    *rest = (SvpnSlice){ NULL, 0 };
    return true;
  }
  *part = trim (rest->text, end);
  rest->size -= (size_t) (end + 1 - rest->text);
  rest->text = end + 1;
  return true;
}

/* --- reading --- */

void
svpn_request_head_init (SvpnRequestHead *head)
{
  *head = (SvpnRequestHead){ .state = SVPN_REQUEST_HEAD_MORE };
}

void
svpn_request_head_clear (SvpnRequestHead *head)
{
  free (head->bytes);
  svpn_request_head_init (head);
}

uint8_t *
svpn_request_head_room (SvpnRequestHead *head, size_t *size)
{
  if (head->size == head->allocated && head->allocated < SVPN_REQUEST_HEAD_MAX) {
    size_t allocated = head->allocated > 0 ? 2 * head->allocated : FIRST_ALLOCATION;
    uint8_t *bytes = realloc (head->bytes, allocated);

    if (bytes == NULL)
      return NULL;
    head->bytes = bytes;
    head->allocated = allocated;
  }
  *size = head->allocated - head->size;
  return head->bytes + head->size;
}

/* Called at the end of a whole head: the request line, which is known to be well-formed. */
static void
read_request_line (SvpnRequestHead *head)
{
  const char *start = (const char *) head->bytes, *end;

  while (*start == '\r' || *start == '\n')
    start++;
  end = strchr (start, ' ');
  head->method = (SvpnSlice){ start, (size_t) (end - start) };
  start = end + 1;
  end = strchr (start, ' ');
  head->target = (SvpnSlice){ start, (size_t) (end - start) };
  head->major = (unsigned int) (end[6] - '0'); /* " HTTP/1.1\r\n" */
  head->minor = (unsigned int) (end[8] - '0');
  head->headers_at = (size_t) (end + 11 - (const char *) head->bytes);
}

static SvpnRequestHeadState
scan (SvpnRequestHead *head)
{
  while (head->scanned < head->size) {
    Place place = step (head, head->bytes[head->scanned++]);

    if (place == PLACE_NOWHERE)
      return SVPN_REQUEST_HEAD_MALFORMED;
    if (place == PLACE_NAME && head->place == PLACE_LINE_FIRST
        && ++head->n_headers > SVPN_REQUEST_HEADERS_MAX)
      return SVPN_REQUEST_HEAD_TOO_LARGE;
    head->place = place;
    if (place == PLACE_END) {
      head->head_size = head->scanned;
      read_request_line (head);
      return SVPN_REQUEST_HEAD_WHOLE;
    }
  }
  return head->size < SVPN_REQUEST_HEAD_MAX ? SVPN_REQUEST_HEAD_MORE : SVPN_REQUEST_HEAD_TOO_LARGE;
}

SvpnRequestHeadState
svpn_request_head_take (SvpnRequestHead *head, size_t n)
{
  head->size += n;
  if (head->state == SVPN_REQUEST_HEAD_MORE)
    head->state = scan (head);
  return head->state;
}

SvpnRequestHeadState
svpn_request_head_restart (SvpnRequestHead *head)
{
  size_t left = head->size - head->head_size;

  memmove (head->bytes, head->bytes + head->head_size, left);
  *head = (SvpnRequestHead){ .state = SVPN_REQUEST_HEAD_MORE,
                             .bytes = head->bytes,
                             .allocated = head->allocated };
  return svpn_request_head_take (head, left);
}

/* --- what a whole head says --- */

bool
svpn_request_head_next (const SvpnRequestHead *head, size_t *at, SvpnSlice *name, SvpnSlice *value)
{
  const char *line, *colon, *end;

  if (*at == 0)
    *at = head->headers_at;
  line = (const char *) head->bytes + *at;
  if (*line == '\r')
    return false;
  colon = strchr (line, ':');
  end = strchr (colon, '\r');
  *name = (SvpnSlice){ line, (size_t) (colon - line) };
  *value = trim (colon + 1, end);
  *at = (size_t) (end + 2 - (const char *) head->bytes);
  return true;
}

unsigned int
svpn_request_head_find (const SvpnRequestHead *head, const char *name, SvpnSlice *value)
{
  unsigned int n = 0;
  SvpnSlice found, candidate;

  for (size_t at = 0; svpn_request_head_next (head, &at, &found, &candidate);)
    if (svpn_slice_equal_nocase (found, name) && n++ == 0)
      *value = candidate;
  return n;
}

bool
svpn_request_head_has_token (const SvpnRequestHead *head, const char *name, const char *token)
{
  SvpnSlice found, list, part;

  for (size_t at = 0; svpn_request_head_next (head, &at, &found, &list);) {
    if (!svpn_slice_equal_nocase (found, name))
      continue;
    while (next_part (&list, ',', &part))
      if (svpn_slice_equal_nocase (part, token))
        return true;
  }
  return false;
}

SvpnSlice
svpn_request_head_path (const SvpnRequestHead *head)
{
  SvpnSlice path = head->target;
  const char *query = memchr (path.text, '?', path.size);

  if (query != NULL)
    path.size = (size_t) (query - path.text);
  return path;
}

bool
svpn_request_head_cookie (const SvpnRequestHead *head, const char *name, SvpnSlice *value)
{
  size_t name_size = strlen (name);
  bool is_found = false;
  SvpnSlice header, list, pair;

  for (size_t at = 0; svpn_request_head_next (head, &at, &header, &list);) {
    if (!svpn_slice_equal_nocase (header, "Cookie"))
      continue;
    while (next_part (&list, ';', &pair)) {
      if (pair.size <= name_size || pair.text[name_size] != '=' || memcmp (pair.text, name, name_size) != 0)
        continue;
      *value = (SvpnSlice){ pair.text + name_size + 1, pair.size - name_size - 1 };
      is_found = true;
    }
  }
  return is_found;
}

bool
svpn_request_head_has_body (const SvpnRequestHead *head)
{
  SvpnSlice length;
  unsigned int n = svpn_request_head_find (head, "Content-Length", &length);

  return svpn_request_head_find (head, "Transfer-Encoding", &(SvpnSlice){ NULL, 0 }) > 0 || n > 1
         || (n == 1 && !svpn_slice_equal (length, "0"));
}
