/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * An answer to an HTTP request.
 *
 * How it works: the head is text; the body is read from its file, a TLS record at a time, onto the stack, and what the
 * socket does not take is read once more later: nothing of it is kept. A request with a body is answered without waiting for
 * it, and then the connection ends, which any client has to expect. */
#include "response.h"
#include "preconditions.h"

#include <errno.h>
#include <libsoup/soup.h>
#include <string.h>
#include <unistd.h>

static char *
format_date (gint64 unix_time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (unix_time);

  return date != NULL ? soup_date_time_to_string (date, SOUP_DATE_HTTP) : NULL;
}

static void
add_date (GString *text, const char *name, gint64 unix_time)
{
  g_autofree char *date = format_date (unix_time);

  if (date != NULL)
    g_string_append_printf (text, "%s: %s\r\n", name, date);
}

static GString *
begin (SvpnResponse *response, guint status, gint64 unix_time)
{
  GString *text = g_string_new (NULL);

  response->status = status;
  g_string_append_printf (text, "HTTP/1.1 %u %s\r\n", status, soup_status_get_phrase (status));
  add_date (text, "Date", unix_time);
  return text;
}

static void
finish (SvpnResponse *response, GString *text)
{
  response->head_size = text->len;
  response->head = g_string_free (text, FALSE);
}

static void
add_connection (GString *text, const SvpnResponse *response)
{
  g_string_append_printf (text, "Connection: %s\r\n", response->keep_alive ? "keep-alive" : "close");
}

/* A page that says the status and no more. @header: another line for the head, or NULL. */
static void
make_page (SvpnResponse *response, guint status, const char *header, gboolean with_body, gint64 unix_time)
{
  const char *phrase = soup_status_get_phrase (status);
  g_autofree char *page
      = g_strdup_printf ("<html>\n<head><title>%u %s</title></head>\n<body><h1>%u %s</h1></body>\n</html>\n",
                         status, phrase, status, phrase);
  GString *text = begin (response, status, unix_time);

  g_string_append_printf (text, "Content-Type: text/html\r\nContent-Length: %zu\r\n", strlen (page));
  add_connection (text, response);
  if (header != NULL)
    g_string_append (text, header);
  g_string_append (text, "\r\n");
  if (with_body)
    g_string_append (text, page);
  finish (response, text);
}

/* The headers that a file has whatever becomes of the request (RFC 9110, section 15.4.5). */
static void
add_validators (GString *text, const SvpnResponse *response, const char *etag)
{
  add_date (text, "Last-Modified", response->file.mtime);
  add_connection (text, response);
  g_string_append_printf (text, "ETag: %s\r\n", etag);
}

static void
make_not_modified (SvpnResponse *response, const char *etag, gint64 unix_time)
{
  GString *text = begin (response, 304, unix_time);

  add_validators (text, response, etag);
  g_string_append (text, "\r\n");
  finish (response, text);
}

static void
make_file (SvpnResponse *response, guint status, const char *etag, goffset start, goffset length,
           gint64 unix_time)
{
  GString *text = begin (response, status, unix_time);

  g_string_append_printf (text, "Content-Type: %s\r\nContent-Length: %" G_GOFFSET_FORMAT "\r\n",
                          response->file.type, length);
  add_validators (text, response, etag);
  if (status == 206)
    g_string_append_printf (
        text, "Content-Range: bytes %" G_GOFFSET_FORMAT "-%" G_GOFFSET_FORMAT "/%" G_GOFFSET_FORMAT "\r\n",
        start, start + length - 1, response->file.size);
  else
    g_string_append (text, "Accept-Ranges: bytes\r\n");
  g_string_append (text, "\r\n");
  finish (response, text);
  response->offset = start;
  response->left = length;
}

/* What to answer with response->file, which is there. */
static void
make_found (SvpnResponse *response, const SvpnRequestHead *head, gboolean with_body, gint64 unix_time)
{
  g_autofree char *etag = g_strdup_printf ("\"%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x\"",
                                           response->file.mtime, (gint64) response->file.size);
  const SvpnRepresentation representation
      = { .etag = etag, .mtime = response->file.mtime, .size = response->file.size };
  g_autofree char *range = NULL;
  goffset start, length;
  guint status = svpn_preconditions_check (head, &representation, &start, &length);

  switch (status) {
  case 304:
    make_not_modified (response, etag, unix_time);
    return;
  case 412:
    make_page (response, status, NULL, with_body, unix_time);
    return;
  case 416:
    range = g_strdup_printf ("Content-Range: bytes */%" G_GOFFSET_FORMAT "\r\n", response->file.size);
    make_page (response, status, range, with_body, unix_time);
    return;
  default:
    make_file (response, status, etag, start, length, unix_time);
    if (!with_body)
      response->left = 0;
  }
}

/* --- what is wrong with a request --- */

/* RFC 9112, section 6.3: whether its headers leave no doubt about its body. */
static gboolean
has_clear_length (const SvpnRequestHead *head)
{
  SvpnSlice length, coding;
  guint n_lengths = svpn_request_head_find (head, "Content-Length", &length);
  guint n_codings = svpn_request_head_find (head, "Transfer-Encoding", &coding);

  if (n_lengths + n_codings > 1)
    return FALSE;
  if (n_lengths == 0)
    return TRUE;
  for (gsize i = 0; i < length.size; i++)
    if (!g_ascii_isdigit (length.text[i]))
      return FALSE;
  return length.size > 0;
}

