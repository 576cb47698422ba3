/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Answers of a web site, byte for byte. */
#include "response.h"
#include "head.h"
#include "sockets.h"
#include "table.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utime.h>

#define TIME 1767268800 /* Thu, 01 Jan 2026 12:00:00 GMT */
#define DATE "Date: Thu, 01 Jan 2026 12:00:00 GMT\r\n"
#define MTIME 1767225600 /* Thu, 01 Jan 2026 00:00:00 GMT */
#define MODIFIED "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
#define ETAG "ETag: \"6955b900-a\"\r\n"
#define KEPT "Connection: keep-alive\r\n"
#define CLOSED "Connection: close\r\n"
#define TEXT "Content-Type: text/plain\r\n"
#define HTML "Content-Type: text/html\r\n"
#define PAGE(status)                                                                                         \
  "<html>\n<head><title>" status "</title></head>\n<body><h1>" status "</h1></body>\n</html>\n"

static char *directory;

static const struct {
  const char *name, *request, *expected;
} cases[] = {
  { "GET", "GET /x.txt HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\n" DATE TEXT "Content-Length: 10\r\n" MODIFIED KEPT ETAG
    "Accept-Ranges: bytes\r\n\r\n0123456789" },
  { "HEAD", "HEAD /x.txt HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\n" DATE TEXT "Content-Length: 10\r\n" MODIFIED KEPT ETAG
    "Accept-Ranges: bytes\r\n\r\n" },
  { "range", "GET /x.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\n\r\n",
    "HTTP/1.1 206 Partial Content\r\n" DATE TEXT "Content-Length: 3\r\n" MODIFIED KEPT ETAG
    "Content-Range: bytes 2-4/10\r\n\r\n234" },
  { "range behind the end", "GET /x.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=10-\r\n\r\n",
    "HTTP/1.1 416 Requested Range Not Satisfiable\r\n" DATE HTML "Content-Length: 137\r\n" KEPT
    "Content-Range: bytes */10\r\n\r\n" PAGE ("416 Requested Range Not Satisfiable") },
  { "not modified",
    "GET /x.txt HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\n" DATE MODIFIED KEPT ETAG "\r\n" },
  { "precondition", "GET /x.txt HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n",
    "HTTP/1.1 412 Precondition Failed\r\n" DATE HTML "Content-Length: 113\r\n" KEPT
    "\r\n" PAGE ("412 Precondition Failed") },
  { "not found", "GET /missing HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\n" DATE HTML "Content-Length: 93\r\n" KEPT "\r\n" PAGE ("404 Not Found") },
  { "HEAD not found", "HEAD /missing HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\n" DATE HTML "Content-Length: 93\r\n" KEPT "\r\n" },
  { "redirect", "GET /sub?a HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.1 301 Moved Permanently\r\n" DATE HTML "Content-Length: 109\r\n" KEPT
    "Location: /sub/\r\n\r\n" PAGE ("301 Moved Permanently") },
  { "another method", "DELETE /x.txt HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.1 405 Method Not Allowed\r\n" DATE HTML "Content-Length: 111\r\n" KEPT
    "Allow: GET, HEAD\r\n\r\n" PAGE ("405 Method Not Allowed") },
  { "a body", "POST /x.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
    "HTTP/1.1 405 Method Not Allowed\r\n" DATE HTML "Content-Length: 111\r\n" CLOSED
    "Allow: GET, HEAD\r\n\r\n" PAGE ("405 Method Not Allowed") },
  { "close", "GET /missing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\n" DATE HTML "Content-Length: 93\r\n" CLOSED "\r\n" PAGE ("404 Not Found") },
  { "HTTP/1.0", "GET /missing HTTP/1.0\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\n" DATE HTML "Content-Length: 93\r\n" CLOSED "\r\n" PAGE ("404 Not Found") },
  { "HTTP/1.0 kept", "GET /missing HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\n" DATE HTML "Content-Length: 93\r\n" KEPT "\r\n" PAGE ("404 Not Found") },
};

