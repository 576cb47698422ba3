/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A tunnel over TLS: which certificates a client takes, and which a server shows. */
#include "certificates.h"
#include "client-scene.h"
#include "error.h"
#include "host.h"
#include "relay.h"
#include "loopback.h"
#include "scene.h"
#include "stranger.h"
#include "table.h"

#include <gnutls/x509.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOUR_S 3600
#define FAR "192.0.2.1"

/* Stands before GnuTLS's function, which reads all certificates of the system: counts, and knows one that signs nothing. */
static guint n_system_reads;

__attribute__ ((visibility ("default"))) int
gnutls_x509_trust_list_add_system_trust (gnutls_x509_trust_list_t list, unsigned int flags,
                                         unsigned int verify_flags)
{
  n_system_reads++;
  return 1;
}

static Scene *
scene_with (TestCertificate *certificate)
{
  SvpnServerConfig *config = scene_config ();

  config->tls = svpn_tls_context_ref (certificate->tls);
  return scene_new (config);
}

static ClientScene *
travel (Scene *scene, guint16 port, const char *ca_pem, gboolean verify)
{
  SvpnClientConfig *config = client_config (TRUE, port, SCENE_PATH, scene->public_key);

  config->tls_ca_pem = g_strdup (ca_pem);
  config->tls_verify = verify;
  return client_scene_new (config, 0);
}

/* --- verification --- */

static const struct {
  const char *name, *subject;
  gint64 from_s, to_s;
  gboolean is_trusted, verify;
  const char *flaw; /* NULL: it is taken */
} certificates[] = {
  { "trusted", "127.0.0.1", -HOUR_S, HOUR_S, TRUE, TRUE, NULL },
  { "unknown", "127.0.0.1", -HOUR_S, HOUR_S, FALSE, TRUE, "signed by an unknown authority" },
  { "other-name", "vpn.example.org", -HOUR_S, HOUR_S, TRUE, TRUE, "issued for another name" },
  { "other-address", "127.0.0.2", -HOUR_S, HOUR_S, TRUE, TRUE, "issued for another name" },
  { "expired", "127.0.0.1", -2 * HOUR_S, -HOUR_S, TRUE, TRUE, "expired" },
  { "not-yet", "127.0.0.1", HOUR_S, 2 * HOUR_S, TRUE, TRUE, "not valid yet" },
  { "unknown-and-other", "127.0.0.2", -HOUR_S, HOUR_S, FALSE, TRUE,
    "signed by an unknown authority and issued for another name" },
  { "unverified", "127.0.0.2", -2 * HOUR_S, -HOUR_S, FALSE, FALSE, NULL },
};

/* With tls-ca-file: that authority and no other. Without verification the key of the server is what counts. */
static void
test_verify (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (TestCertificate) shown
      = certificate_new (certificates[i].subject, certificates[i].from_s, certificates[i].to_s);
  g_autoptr (TestCertificate) other = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (Scene) scene = scene_with (shown);
  g_autoptr (ClientScene) client = travel (
      scene, scene->port, certificates[i].is_trusted ? shown->pem : other->pem, certificates[i].verify);
  g_autofree char *message = NULL;

  n_system_reads = 0;
  client_expect (client, certificates[i].flaw == NULL ? "connected 10.8.0.2" : "failed: ");
  g_assert_cmpuint (n_system_reads, ==, 0);
  if (certificates[i].flaw == NULL)
    return;
  message = g_strdup_printf ("the TLS certificate of wss://127.0.0.1:%u%s is %s", scene->port, SCENE_PATH,
                             certificates[i].flaw);
  g_assert_cmpstr (client->failure->message, ==, message);
  g_assert_error (client->failure, SVPN_ERROR, SVPN_ERROR_TLS_FAILED);
  g_assert_cmpuint (scene->connected->len, ==, 0);
}

/* Without tls-ca-file the system's authorities count, which do not know ours, also behind clients that have one. */
static void
test_system (void)
{
  g_autoptr (TestCertificate) certificate = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (Scene) scene = scene_with (certificate);
  g_autoptr (ClientScene) client = travel (scene, scene->port, NULL, TRUE);

  n_system_reads = 0;
  g_assert_nonnull (strstr (client_expect (client, "failed: "), " is signed by an unknown authority"));
  g_assert_cmpuint (n_system_reads, >, 0);
}

/* Without TLS nothing is verified, and nothing is read. */
static void
test_plain (void)
{
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (ClientScene) client
      = client_scene_new (client_config (FALSE, scene->port, SCENE_PATH, scene->public_key), 0);

  n_system_reads = 0;
  client_expect (client, "connected 10.8.0.2");
  g_assert_cmpuint (n_system_reads, ==, 0);
}

static void
test_bad_ca (void)
{
  g_autoptr (TestCertificate) certificate = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (Scene) scene = scene_with (certificate);
  g_autoptr (ClientScene) client = travel (scene, scene->port, "no certificates", TRUE);

  client_expect (client, "failed: tls-ca-file or tls-ca-pem: no usable certificates: ");
  g_assert_error (client->failure, SVPN_ERROR, SVPN_ERROR_TLS_FAILED);
}

/* A server that does not speak TLS. */
static void
test_no_tls (void)
{
  g_autoptr (Host) host = host_new ();
  g_autoptr (ClientScene) client
      = client_scene_new (client_config (TRUE, host->port, "/", host->public_key), 0);
  int fd;

  WAIT_FOR ((fd = accept (host->fd, NULL, NULL)) >= 0);
  host_answer (fd, "HTTP/1.1 400 Bad Request\r\n\r\n", TRUE);
  client_expect (client, "failed: TLS with wss://127.0.0.1:");
  g_assert_error (client->failure, SVPN_ERROR, SVPN_ERROR_TLS_FAILED);
}

