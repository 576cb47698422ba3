/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's side of TLS against GnuTLS's client, over TCP. */
#include "pki.h"
#include "sockets.h"
#include "table.h"
#include "tls-server.h"

#include <malloc.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

static SvpnTlsContext *context;
static gnutls_certificate_credentials_t client_credentials;

/* Both ends of a connection. */
typedef struct {
  int client_fd, server_fd;
  gnutls_session_t client;
  SvpnTlsServer *server;
} Pair;

typedef struct {
  const char *priorities;
  const char *protocol; /* ALPN; NULL: none */
  const char *host;     /* SNI; NULL: none */
  const gnutls_datum_t *resume;
} Hello;

static void
pair_init (Pair *pair, SvpnTlsContext *server, const Hello *hello, gint64 now)
{
  gnutls_datum_t protocol
      = { (unsigned char *) hello->protocol, hello->protocol != NULL ? (guint) strlen (hello->protocol) : 0 };

  sockets_pair (&pair->client_fd, &pair->server_fd);
  pair->server = svpn_tls_server_new (server, pair->server_fd, now);
  g_assert_nonnull (pair->server);
  g_assert_cmpint (gnutls_init (&pair->client, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL), ==, 0);
  g_assert_cmpint (gnutls_priority_set_direct (pair->client, hello->priorities, NULL), ==, 0);
  gnutls_credentials_set (pair->client, GNUTLS_CRD_CERTIFICATE, client_credentials);
  gnutls_transport_set_int (pair->client, pair->client_fd);
  if (hello->protocol != NULL)
    gnutls_alpn_set_protocols (pair->client, &protocol, 1, 0);
  if (hello->host != NULL)
    gnutls_server_name_set (pair->client, GNUTLS_NAME_DNS, hello->host, strlen (hello->host));
  if (hello->resume != NULL)
    gnutls_session_set_data (pair->client, hello->resume->data, hello->resume->size);
}

static void
pair_clear (Pair *pair)
{
  gnutls_deinit (pair->client);
  svpn_tls_server_free (pair->server);
  close (pair->client_fd);
  close (pair->server_fd);
}

/* Waits until something has come for either end. */
static void
wait_for_any (const Pair *pair)
{
  struct pollfd fds[]
      = { { .fd = pair->client_fd, .events = POLLIN }, { .fd = pair->server_fd, .events = POLLIN } };

  if (poll (fds, 2, DEADLINE_US / 1000) < 1)
    g_error ("neither end has got anything");
}

/* Runs both ends until the server's has come to an end, and the client's too if it is to. Returns the client's last
 * result. */
static int
shake_hands (Pair *pair, SvpnIo expected)
{
  SvpnIo io = SVPN_IO_WANT_READ;
  int result = GNUTLS_E_AGAIN;

  for (;;) {
    if (result == GNUTLS_E_AGAIN)
      result = gnutls_handshake (pair->client);
    if (io == SVPN_IO_WANT_READ)
      io = svpn_tls_server_handshake (pair->server);
    if (io != SVPN_IO_WANT_READ && result != GNUTLS_E_AGAIN)
      break;
    wait_for_any (pair);
  }
  g_assert_cmpint (io, ==, expected);
  return result;
}

static void
connect_pair (Pair *pair, const Hello *hello)
{
  pair_init (pair, context, hello, 0);
  g_assert_cmpint (shake_hands (pair, SVPN_IO_DONE), ==, GNUTLS_E_SUCCESS);
}

static void
client_send (Pair *pair, const void *data, gsize size)
{
  g_assert_cmpint (gnutls_record_send (pair->client, data, size), ==, (int) size);
}

/* What the server's side reads next, SVPN_IO_DONE with *n bytes or the end. */
static SvpnIo
server_read (Pair *pair, void *data, gsize size, gsize *n)
{
  SvpnIo io;

  while ((io = svpn_tls_server_read (pair->server, data, size, n)) == SVPN_IO_WANT_READ)
    wait_for_any (pair);
  return io;
}

