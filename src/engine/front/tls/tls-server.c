/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's side of one TLS connection. */
#include "tls-server.h"

#define WARNINGS_MAX                                                                                         \
  4 /* alerts of a client that go unanswered; each costs it seven bytes and us a turn of a loop */

struct _SvpnTlsServer {
  SvpnTlsContext *context;
  gnutls_session_t session;
  gboolean write_pending; /* an encrypted record that the socket has not taken */
  guint8 n_warnings;
};

SvpnTlsServer *
svpn_tls_server_new (SvpnTlsContext *context, int fd, gint64 monotonic_us)
{
  SvpnTlsServer *tls = g_try_new0 (SvpnTlsServer, 1);
  gnutls_session_t session = tls != NULL ? svpn_tls_context_new_session (context, monotonic_us) : NULL;

  if (session == NULL) {
    g_free (tls);
    return NULL;
  }
  gnutls_transport_set_int (session, fd);
  gnutls_handshake_set_max_packet_length (session, SVPN_TLS_RECORD_SIZE);
  tls->session = session;
  tls->context = svpn_tls_context_ref (context);
  return tls;
}

void
svpn_tls_server_free (SvpnTlsServer *tls)
{
  gnutls_deinit (tls->session);
  svpn_tls_context_unref (tls->context);
  g_free (tls);
}

/* Whether to call GnuTLS once more at once. */
static gboolean
is_tolerable (SvpnTlsServer *tls, int result)
{
  if (result == GNUTLS_E_INTERRUPTED)
    return TRUE;
  return result == GNUTLS_E_WARNING_ALERT_RECEIVED && ++tls->n_warnings <= WARNINGS_MAX;
}

/* What GnuTLS waits for; or it has failed, and the peer is told why. */
static SvpnIo
translate (SvpnTlsServer *tls, int result)
{
  switch (result) {
  case GNUTLS_E_AGAIN:
    return gnutls_record_get_direction (tls->session) ? SVPN_IO_WANT_WRITE : SVPN_IO_WANT_READ;
  case GNUTLS_E_PREMATURE_TERMINATION:
    return SVPN_IO_CLOSED;
  default:
    gnutls_alert_send_appropriate (tls->session, result);
    return SVPN_IO_FAILED;
  }
}

SvpnIo
svpn_tls_server_handshake (SvpnTlsServer *tls)
{
  int result;

  do
    result = gnutls_handshake (tls->session);
  while (is_tolerable (tls, result));
  return result >= 0 ? SVPN_IO_DONE : translate (tls, result);
}

SvpnIo
svpn_tls_server_read (SvpnTlsServer *tls, void *data, gsize size, gsize *n)
{
  for (;;) {
    ssize_t result = gnutls_record_recv (tls->session, data, size);

    if (result > 0) {
      *n = (gsize) result;
      return SVPN_IO_DONE;
    }
    if (result == 0)
      return SVPN_IO_CLOSED;
    if (result == GNUTLS_E_REHANDSHAKE) {
      gnutls_alert_send (tls->session, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
      return SVPN_IO_FAILED;
    }
    if (!is_tolerable (tls, (int) result))
      return translate (tls, (int) result);
  }
}

gboolean
svpn_tls_server_has_pending (SvpnTlsServer *tls)
{
  return gnutls_record_check_pending (tls->session) > 0;
}

/* One record, or with @size 0 the one that waits. */
static SvpnIo
write_record (SvpnTlsServer *tls, const void *data, gsize size)
{
  ssize_t result;

  do
    result = gnutls_record_send (tls->session, data, size);
  while (result == GNUTLS_E_INTERRUPTED);
  tls->write_pending = result == GNUTLS_E_AGAIN;
  if (result >= 0)
    return SVPN_IO_DONE;
  return result == GNUTLS_E_AGAIN ? SVPN_IO_WANT_WRITE : SVPN_IO_FAILED;
}

SvpnIo
svpn_tls_server_write (SvpnTlsServer *tls, const void *data, gsize size, gsize *n)
{
  SvpnIo io = tls->write_pending ? write_record (tls, NULL, 0) : SVPN_IO_DONE;

  *n = 0;
  while (io == SVPN_IO_DONE && *n < size) {
    gsize record = MIN (size - *n, SVPN_TLS_RECORD_SIZE);

    io = write_record (tls, (const char *) data + *n, record);
    if (io != SVPN_IO_FAILED)
      *n += record;
  }
  return io;
}

SvpnIo
svpn_tls_server_close (SvpnTlsServer *tls)
{
  SvpnIo io = tls->write_pending ? write_record (tls, NULL, 0) : SVPN_IO_DONE;
  int result;

  if (io != SVPN_IO_DONE)
    return io;
  do
    result = gnutls_bye (tls->session, GNUTLS_SHUT_WR);
  while (result == GNUTLS_E_INTERRUPTED);
  return result >= 0 ? SVPN_IO_DONE : result == GNUTLS_E_AGAIN ? SVPN_IO_WANT_WRITE : SVPN_IO_FAILED;
}

gboolean
svpn_tls_server_is_resumed (SvpnTlsServer *tls)
{
  return gnutls_session_is_resumed (tls->session);
}

char *
svpn_tls_server_dup_host_name (SvpnTlsServer *tls)
{
  char name[256];
  size_t size = sizeof name;
  unsigned int type;

  if (gnutls_server_name_get (tls->session, name, &size, &type, 0) < 0 || type != GNUTLS_NAME_DNS)
    return NULL;
  return g_strndup (name, size);
}

char *
svpn_tls_server_dup_protocol (SvpnTlsServer *tls)
{
  gnutls_datum_t protocol;

  if (gnutls_alpn_get_selected_protocol (tls->session, &protocol) < 0)
    return NULL;
  return g_strndup ((char *) protocol.data, protocol.size);
}
