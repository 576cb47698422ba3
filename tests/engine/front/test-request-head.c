/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The reader of request heads: what it takes, what it refuses and when, and what it finds in them. */
#include "head.h"
#include "table.h"

#define MORE SVPN_REQUEST_HEAD_MORE
#define WHOLE SVPN_REQUEST_HEAD_WHOLE
#define MALFORMED SVPN_REQUEST_HEAD_MALFORMED
#define BYTES(text) text, sizeof (text) - 1

static const struct {
  const char *name, *bytes;
  gsize size;
  SvpnRequestHeadState state;
} cases[] = {
  { "simple", BYTES ("GET / HTTP/1.1\r\n\r\n"), WHOLE },
  { "headers", BYTES ("GET /a?b HTTP/1.1\r\nHost: x\r\nA:b\r\n\r\n"), WHOLE },
  { "other method", BYTES ("M-SEARCH * HTTP/1.0\r\n\r\n"), WHOLE },
  { "old version", BYTES ("GET / HTTP/0.9\r\n\r\n"), WHOLE },
  { "next version", BYTES ("GET / HTTP/2.0\r\n\r\n"), WHOLE },
  { "empty lines first", BYTES ("\r\n\r\nGET / HTTP/1.1\r\n\r\n"), WHOLE },
  { "empty value", BYTES ("GET / HTTP/1.1\r\nA:\r\n\r\n"), WHOLE },
  { "value of high bytes", BYTES ("GET / HTTP/1.1\r\nA: \xc3\xa4\xff\r\n\r\n"), WHOLE },
  { "target of high bytes", BYTES ("GET /\xc3\xa4 HTTP/1.1\r\n\r\n"), WHOLE },
  { "tab in a value", BYTES ("GET / HTTP/1.1\r\nA:\tb\tc\r\n\r\n"), WHOLE },
  { "body behind", BYTES ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na\0\n"), WHOLE },
  { "nothing", BYTES (""), MORE },
  { "half a method", BYTES ("GE"), MORE },
  { "half a version", BYTES ("GET / HTTP/1"), MORE },
  { "no empty line", BYTES ("GET / HTTP/1.1\r\nHost: x\r\n"), MORE },
  { "half an empty line", BYTES ("GET / HTTP/1.1\r\nHost: x\r\n\r"), MORE },
  { "zero", BYTES ("\0"), MALFORMED },
  { "TLS", BYTES ("\x16"), MALFORMED },
  { "HTTP/2 preface", BYTES ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), WHOLE },
  { "space first", BYTES (" "), MALFORMED },
  { "lone CR first", BYTES ("\rG"), MALFORMED },
  { "no target", BYTES ("GET \r"), MALFORMED },
  { "two spaces", BYTES ("GET  "), MALFORMED },
  { "two spaces before the version", BYTES ("GET /  "), MALFORMED },
  { "no version", BYTES ("GET /\r"), MALFORMED },
  { "another protocol", BYTES ("GET / S"), MALFORMED },
  { "lower case version", BYTES ("GET / h"), MALFORMED },
  { "two digits", BYTES ("GET / HTTP/1.10"), MALFORMED },
  { "letter for a digit", BYTES ("GET / HTTP/x"), MALFORMED },
  { "space behind the version", BYTES ("GET / HTTP/1.1 "), MALFORMED },
  { "bare LF behind the request line", BYTES ("GET / HTTP/1.1\n"), MALFORMED },
  { "bare LF behind a header", BYTES ("GET / HTTP/1.1\r\nA: b\n"), MALFORMED },
  { "bare CR in a value", BYTES ("GET / HTTP/1.1\r\nA: b\rc"), MALFORMED },
  { "CR and no LF at the end", BYTES ("GET / HTTP/1.1\r\n\rx"), MALFORMED },
  { "zero in a value", BYTES ("GET / HTTP/1.1\r\nA: b\0"), MALFORMED },
  { "control byte in a value", BYTES ("GET / HTTP/1.1\r\nA: \x01"), MALFORMED },
  { "DEL in the target", BYTES ("GET /\x7f"), MALFORMED },
  { "space in a name", BYTES ("GET / HTTP/1.1\r\nA "), MALFORMED },
  { "no name", BYTES ("GET / HTTP/1.1\r\n:"), MALFORMED },
  { "no colon", BYTES ("GET / HTTP/1.1\r\nA\r"), MALFORMED },
  { "continued line", BYTES ("GET / HTTP/1.1\r\nA: b\r\n "), MALFORMED },
};