/* The client reads @size bytes; the last result. */
static ssize_t
client_read (Pair *pair, guint8 *data, gsize size)
{
  ssize_t n = 0;

  for (gsize fill = 0; fill < size; fill += (gsize) n) {
    while ((n = gnutls_record_recv (pair->client, data + fill, size - fill)) == GNUTLS_E_AGAIN
           || n == GNUTLS_E_INTERRUPTED)
      wait_for_any (pair);
    if (n <= 0)
      break;
  }
  return n;
}

static void
exchange (Pair *pair)
{
  guint8 data[16];
  gsize n;

  client_send (pair, "ping", 4);
  g_assert_cmpint (server_read (pair, data, sizeof data, &n), ==, SVPN_IO_DONE);
  g_assert_cmpmem (data, n, "ping", 4);
  g_assert_cmpint (svpn_tls_server_write (pair->server, "pong", 4, &n), ==, SVPN_IO_DONE);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpint (client_read (pair, data, 4), ==, 4);
  g_assert_cmpmem (data, 4, "pong", 4);
}

static const struct {
  const char *name;
  Hello hello;
  gnutls_cipher_algorithm_t cipher; /* 0: any */
} accepted[] = {
  { "TLS 1.3", { TLS13, "http/1.1", "vpn.example" }, 0 },
  { "TLS 1.2", { TLS12, "http/1.1", "vpn.example" }, 0 },
  { "no ALPN, no SNI", { TLS13 }, 0 },
  { "AES first", { TLS13 }, GNUTLS_CIPHER_AES_256_GCM },
  { "ChaCha20 first",
    { TLS13 ":-CIPHER-ALL:+CHACHA20-POLY1305:+AES-128-GCM" },
    GNUTLS_CIPHER_CHACHA20_POLY1305 },
  { "P-256 alone", { TLS12 ":-GROUP-ALL:+GROUP-SECP256R1" }, 0 },
  { "a key share of a group that is not ours", { TLS13 ":-GROUP-ALL:+GROUP-SECP521R1:+GROUP-SECP256R1" }, 0 },
};

static void
test_accepted (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *host = NULL, *protocol = NULL;
  Pair pair;

  connect_pair (&pair, &accepted[i].hello);
  host = svpn_tls_server_dup_host_name (pair.server);
  protocol = svpn_tls_server_dup_protocol (pair.server);
  g_assert_cmpstr (host, ==, accepted[i].hello.host);
  g_assert_cmpstr (protocol, ==, accepted[i].hello.protocol);
  g_assert_false (svpn_tls_server_is_resumed (pair.server));
  if (accepted[i].cipher != 0)
    g_assert_cmpint (gnutls_cipher_get (pair.client), ==, accepted[i].cipher);
  exchange (&pair);
  pair_clear (&pair);
}

static const struct {
  const char *name;
  Hello hello;
  gnutls_alert_description_t alert;
} refused[] = {
  { "another protocol", { TLS13, "h2" }, GNUTLS_A_NO_APPLICATION_PROTOCOL },
  { "TLS 1.1", { "LEGACY:-VERS-ALL:+VERS-TLS1.1" }, GNUTLS_A_PROTOCOL_VERSION },
  { "costly groups", { TLS13 ":-GROUP-ALL:+GROUP-FFDHE8192" }, GNUTLS_A_HANDSHAKE_FAILURE },
  { "no forward secrecy", { TLS12 ":-KX-ALL:+RSA" }, GNUTLS_A_HANDSHAKE_FAILURE },
};

static void
test_refused (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  Pair pair;

  pair_init (&pair, context, &refused[i].hello, 0);
  g_assert_cmpint (shake_hands (&pair, SVPN_IO_FAILED), ==, GNUTLS_E_FATAL_ALERT_RECEIVED);
  g_assert_cmpint (gnutls_alert_get (pair.client), ==, refused[i].alert);
  pair_clear (&pair);
}

/* --- resumption --- */