/* Only the status counts, and whether the connection goes on. */
static const struct {
  const char *name, *request;
  guint status;
  gboolean keep_alive;
} statuses[] = {
  { "query", "GET /x.txt?a=b HTTP/1.1\r\nHost: a\r\n\r\n", 200, TRUE },
  { "absolute form", "GET http://a/x.txt HTTP/1.1\r\nHost: a\r\n\r\n", 200, TRUE },
  { "absolute form without a path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", 403, TRUE },
  { "upgrade", "GET /x.txt HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 200,
    TRUE },
  { "expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n", 405,
    FALSE },
  { "chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 405, FALSE },
  { "GET with a body", "GET /x.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 200, FALSE },
  { "unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, FALSE },
  { "two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400,
    FALSE },
  { "length and chunks",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, FALSE },
  { "length of nonsense", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, FALSE },
  { "no host", "GET / HTTP/1.1\r\n\r\n", 400, FALSE },
  { "two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, FALSE },
  { "HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, FALSE },
  { "HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", 505, FALSE },
  { "malformed", "GET / HTTP/1.1\n", 400, FALSE },
  { "out", "GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", 400, TRUE },
  { "asterisk", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, TRUE },
  { "authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405, TRUE },
};

static void
make_response (SvpnResponse *response, SvpnSite *site, const char *request)
{
  SvpnRequestHead head;

  head_read (&head, request, strlen (request), G_MAXSIZE);
  svpn_response_init (response, site, &head, TIME);
  svpn_request_head_clear (&head);
}

/* Sends it all; the bytes. */
static char *
send_response (SvpnResponse *response)
{
  int client, server;
  gboolean is_reset;
  g_autoptr (GByteArray) bytes = NULL;

  sockets_pair (&client, &server);
  g_assert_cmpint (svpn_response_send (response, &(SvpnChannel){ .fd = server }), ==, SVPN_IO_DONE);
  close (server);
  bytes = sockets_receive (client, G_MAXSIZE, &is_reset);
  close (client);
  return g_strndup ((char *) bytes->data, bytes->len);
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (SvpnSite) site = svpn_site_new_directory (directory, NULL);
  g_autofree char *text = NULL;
  SvpnResponse response;

  make_response (&response, site, cases[i].request);
  text = send_response (&response);
  g_assert_cmpstr (text, ==, cases[i].expected);
  g_assert_true (response.keep_alive == (strstr (cases[i].expected, KEPT) != NULL));
  svpn_response_clear (&response);
}

static void
test_status (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (SvpnSite) site = svpn_site_new_directory (directory, NULL);
  SvpnResponse response;

  make_response (&response, site, statuses[i].request);
  g_assert_cmpuint (response.status, ==, statuses[i].status);
  g_assert_true (response.keep_alive == statuses[i].keep_alive);
  svpn_response_clear (&response);
}

static void
test_too_large (void)
{
  g_autofree char *filling = g_strnfill (SVPN_REQUEST_HEAD_MAX, 'x');
  g_autofree char *request = g_strconcat ("GET /", filling, NULL);
  g_autoptr (SvpnSite) site = svpn_site_new_page (MTIME);
  SvpnResponse response;

  make_response (&response, site, request);
  g_assert_cmpuint (response.status, ==, 400);
  svpn_response_clear (&response);
}

static void
test_plain_page (void)
{
  g_autoptr (SvpnSite) site = svpn_site_new_page (MTIME);
  g_autofree char *text = NULL;
  SvpnResponse response;

  make_response (&response, site, "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=6-9\r\n\r\n");
  text = send_response (&response);
  g_assert_cmpstr (text, ==,
                   "HTTP/1.1 206 Partial Content\r\n" DATE HTML "Content-Length: 4\r\n" MODIFIED KEPT
                   "ETag: \"6955b900-2d\"\r\nContent-Range: bytes 6-9/45\r\n\r\n<bod");
  svpn_response_clear (&response);
}

/* A file larger than any socket's buffer, to a client that reads now and then. */
static void
test_large (void)
{
  const gsize size = 16 * 1024 * 1024;
  g_autofree char *path = g_build_filename (directory, "large", NULL);
  g_autofree char *content = g_malloc (size);
  g_autoptr (SvpnSite) site = svpn_site_new_directory (directory, NULL);
  g_autoptr (GByteArray) received = g_byte_array_new ();
  SvpnResponse response;
  gsize head_size;
  int client, server;
  SvpnIo io;

  for (gsize i = 0; i < size; i++)
    content[i] = (char) (i * 7 + i / 251);
  g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
  sockets_pair (&client, &server);
  make_response (&response, site, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  head_size = response.head_size;
  while ((io = svpn_response_send (&response, &(SvpnChannel){ .fd = server })) != SVPN_IO_DONE) {
    gboolean is_reset;
    g_autoptr (GByteArray) piece = sockets_receive (client, 65536, &is_reset);

    g_assert_cmpint (io, ==, SVPN_IO_WANT_WRITE);
    g_byte_array_append (received, piece->data, piece->len);
  }
  close (server);
  for (;;) {
    gboolean is_reset;
    g_autoptr (GByteArray) piece = sockets_receive (client, G_MAXSIZE, &is_reset);

    if (piece->len == 0)
      break;
    g_byte_array_append (received, piece->data, piece->len);
  }
  close (client);
  g_assert_cmpmem (received->data + head_size, received->len - head_size, content, size);
  svpn_response_clear (&response);
  g_unlink (path);
}

/* A file that becomes shorter than its answer has promised ends the connection. */
static void
test_truncated (void)
{
  g_autofree char *path = g_build_filename (directory, "shrinking", NULL);
  g_autoptr (SvpnSite) site = svpn_site_new_directory (directory, NULL);
  SvpnResponse response;
  int client, server;

  g_assert_true (g_file_set_contents (path, "0123456789", 10, NULL));
  sockets_pair (&client, &server);
  make_response (&response, site, "GET /shrinking HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_cmpint (truncate (path, 4), ==, 0);
  g_assert_cmpint (svpn_response_send (&response, &(SvpnChannel){ .fd = server }), ==, SVPN_IO_FAILED);
  svpn_response_clear (&response);
  close (client);
  close (server);
  g_unlink (path);
}

static void
test_error (void)
{
  g_autofree char *text = NULL;
  SvpnResponse response;

  svpn_response_init_error (&response, 502, TIME);
  text = send_response (&response);
  g_assert_cmpstr (text, ==,
                   "HTTP/1.1 502 Bad Gateway\r\n" DATE HTML "Content-Length: 97\r\n" CLOSED
                   "\r\n" PAGE ("502 Bad Gateway"));
  g_assert_false (response.keep_alive);
  svpn_response_clear (&response);
}

static void
make_directory (void)
{
  g_autofree char *file = NULL, *sub = NULL;
  const struct utimbuf times = { MTIME, MTIME };

  directory = g_dir_make_tmp ("smartvpn-response-XXXXXX", NULL);
  file = g_build_filename (directory, "x.txt", NULL);
  sub = g_build_filename (directory, "sub", NULL);
  g_assert_true (g_file_set_contents (file, "0123456789", 10, NULL));
  g_assert_cmpint (utime (file, &times), ==, 0);
  g_assert_cmpint (g_mkdir (sub, 0755), ==, 0);
}

static void
remove_directory (void)
{
  g_autofree char *file = g_build_filename (directory, "x.txt", NULL),
                  *sub = g_build_filename (directory, "sub", NULL);

  g_unlink (file);
  g_rmdir (sub);
  g_rmdir (directory);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_directory ();
  ADD_TABLE ("/response/", cases, test_case);
  ADD_TABLE ("/response/status/", statuses, test_status);
  g_test_add_func ("/response/too large", test_too_large);
  g_test_add_func ("/response/plain page", test_plain_page);
  g_test_add_func ("/response/large", test_large);
  g_test_add_func ("/response/truncated", test_truncated);
  g_test_add_func ("/response/error", test_error);
  result = g_test_run ();
  remove_directory ();
  return result;
}