/* Cut anywhere, the outcome is the same, and the bytes are as they came. */
static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  for (gsize step = 1; step <= cases[i].size + 1; step++) {
    SvpnRequestHead head;

    g_assert_cmpint (head_read (&head, cases[i].bytes, cases[i].size, step), ==, cases[i].state);
    g_assert_cmpmem (head.bytes, head.size, cases[i].bytes, cases[i].size);
    svpn_request_head_clear (&head);
  }
}

/* A malformed head is known with its last byte, not later, whatever follows. */
static void
test_at_once (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvpnRequestHead head;

    if (cases[i].state != MALFORMED)
      continue;
    g_assert_cmpint (head_read (&head, cases[i].bytes, cases[i].size - 1, 1), ==, MORE);
    svpn_request_head_clear (&head);
  }
}

static void
test_parts (void)
{
  SvpnRequestHead head;
  SvpnSlice name, value;
  size_t at = 0;

  head_parse (&head, "\r\nGET /a/b?c=d HTTP/1.0\r\nHost: x.example \r\nAccept:\t*/*\r\nhost: y\r\n\r\nbody");
  g_assert_true (svpn_slice_equal (head.method, "GET"));
  g_assert_true (svpn_slice_equal (head.target, "/a/b?c=d"));
  g_assert_true (svpn_slice_equal (svpn_request_head_path (&head), "/a/b"));
  g_assert_cmpuint (head.major, ==, 1);
  g_assert_cmpuint (head.minor, ==, 0);
  g_assert_cmpmem (head.bytes + head.head_size, head.size - head.head_size, "body", 4);

  g_assert_true (svpn_request_head_next (&head, &at, &name, &value));
  g_assert_true (svpn_slice_equal (name, "Host") && svpn_slice_equal (value, "x.example"));
  g_assert_true (svpn_request_head_next (&head, &at, &name, &value));
  g_assert_true (svpn_slice_equal (name, "Accept") && svpn_slice_equal (value, "*/*"));
  g_assert_true (svpn_request_head_next (&head, &at, &name, &value));
  g_assert_false (svpn_request_head_next (&head, &at, &name, &value));

  g_assert_cmpuint (svpn_request_head_find (&head, "HOST", &value), ==, 2);
  g_assert_true (svpn_slice_equal (value, "x.example"));
  g_assert_cmpuint (svpn_request_head_find (&head, "Hos", &value), ==, 0);
  svpn_request_head_clear (&head);
}

static const struct {
  const char *name, *headers, *token;
  gboolean expected;
} tokens[] = {
  { "alone", "Connection: upgrade\r\n", "upgrade", TRUE },
  { "case", "CONNECTION: UpGrade\r\n", "upgrade", TRUE },
  { "in a list", "Connection: keep-alive , Upgrade\r\n", "upgrade", TRUE },
  { "second header", "Connection: keep-alive\r\nConnection: Upgrade\r\n", "upgrade", TRUE },
  { "part of a word", "Connection: upgraded\r\n", "upgrade", FALSE },
  { "empty", "Connection:\r\n", "upgrade", FALSE },
  { "another header", "Upgrade: upgrade\r\n", "upgrade", FALSE },
};

static void
test_token (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = g_strconcat ("GET / HTTP/1.1\r\n", tokens[i].headers, "\r\n", NULL);
  SvpnRequestHead head;

  head_parse (&head, text);
  g_assert_true (svpn_request_head_has_token (&head, "Connection", tokens[i].token) == tokens[i].expected);
  svpn_request_head_clear (&head);
}

static const struct {
  const char *name, *headers, *expected;
} cookies[] = {
  { "alone", "Cookie: sid=abc\r\n", "abc" },
  { "behind others", "Cookie: a=b; sid=abc\r\n", "abc" },
  { "last of several", "Cookie: sid=old; sid=abc\r\n", "abc" },
  { "second header", "Cookie: sid=old\r\nCookie: x=y; sid=abc\r\n", "abc" },
  { "empty", "Cookie: sid=\r\n", "" },
  { "with an equals sign", "Cookie: sid=a=b\r\n", "a=b" },
  { "no white space", "Cookie: a=b;sid=abc;c=d\r\n", "abc" },
  { "none", "Cookie: a=b\r\n", NULL },
  { "longer name", "Cookie: xsid=abc; sidx=abc\r\n", NULL },
  { "no value", "Cookie: sid\r\n", NULL },
  { "another case", "Cookie: SID=abc\r\n", NULL },
};

static void
test_cookie (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = g_strconcat ("GET / HTTP/1.1\r\n", cookies[i].headers, "\r\n", NULL);
  SvpnRequestHead head;
  SvpnSlice value = { NULL, 0 };

  head_parse (&head, text);
  g_assert_true (svpn_request_head_cookie (&head, "sid", &value) == (cookies[i].expected != NULL));
  if (cookies[i].expected != NULL)
    g_assert_true (svpn_slice_equal (value, cookies[i].expected));
  svpn_request_head_clear (&head);
}