/* --- traffic --- */

/* Packets of all sizes each way, over a line that is cut once. */
static void
test_traffic (void)
{
  g_autoptr (TestCertificate) certificate = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (Scene) scene = scene_with (certificate);
  g_autoptr (Relay) relay = relay_new (scene->port, scene->clock);
  g_autoptr (ClientScene) client = travel (scene, relay_port (relay), certificate->pem, TRUE);

  client_expect (client, "connected 10.8.0.2");
  client_attach (client);
  for (int round = 0; round < 2; round++) {
    virtual_time_pass_ms (0);
    for (gsize size = 20; size < 1420; size += 50) {
      g_autofree guint8 *up = packet_new ("10.8.0.2", FAR, size, 1),
                        *down = packet_new (FAR, "10.8.0.2", size, 2);
      g_autofree guint8 *got_up = NULL, *got_down = NULL;
      gsize got;

      client_write_tun (client, up, size);
      scene_write_tun (scene, down, size);
      got_up = scene_read_tun (scene, &got);
      g_assert_cmpmem (got_up, got, up, size);
      got_down = client_read_tun (client, &got);
      g_assert_cmpmem (got_down, got, down, size);
    }
    if (round > 0)
      break;
    relay_cut (relay);
    client_expect (client, "reconnecting: ");
    virtual_time_pass_ms (300);
    client_expect (client, "reconnected 10.8.0.2");
  }
}

/* A bit flipped inside of TLS is TLS's to notice. */
static void
test_corrupt (void)
{
  g_autoptr (TestCertificate) certificate = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (Scene) scene = scene_with (certificate);
  g_autoptr (Relay) relay = relay_new (scene->port, scene->clock);
  g_autoptr (ClientScene) client = travel (scene, relay_port (relay), certificate->pem, TRUE);
  g_autofree guint8 *packet = packet_new ("10.8.0.2", FAR, 500, 1);

  client_expect (client, "connected 10.8.0.2");
  client_attach (client);
  virtual_time_pass_ms (0);
  WAIT_FOR (scene_count (scene, "frames-received") >= 1);
  relay_corrupt (relay, UPWARDS, 100);
  client_write_tun (client, packet, 500);
  client_expect (client, "reconnecting: ");
  g_assert_true (scene_tun_is_empty (scene));
  WAIT_FOR (scene->disconnected->len == 1);
  g_assert_cmpuint (scene_count (scene, "protocol-errors"), ==, 0);
}

/* --- the server's side --- */

/* The certificate that a stranger is shown, as PEM. */
static void
on_handshake (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static gboolean
accept_any (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flaws, gpointer user_data)
{
  return TRUE;
}

static GIOStream *
connect_tls (Scene *scene, char **pem)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (scene_connect (scene), NULL);
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  GIOStream *tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, NULL);
  gboolean done = FALSE;

  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, NULL, on_handshake, &done);
  WAIT_FOR (done);
  g_object_get (g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (tls)), "certificate-pem", pem, NULL);
  return tls;
}

/* A new certificate is for connections from then on; sessions go on. */
static void
test_set_certificate (void)
{
  g_autoptr (TestCertificate) before = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (TestCertificate) after = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (Scene) scene = scene_with (before);
  g_autoptr (ClientScene) client = travel (scene, scene->port, before->pem, TRUE);
  g_autoptr (GIOStream) first = NULL, second = NULL;
  g_autofree char *first_pem = NULL, *second_pem = NULL;

  client_expect (client, "connected ");
  first = connect_tls (scene, &first_pem);
  g_assert_cmpstr (first_pem, ==, before->pem);
  svpn_server_set_tls (scene->server, after->tls);
  second = connect_tls (scene, &second_pem);
  g_assert_cmpstr (second_pem, ==, after->pem);
  g_assert_cmpuint (scene->disconnected->len, ==, 0);
}

/* A server of plain ws does not begin to speak TLS. */
static void
test_stays_plain (void)
{
  g_autoptr (TestCertificate) certificate = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (Scene) scene = scene_new (scene_config ());
  g_autoptr (Guest) guest = NULL;

  svpn_server_set_tls (scene->server, certificate->tls);
  guest = guest_new (scene, NULL);
}

/* Who does not speak TLS, or says nothing, is let go. */
static void
test_strangers (void)
{
  g_autoptr (TestCertificate) certificate = certificate_new ("127.0.0.1", -HOUR_S, HOUR_S);
  g_autoptr (Scene) scene = scene_with (certificate);
  int plain = scene_connect (scene), silent = scene_connect (scene);

  g_assert_cmpint (send (plain, "GET / HTTP/1.1\r\n\r\n", 18, 0), ==, 18);
  WAIT_FOR (loopback_is_closed (plain));
  g_assert_false (loopback_is_closed (silent));
  virtual_time_pass_ms (SVPN_STRANGER_HEAD_TIMEOUT_S * 1000);
  WAIT_FOR (loopback_is_closed (silent));
  close (plain);
  close (silent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  ADD_TABLE ("/tls/verify/", certificates, test_verify);
  g_test_add_func ("/tls/system", test_system);
  g_test_add_func ("/tls/plain", test_plain);
  g_test_add_func ("/tls/bad-ca", test_bad_ca);
  g_test_add_func ("/tls/no-tls", test_no_tls);
  g_test_add_func ("/tls/traffic", test_traffic);
  g_test_add_func ("/tls/corrupt", test_corrupt);
  g_test_add_func ("/tls/set-certificate", test_set_certificate);
  g_test_add_func ("/tls/stays-plain", test_stays_plain);
  g_test_add_func ("/tls/strangers", test_strangers);
  return g_test_run ();
}
