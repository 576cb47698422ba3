/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Conditional and partial requests, for a file of 1000 bytes changed on 2026-01-01 at noon. */
#include "preconditions.h"
#include "head.h"
#include "table.h"

#define ETAG "\"1-2\""
#define THEN "Thu, 01 Jan 2026 12:00:00 GMT"
#define BEFORE "Thu, 01 Jan 2026 11:59:59 GMT"

/* Expected: the status, and "START+LENGTH" of a 206. */
static const struct {
  const char *name, *headers, *expected;
} cases[] = {
  { "none", "", "200" },
  { "If-None-Match", "If-None-Match: " ETAG "\r\n", "304" },
  { "If-None-Match of several", "If-None-Match: \"x\", W/" ETAG "\r\n", "304" },
  { "If-None-Match any", "If-None-Match: *\r\n", "304" },
  { "If-None-Match of another", "If-None-Match: \"x\"\r\n", "200" },
  { "If-Modified-Since then", "If-Modified-Since: " THEN "\r\n", "304" },
  { "If-Modified-Since before", "If-Modified-Since: " BEFORE "\r\n", "200" },
  { "If-Modified-Since nonsense", "If-Modified-Since: soon\r\n", "200" },
  { "If-None-Match goes first", "If-None-Match: \"x\"\r\nIf-Modified-Since: " THEN "\r\n", "200" },
  { "If-Match", "If-Match: " ETAG "\r\n", "200" },
  { "If-Match any", "If-Match: *\r\n", "200" },
  { "If-Match of another", "If-Match: \"x\"\r\n", "412" },
  { "If-Match compares strongly", "If-Match: W/" ETAG "\r\n", "412" },
  { "If-Unmodified-Since then", "If-Unmodified-Since: " THEN "\r\n", "200" },
  { "If-Unmodified-Since before", "If-Unmodified-Since: " BEFORE "\r\n", "412" },
  { "range", "Range: bytes=0-499\r\n", "206 0+500" },
  { "range of one byte", "Range: bytes=999-999\r\n", "206 999+1" },
  { "range to the end", "Range: bytes=500-\r\n", "206 500+500" },
  { "range past the end", "Range: bytes=500-5000\r\n", "206 500+500" },
  { "range to one past the end", "Range: bytes=500-1000\r\n", "206 500+500" },
  { "range behind the end", "Range: bytes=1000-\r\n", "416" },
  { "last bytes", "Range: bytes=-10\r\n", "206 990+10" },
  { "last more bytes than there are", "Range: bytes=-5000\r\n", "206 0+1000" },
  { "no last bytes", "Range: bytes=-0\r\n", "416" },
  { "huge", "Range: bytes=0-99999999999999999999999\r\n", "206 0+1000" },
  { "several ranges", "Range: bytes=0-1,5-6\r\n", "200" },
  { "turned around", "Range: bytes=5-1\r\n", "200" },
  { "another unit", "Range: lines=0-1\r\n", "200" },
  { "nonsense", "Range: bytes=a-b\r\n", "200" },
  { "only a dash", "Range: bytes=-\r\n", "200" },
  { "sign", "Range: bytes=+1-2\r\n", "200" },
  { "If-Range", "Range: bytes=0-0\r\nIf-Range: " ETAG "\r\n", "206 0+1" },
  { "If-Range of another", "Range: bytes=0-0\r\nIf-Range: \"x\"\r\n", "200" },
  { "If-Range date", "Range: bytes=0-0\r\nIf-Range: " THEN "\r\n", "206 0+1" },
  { "If-Range other date", "Range: bytes=0-0\r\nIf-Range: " BEFORE "\r\n", "200" },
  { "condition before range", "Range: bytes=0-0\r\nIf-None-Match: " ETAG "\r\n", "304" },
};

static char *
check (const char *method, const char *headers, goffset size)
{
  g_autofree char *text = g_strconcat (method, " / HTTP/1.1\r\n", headers, "\r\n", NULL);
  const SvpnRepresentation representation = { .etag = ETAG, .mtime = 1767268800, .size = size };
  SvpnRequestHead head;
  goffset start, length;
  guint status;

  head_parse (&head, text);
  status = svpn_preconditions_check (&head, &representation, &start, &length);
  svpn_request_head_clear (&head);
  if (status == 206)
    return g_strdup_printf ("206 %" G_GOFFSET_FORMAT "+%" G_GOFFSET_FORMAT, start, length);
  if (status == 200)
    g_assert_true (start == 0 && length == size);
  return g_strdup_printf ("%u", status);
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *found = check ("GET", cases[i].headers, 1000);

  g_assert_cmpstr (found, ==, cases[i].expected);
}

static void
test_others (void)
{
  g_autofree char *head = check ("HEAD", "Range: bytes=0-0\r\n", 1000),
                  *empty = check ("GET", "Range: bytes=0-\r\n", 0);
  g_autofree char *empty_end = check ("GET", "Range: bytes=-5\r\n", 0);

  g_assert_cmpstr (head, ==, "200"); /* a range is a matter of GET (RFC 9110, section 14.2) */
  g_assert_cmpstr (empty, ==, "416");
  g_assert_cmpstr (empty_end, ==, "416");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/preconditions/", cases, test_case);
  g_test_add_func ("/preconditions/others", test_others);
  return g_test_run ();
}
