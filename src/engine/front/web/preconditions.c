/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Conditional and partial requests for one file. */
#include "preconditions.h"

#include <libsoup/soup.h>
#include <string.h>

static char *
dup_header (const SvpnRequestHead *head, const char *name)
{
  SvpnSlice value;

  return svpn_request_head_find (head, name, &value) > 0 ? g_strndup (value.text, value.size) : NULL;
}

/* --- conditions --- */

/* Unix time of a date; FALSE if it is none, which is as if the header were not there. */
static gboolean
parse_date (const char *text, gint64 *unix_time)
{
  g_autoptr (GDateTime) date = soup_date_time_new_from_http_string (text);

  if (date == NULL)
    return FALSE;
  *unix_time = g_date_time_to_unix (date);
  return TRUE;
}

static gboolean
has_etag (const char *list, const char *etag, gboolean weakly)
{
  g_auto (GStrv) tags = g_strsplit (list, ",", -1);

  for (guint i = 0; tags[i] != NULL; i++) {
    const char *tag = g_strstrip (tags[i]);

    if (weakly && g_str_has_prefix (tag, "W/"))
      tag += 2;
    if (g_str_equal (tag, "*") || g_str_equal (tag, etag))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_changed_since (const char *date, const SvpnRepresentation *representation, gboolean otherwise)
{
  gint64 unix_time;

  return parse_date (date, &unix_time) ? representation->mtime > unix_time : otherwise;
}

/* RFC 9110, section 13.2.2, without its steps for ranges. */
static guint
check_conditions (const SvpnRequestHead *head, const SvpnRepresentation *representation)
{
  g_autofree char *if_match = dup_header (head, "If-Match");
  g_autofree char *if_unmodified = dup_header (head, "If-Unmodified-Since");
  g_autofree char *if_none_match = dup_header (head, "If-None-Match");
  g_autofree char *if_modified = dup_header (head, "If-Modified-Since");

  if (if_match != NULL) {
    if (!has_etag (if_match, representation->etag, FALSE))
      return 412;
  } else if (if_unmodified != NULL && is_changed_since (if_unmodified, representation, FALSE)) {
    return 412;
  }
  if (if_none_match != NULL)
    return has_etag (if_none_match, representation->etag, TRUE) ? 304 : 200;
  return if_modified != NULL && !is_changed_since (if_modified, representation, TRUE) ? 304 : 200;
}

/* --- ranges --- */

/* RFC 9110, section 13.1.5. */
static gboolean
fits_if_range (const SvpnRequestHead *head, const SvpnRepresentation *representation)
{
  g_autofree char *if_range = dup_header (head, "If-Range");
  gint64 unix_time;

  if (if_range == NULL || g_str_equal (if_range, representation->etag))
    return TRUE;
  return parse_date (if_range, &unix_time) && unix_time == representation->mtime;
}

/* Digits up to the end or a dash; -1: there are none. */
static goffset
parse_position (const char **text)
{
  const char *start = *text;
  guint64 number = g_ascii_isdigit (*start) ? g_ascii_strtoull (start, (char **) text, 10) : 0;

  return *text == start ? -1 : (goffset) MIN (number, (guint64) G_MAXINT64);
}

/* One range of "bytes" (section 14.1.2) as first and last position; FALSE if it is anything else. */
static gboolean
parse_range (const char *text, goffset size, goffset *first, goffset *last)
{
  if (g_ascii_strncasecmp (text, "bytes=", 6) != 0)
    return FALSE;
  text += 6;
  *first = parse_position (&text);
  if (*text++ != '-')
    return FALSE;
  *last = parse_position (&text);
  if (*text != '\0' || (*first < 0 && *last < 0) || (*last >= 0 && *last < *first))
    return FALSE;
  if (*first < 0) { /* the last so many bytes; none of them are behind the end */
    *first = *last > 0 ? MAX (size - *last, 0) : size;
    *last = size - 1;
  }
  if (*last < 0 || *last >= size)
    *last = size - 1;
  return TRUE;
}

guint
svpn_preconditions_check (const SvpnRequestHead *head, const SvpnRepresentation *representation,
                          goffset *start, goffset *length)
{
  guint status = check_conditions (head, representation);
  g_autofree char *range = dup_header (head, "Range");
  goffset last;

  *start = 0;
  *length = representation->size;
  if (status != 200 || range == NULL || !svpn_slice_equal (head->method, "GET")
      || !fits_if_range (head, representation) || !parse_range (range, representation->size, start, &last)) {
    *start = 0;
    return status;
  }
  if (*start >= representation->size)
    return 416;
  *length = last + 1 - *start;
  return 206;
}