/* Whether a client that has connected to @first at @then is resumed by @second at @now. */
static gboolean
resumes (const char *priorities, SvpnTlsContext *first, gint64 then, SvpnTlsContext *second, gint64 now)
{
  gnutls_datum_t ticket;
  Hello hello = { priorities };
  gboolean is_resumed;
  Pair pair;

  pair_init (&pair, first, &hello, then);
  g_assert_cmpint (shake_hands (&pair, SVPN_IO_DONE), ==, GNUTLS_E_SUCCESS);
  exchange (&pair); /* with TLS 1.3 the ticket comes behind the handshake */
  g_assert_cmpint (gnutls_session_get_data2 (pair.client, &ticket), ==, 0);
  pair_clear (&pair);

  hello.resume = &ticket;
  pair_init (&pair, second, &hello, now);
  g_assert_cmpint (shake_hands (&pair, SVPN_IO_DONE), ==, GNUTLS_E_SUCCESS);
  exchange (&pair);
  is_resumed = svpn_tls_server_is_resumed (pair.server);
  g_assert_true (gnutls_session_is_resumed (pair.client) == is_resumed);
  pair_clear (&pair);
  gnutls_free (ticket.data);
  return is_resumed;
}

static SvpnTlsContext *
make_context (void)
{
  g_autoptr (PkiIdentity) root = pki_identity_new ("Root", NULL);
  g_autoptr (PkiIdentity) leaf = pki_identity_new ("vpn.example", root);
  g_autofree char *leaf_pem = pki_certificate_pem (leaf), *root_pem = pki_certificate_pem (root);
  g_autofree char *chain = g_strconcat (root_pem, leaf_pem, NULL), *key = pki_key_pem (leaf, NULL),
                  *warning = NULL;
  g_autoptr (GError) error = NULL;
  SvpnTlsContext *made = svpn_tls_context_new (chain, key, &warning, &error);

  g_assert_no_error (error);
  g_assert_null (warning);
  return made;
}

static void
test_resumption (gconstpointer priorities)
{
  const gint64 later = SVPN_TLS_TICKET_KEY_LIFETIME_S * (gint64) G_USEC_PER_SEC;
  g_autoptr (SvpnTlsContext) one = make_context (), two = make_context ();

  g_assert_true (resumes (priorities, one, 0, one, 0));
  g_assert_true (resumes (priorities, one, 0, one, later - 1));
  g_assert_false (resumes (priorities, one, 0, two, 0)); /* its certificate was replaced */
  g_assert_false (resumes (priorities, one, 0, one, later));
  g_assert_true (resumes (priorities, one, later, one, later));
}

/* --- the connection --- */

