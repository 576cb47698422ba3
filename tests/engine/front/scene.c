/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A front with clients that a test plays. */
#include "scene.h"
#include "pki.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint8_t server_private[32] = { [1] = 1 };
static SvpnTlsContext *tls;
static gnutls_certificate_credentials_t client_credentials;

static SvpnTlsContext *
make_context (void)
{
  g_autoptr (PkiIdentity) identity = pki_identity_new ("vpn.example", NULL);
  g_autofree char *certificate = pki_certificate_pem (identity), *key = pki_key_pem (identity, NULL),
                  *warning = NULL;

  return svpn_tls_context_new (certificate, key, &warning, NULL);
}

/* Made for the first scene. */
static void
share (void)
{
  if (tls != NULL)
    return;
  g_assert_cmpint (sodium_init (), >=, 0);
  gnutls_certificate_allocate_credentials (&client_credentials);
  tls = make_context ();
}

static void
set_up (Scene *scene, gconstpointer data)
{
  static const uint8_t table_key[16] = { 3 };
  const SceneKind *kind = data;

  share ();
  scene->gate = (SvpnGate){ .path = PATH,
                            .private_key = server_private,
                            .require_proof = true,
                            .admissions = svpn_admission_table_new (table_key) };
  scene->origin_listener = sockets_listen (&scene->origin.origin.port);
  svpn_address_parse ("127.0.0.1", &scene->origin.origin.address);
  svpn_prefix_parse ("127.0.0.0/8", &scene->trusted);
  scene->config = (SvpnStrangerConfig){ .tls = kind->tls ? tls : NULL,
                                        .gate = &scene->gate,
                                        .site = svpn_site_new_page (1767225600),
                                        .origin = kind->origin ? &scene->origin : NULL,
                                        .trusted = &scene->trusted,
                                        .n_trusted = kind->trusted ? 1 : 0 };
  scene->listener = sockets_listen (&scene->port);
  scene->loop = loop_new (&scene->config, scene->listener);
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  loop_free (scene->loop);
  close (scene->listener);
  close (scene->origin_listener);
  svpn_site_free (scene->config.site);
  svpn_admission_table_free (scene->gate.admissions);
}

/* Takes what has come at @fd; FALSE at its end, which may be a reset. */
gboolean
scene_take (int fd, GString *text)
{
  char piece[4096];
  ssize_t n = recv (fd, piece, sizeof piece, MSG_DONTWAIT);

  if (n > 0)
    g_string_append_len (text, piece, n);
  return n > 0 || (n < 0 && errno == EAGAIN);
}

gboolean
scene_has (int fd, GString *text, const char *expected)
{
  scene_take (fd, text);
  return g_strstr_len (text->str, (gssize) text->len, expected) != NULL;
}

/* All that comes at @fd up to its end. */
GString *
scene_read_all (Scene *scene, int fd)
{
  GString *text = g_string_new (NULL);

  RUN_UNTIL (scene, !scene_take (fd, text));
  return text;
}

int
scene_connect (Scene *scene)
{
  guint before = loop_n_strangers (scene->loop);
  int fd = sockets_connect (scene->port);

  RUN_UNTIL (scene, loop_n_strangers (scene->loop) > before);
  return fd;
}

gnutls_session_t
scene_tls_new (int fd)
{
  gnutls_session_t session;

  gnutls_init (&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
  gnutls_set_default_priority (session);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, client_credentials);
  gnutls_transport_set_int (session, fd);
  return session;
}

gnutls_session_t
scene_tls_connect (Scene *scene, int fd)
{
  gnutls_session_t session = scene_tls_new (fd);

  RUN_UNTIL (scene, gnutls_handshake (session) == 0);
  return session;
}

/* Takes what has come; FALSE at the end. */
gboolean
scene_tls_take (gnutls_session_t session, GString *text)
{
  char piece[4096];
  ssize_t n = gnutls_record_recv (session, piece, sizeof piece);

  if (n > 0)
    g_string_append_len (text, piece, n);
  return n > 0 || n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED;
}

gboolean
scene_tls_has (gnutls_session_t session, GString *text, const char *expected)
{
  scene_tls_take (session, text);
  return strstr (text->str, expected) != NULL;
}

void
scene_tls_send (gnutls_session_t session, const char *text)
{
  g_assert_cmpint (gnutls_record_send (session, text, strlen (text)), ==, (int) strlen (text));
}

char *
scene_upgrade_request (const char *headers, guint8 number)
{
  const uint8_t e_private[32] = { [1] = number };
  uint8_t server_public[32];
  char proof[SVPN_ADMISSION_SIZE + 1];

  crypto_scalarmult_base (server_public, server_private);
  g_assert_true (
      svpn_admission_make (proof, e_private, server_public, (guint64) g_get_real_time () / G_USEC_PER_SEC));
  return g_strdup_printf ("GET " PATH " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s"
                          "Cookie: sid=%s\r\n\r\nfirst frame",
                          headers, proof);
}

void
scene_add_test (const char *path, const SceneKind *kind, void (*function) (Scene *, gconstpointer))
{
  g_test_add (path, Scene, kind, set_up, function, tear_down);
}

int
scene_run_tests (void)
{
  int result = g_test_run ();

  g_clear_pointer (&tls, svpn_tls_context_unref);
  g_clear_pointer (&client_credentials, gnutls_certificate_free_credentials);
  return result;
}