static const struct {
  const char *name, *headers;
  gboolean expected;
} bodies[] = {
  { "none", "", FALSE },
  { "length 0", "Content-Length: 0\r\n", FALSE },
  { "length", "Content-Length: 1\r\n", TRUE },
  { "chunked", "Transfer-Encoding: chunked\r\n", TRUE },
  { "two lengths", "Content-Length: 0\r\nContent-Length: 0\r\n", TRUE },
  { "nonsense", "Content-Length: x\r\n", TRUE },
};

static void
test_body (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *text = g_strconcat ("GET / HTTP/1.1\r\n", bodies[i].headers, "\r\n", NULL);
  SvpnRequestHead head;

  head_parse (&head, text);
  g_assert_true (svpn_request_head_has_body (&head) == bodies[i].expected);
  svpn_request_head_clear (&head);
}

/* A head of @size bytes without its empty line, the longest of them one header. */
static char *
long_head (gsize size)
{
  const char *start = "GET / HTTP/1.1\r\nA: ";
  g_autofree char *filling = g_strnfill (size - strlen (start) - 2, 'x');

  return g_strconcat (start, filling, "\r\n", NULL);
}

static void
test_longest (void)
{
  g_autofree char *fits = long_head (SVPN_REQUEST_HEAD_MAX - 2),
                  *too_long = long_head (SVPN_REQUEST_HEAD_MAX - 1);
  g_autofree char *whole = g_strconcat (fits, "\r\n", NULL);
  g_autofree char *larger = g_strconcat (too_long, "\r\n", NULL);
  SvpnRequestHead head;

  for (gsize step = 1; step <= SVPN_REQUEST_HEAD_MAX; step *= 2) {
    g_assert_cmpint (head_read (&head, whole, strlen (whole), step), ==, WHOLE);
    svpn_request_head_clear (&head);
    g_assert_cmpint (head_read (&head, larger, strlen (larger), step), ==, SVPN_REQUEST_HEAD_TOO_LARGE);
    g_assert_cmpuint (head.size, ==, SVPN_REQUEST_HEAD_MAX);
    svpn_request_head_clear (&head);
  }
}

static void
test_most_headers (void)
{
  g_autoptr (GString) text = g_string_new ("GET / HTTP/1.1\r\n");
  SvpnRequestHead head;

  for (guint i = 0; i < SVPN_REQUEST_HEADERS_MAX; i++)
    g_string_append (text, "a:\r\n");
  g_assert_cmpint (head_read (&head, text->str, text->len, G_MAXSIZE), ==, MORE);
  svpn_request_head_clear (&head);
  g_string_append (text, "a:\r\n");
  g_assert_cmpint (head_read (&head, text->str, text->len, G_MAXSIZE), ==, SVPN_REQUEST_HEAD_TOO_LARGE);
  svpn_request_head_clear (&head);
}

/* Requests one behind the other are read one after the other, and their buffer does not grow. */
static void
test_restart (void)
{
  const char *text = "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HT";
  SvpnRequestHead head;
  size_t room;

  head_parse (&head, text);
  g_assert_true (svpn_slice_equal (head.target, "/1"));
  g_assert_cmpint (svpn_request_head_restart (&head), ==, WHOLE);
  g_assert_true (svpn_slice_equal (head.target, "/2"));
  g_assert_cmpint (svpn_request_head_restart (&head), ==, MORE);
  memcpy (svpn_request_head_room (&head, &room), "TP/1.1\r\n\r\n", 10);
  g_assert_cmpint (svpn_request_head_take (&head, 10), ==, WHOLE);
  g_assert_true (svpn_slice_equal (head.target, "/3"));
  g_assert_cmpint (svpn_request_head_restart (&head), ==, MORE);
  g_assert_cmpuint (head.size, ==, 0);
  svpn_request_head_clear (&head);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/request-head/", cases, test_case);
  g_test_add_func ("/request-head/malformed at once", test_at_once);
  g_test_add_func ("/request-head/parts", test_parts);
  ADD_TABLE ("/request-head/token/", tokens, test_token);
  ADD_TABLE ("/request-head/cookie/", cookies, test_cookie);
  ADD_TABLE ("/request-head/body/", bodies, test_body);
  g_test_add_func ("/request-head/longest", test_longest);
  g_test_add_func ("/request-head/most headers", test_most_headers);
  g_test_add_func ("/request-head/restart", test_restart);
  return g_test_run ();
}