/* The status of an error in the request itself, 200 if there is none. */
static guint
check_request (const SvpnRequestHead *head)
{
  SvpnSlice value;
  guint n_hosts;

  switch (head->state) {
  case SVPN_REQUEST_HEAD_TOO_LARGE: /* 431 has no phrase in libsoup, and nginx says 400, too */
  case SVPN_REQUEST_HEAD_MORE:
  case SVPN_REQUEST_HEAD_MALFORMED:
    return 400;
  case SVPN_REQUEST_HEAD_WHOLE:
    break;
  }
  if (head->major != 1)
    return 505;
  n_hosts = svpn_request_head_find (head, "Host", &value);
  if (n_hosts > 1 || (n_hosts == 0 && head->minor > 0) || !has_clear_length (head))
    return 400;
  if (svpn_request_head_find (head, "Transfer-Encoding", &value) > 0
      && !svpn_slice_equal_nocase (value, "chunked"))
    return 501;
  return 200;
}

static gboolean
wants_keep_alive (const SvpnRequestHead *head)
{
  if (svpn_request_head_has_body (head) || svpn_request_head_has_token (head, "Connection", "close"))
    return FALSE;
  return head->minor > 0 || svpn_request_head_has_token (head, "Connection", "keep-alive");
}

/* The path in origin form or absolute form (RFC 9112, section 3.2); empty for others. */
static SvpnSlice
target_path (const SvpnRequestHead *head)
{
  static const char scheme[] = "http://";
  SvpnSlice path = svpn_request_head_path (head);
  const char *slash;

  if (path.size <= strlen (scheme) || g_ascii_strncasecmp (path.text, scheme, strlen (scheme)) != 0)
    return path;
  slash = memchr (path.text + strlen (scheme), '/', path.size - strlen (scheme));
  if (slash == NULL)
    return (SvpnSlice){ "/", 1 };
  return (SvpnSlice){ slash, path.size - (gsize) (slash - path.text) };
}

/* --- all of it --- */

void
svpn_response_init_error (SvpnResponse *response, guint status, gint64 unix_time)
{
  *response = (SvpnResponse){ .file = { .fd = -1 } };
  make_page (response, status, NULL, TRUE, unix_time);
}

void
svpn_response_init_raw (SvpnResponse *response, const char *bytes, gsize size)
{
  *response = (SvpnResponse){ .file = { .fd = -1 }, .keep_alive = TRUE };
  response->head = g_memdup2 (bytes, size);
  response->head_size = size;
}

void
svpn_response_init (SvpnResponse *response, SvpnSite *site, const SvpnRequestHead *head, gint64 unix_time)
{
  guint status = check_request (head);
  gboolean with_body;
  g_autofree char *location = NULL;
  SvpnSlice path;

  *response = (SvpnResponse){ .file = { .fd = -1 } };
  if (status != 200) {
    svpn_response_init_error (response, status, unix_time);
    return;
  }
  response->keep_alive = wants_keep_alive (head);
  with_body = !svpn_slice_equal (head->method, "HEAD");
  if (with_body && !svpn_slice_equal (head->method, "GET")) {
    make_page (response, 405, "Allow: GET, HEAD\r\n", TRUE, unix_time);
    return;
  }
  path = target_path (head);
  svpn_site_find (site, path.text, path.size, &response->file);
  if (response->file.status == 200) {
    make_found (response, head, with_body, unix_time);
    return;
  }
  if (response->file.location != NULL)
    location = g_strdup_printf ("Location: %s\r\n", response->file.location);
  make_page (response, response->file.status, location, with_body, unix_time);
}

void
svpn_response_clear (SvpnResponse *response)
{
  g_free (response->head);
  svpn_site_file_clear (&response->file);
  *response = (SvpnResponse){ .file = { .fd = -1 } };
}

/* --- sending --- */

/* Puts what comes next to @out. -1: the file gives less than it had. */
static gssize
fill (const SvpnResponse *response, guint8 *out, gsize size)
{
  gsize from_head = MIN (size, response->head_size - response->head_sent);
  gsize from_file = (gsize) MIN ((goffset) (size - from_head), response->left);
  gssize n;

  memcpy (out, response->head + response->head_sent, from_head);
  if (from_file == 0)
    return (gssize) from_head;
  if (response->file.fd < 0) {
    memcpy (out + from_head, response->file.data + response->offset, from_file);
    return (gssize) (from_head + from_file);
  }
  do
    n = pread (response->file.fd, out + from_head, from_file, response->offset);
  while (n < 0 && errno == EINTR);
  return n > 0 ? (gssize) from_head + n : -1;
}

static void
advance (SvpnResponse *response, gsize n)
{
  gsize from_head = MIN (n, response->head_size - response->head_sent);

  response->head_sent += from_head;
  response->offset += (goffset) (n - from_head);
  response->left -= (goffset) (n - from_head);
}

static gboolean
is_sent (const SvpnResponse *response)
{
  return response->head_sent == response->head_size && response->left == 0;
}

SvpnIo
svpn_response_send (SvpnResponse *response, const SvpnChannel *channel)
{
  guint8 data[SVPN_TLS_RECORD_SIZE];
  SvpnIo io = SVPN_IO_DONE;
  gsize taken;

  if (response->write_pending)
    io = svpn_channel_write (channel, NULL, 0, &taken);
  response->write_pending = io == SVPN_IO_WANT_WRITE;
  for (gsize total = 0; io == SVPN_IO_DONE && !is_sent (response); total += taken) {
    gssize size = total < SVPN_RESPONSE_BUDGET ? fill (response, data, sizeof data) : 0;

    if (size < 0)
      return SVPN_IO_FAILED;
    if (size == 0)
      return SVPN_IO_WANT_WRITE;
    io = svpn_channel_write (channel, data, (gsize) size, &taken);
    advance (response, taken);
    response->write_pending = io == SVPN_IO_WANT_WRITE;
  }
  return io;
}