/* The client gets the leaf first, whatever the order in the file was. */
static void
test_chain (void)
{
  const gnutls_datum_t *chain;
  const Hello hello = { TLS13 };
  guint n;
  Pair pair;

  connect_pair (&pair, &hello);
  chain = gnutls_certificate_get_peers (pair.client, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_nonnull (memmem (chain[0].data, chain[0].size, "vpn.example", 11));
  g_assert_null (memmem (chain[1].data, chain[1].size, "vpn.example", 11));
  pair_clear (&pair);
}

/* A connection outlives the context it was made from. */
static void
test_replaced (void)
{
  SvpnTlsContext *old = make_context ();
  const Hello hello = { TLS13 };
  Pair pair;

  pair_init (&pair, old, &hello, 0);
  svpn_tls_context_unref (old);
  g_assert_cmpint (shake_hands (&pair, SVPN_IO_DONE), ==, GNUTLS_E_SUCCESS);
  exchange (&pair);
  pair_clear (&pair);
}

/* More than a socket takes: what was taken arrives, whole and in order, though we do not keep it. */
static void
test_bulk (gconstpointer priorities)
{
  const Hello hello = { priorities };
  const gsize size = 8 * 1024 * 1024;
  g_autofree guint8 *sent = g_malloc (size), *received = g_malloc (size);
  gsize taken = 0, got = 0, n;
  gboolean was_full = FALSE;
  SvpnIo io;
  Pair pair;

  for (gsize i = 0; i < size; i++)
    sent[i] = (guint8) (i * 7 + i / 251);
  connect_pair (&pair, &hello);
  do {
    g_autofree guint8 *copy = g_memdup2 (sent + taken, size - taken);

    io = svpn_tls_server_write (pair.server, copy, size - taken, &n);
    memset (copy, 0, size - taken);
    taken += n;
    was_full |= io == SVPN_IO_WANT_WRITE;
    g_assert_true (io == SVPN_IO_DONE || io == SVPN_IO_WANT_WRITE);
    if (io == SVPN_IO_WANT_WRITE) {
      g_assert_cmpint (client_read (&pair, received + got, 65536), >, 0);
      got += 65536;
    }
  } while (io != SVPN_IO_DONE);
  g_assert_true (was_full);
  g_assert_cmpuint (taken, ==, size);
  g_assert_cmpint (client_read (&pair, received + got, size - got), >, 0);
  g_assert_cmpmem (sent, size, received, size);
  pair_clear (&pair);
}

/* A record is read in pieces; what is left of it shows in no poll of the socket. */
static void
test_pieces (void)
{
  const Hello hello = { TLS13 };
  guint8 data[3];
  gsize n;
  Pair pair;

  connect_pair (&pair, &hello);
  client_send (&pair, "abcde", 5);
  g_assert_cmpint (server_read (&pair, data, 3, &n), ==, SVPN_IO_DONE);
  g_assert_cmpmem (data, n, "abc", 3);
  g_assert_true (svpn_tls_server_has_pending (pair.server));
  g_assert_cmpint (svpn_tls_server_read (pair.server, data, 3, &n), ==, SVPN_IO_DONE);
  g_assert_cmpmem (data, n, "de", 2);
  g_assert_false (svpn_tls_server_has_pending (pair.server));
  g_assert_cmpint (svpn_tls_server_read (pair.server, data, 3, &n), ==, SVPN_IO_WANT_READ);
  pair_clear (&pair);
}

/* Each direction ends on its own. */
static void
test_close (gconstpointer priorities)
{
  const Hello hello = { priorities };
  guint8 data[16];
  gsize n;
  Pair pair;

  connect_pair (&pair, &hello);
  g_assert_cmpint (svpn_tls_server_close (pair.server), ==, SVPN_IO_DONE);
  g_assert_cmpint (client_read (&pair, data, 1), ==, 0);
  client_send (&pair, "still", 5);
  g_assert_cmpint (server_read (&pair, data, sizeof data, &n), ==, SVPN_IO_DONE);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpint (gnutls_bye (pair.client, GNUTLS_SHUT_WR), ==, 0);
  g_assert_cmpint (server_read (&pair, data, sizeof data, &n), ==, SVPN_IO_CLOSED);
  pair_clear (&pair);
}

static void
test_cut_off (void)
{
  const Hello hello = { TLS13 };
  guint8 data[16];
  gsize n;
  Pair pair;

  connect_pair (&pair, &hello);
  shutdown (pair.client_fd, SHUT_WR);
  g_assert_cmpint (server_read (&pair, data, sizeof data, &n), ==, SVPN_IO_CLOSED);
  pair_clear (&pair);
}

static void
test_garbage (void)
{
  const Hello hello = { TLS13 };
  guint8 data[16], garbage[64] = { 0x17, 3, 3, 0, 59 };
  gsize n;
  Pair pair;

  connect_pair (&pair, &hello);
  sockets_send (pair.client_fd, garbage, sizeof garbage);
  g_assert_cmpint (server_read (&pair, data, sizeof data, &n), ==, SVPN_IO_FAILED);
  g_assert_cmpint (client_read (&pair, data, 1), ==, GNUTLS_E_FATAL_ALERT_RECEIVED);
  g_assert_cmpint (gnutls_alert_get (pair.client), ==, GNUTLS_A_BAD_RECORD_MAC);
  pair_clear (&pair);
}

static void
test_renegotiation (void)
{
  const Hello hello = { TLS12 };
  guint8 data[16];
  gsize n;
  Pair pair;

  connect_pair (&pair, &hello);
  g_assert_cmpint (gnutls_handshake (pair.client), ==, GNUTLS_E_AGAIN);
  g_assert_cmpint (server_read (&pair, data, sizeof data, &n), ==, SVPN_IO_FAILED);
  g_assert_cmpint (gnutls_handshake (pair.client), ==, GNUTLS_E_WARNING_ALERT_RECEIVED);
  g_assert_cmpint (gnutls_alert_get (pair.client), ==, GNUTLS_A_NO_RENEGOTIATION);
  pair_clear (&pair);
}

/* Alerts that are only warnings keep us busy for a while, and not for ever. */
static void
test_warnings (void)
{
  const Hello hello = { TLS12 };
  guint8 data[16];
  gsize n;
  Pair pair;

  connect_pair (&pair, &hello);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (gnutls_alert_send (pair.client, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED), ==, 0);
  exchange (&pair);
  for (guint i = 0; i < 3; i++)
    gnutls_alert_send (pair.client, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
  g_assert_cmpint (server_read (&pair, data, sizeof data, &n), ==, SVPN_IO_FAILED);
  pair_clear (&pair);
}

/* What a connection costs that is idle after bulk. Under sanitizers the allocator tells nothing. */
static void
test_memory (void)
{
  enum { N = 32, MAX_KB = 60 };
  const Hello hello = { TLS13, "http/1.1", "vpn.example" };
  Pair pairs[N];
  g_autofree guint8 *bulk = g_malloc0 (16384), *data = g_malloc (16384);
  gsize before, n;

  connect_pair (&pairs[0], &hello);
  pair_clear (&pairs[0]);
  for (guint i = 0; i < N; i++)
    connect_pair (&pairs[i], &hello);
  for (guint i = 0; i < N; i++) {
    client_send (&pairs[i], bulk, 16384);
    g_assert_cmpint (server_read (&pairs[i], data, 16384, &n), ==, SVPN_IO_DONE);
    svpn_tls_server_write (pairs[i].server, bulk, 16384, &n);
    g_assert_cmpint (client_read (&pairs[i], data, 16384), >, 0);
  }
  before = mallinfo2 ().uordblks;
  for (guint i = 0; i < N; i++)
    g_clear_pointer (&pairs[i].server, svpn_tls_server_free);
  g_test_message ("%zu bytes a connection", (before - mallinfo2 ().uordblks) / N);
  g_assert_cmpuint ((before - mallinfo2 ().uordblks) / N, <, MAX_KB * 1024);
  for (guint i = 0; i < N; i++) {
    gnutls_deinit (pairs[i].client);
    close (pairs[i].client_fd);
    close (pairs[i].server_fd);
  }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  gnutls_certificate_allocate_credentials (&client_credentials);
  context = make_context ();
  ADD_TABLE ("/tls/accepted/", accepted, test_accepted);
  ADD_TABLE ("/tls/refused/", refused, test_refused);
  g_test_add_data_func ("/tls/resumption/1.2", TLS12, test_resumption);
  g_test_add_data_func ("/tls/resumption/1.3", TLS13, test_resumption);
  g_test_add_func ("/tls/chain", test_chain);
  g_test_add_func ("/tls/replaced", test_replaced);
  g_test_add_data_func ("/tls/bulk/1.2", TLS12, test_bulk);
  g_test_add_data_func ("/tls/bulk/1.3", TLS13, test_bulk);
  g_test_add_func ("/tls/pieces", test_pieces);
  g_test_add_data_func ("/tls/close/1.2", TLS12, test_close);
  g_test_add_data_func ("/tls/close/1.3", TLS13, test_close);
  g_test_add_func ("/tls/cut off", test_cut_off);
  g_test_add_func ("/tls/garbage", test_garbage);
  g_test_add_func ("/tls/renegotiation", test_renegotiation);
  g_test_add_func ("/tls/warnings", test_warnings);
  g_test_add_func ("/tls/memory", test_memory);
  result = g_test_run ();
  svpn_tls_context_unref (context);
  gnutls_certificate_free_credentials (client_credentials);
  return result;
}
