/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The client's way to an open WebSocket.
 *
 * How it works: libsoup resolves, connects, runs TLS and the upgrade. Its SoupWebsocketConnection is then only kept
 * alive: we destroy the source by which it would read, and use its stream ourselves (transport.c). A server that does
 * not accept our proof answers like any web site; if our clock may be the reason (the answer's Date is in another
 * minute), we try once more with the server's time. */
#include "upgrade.h"
#include "admission.h"
#include "error.h"
#include "pinned-address.h"
#include "trust.h"

#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>

typedef struct {
  SvpnClientConfig *config;
  SvpnClock *clock;
  SoupSession *session;
  SoupMessage *message;
  GSocket *socket;
  SvpnTrust trust;
  gboolean retried;
  gboolean via_proxy;
} Upgrade;

static void
upgrade_free (Upgrade *upgrade)
{
  g_clear_object (&upgrade->message);
  g_clear_object (&upgrade->session);
  g_clear_object (&upgrade->socket);
  svpn_client_config_unref (upgrade->config);
  svpn_trust_clear (&upgrade->trust);
  g_free (upgrade);
}

void
svpn_upgraded_free (SvpnUpgraded *upgraded)
{
  svpn_carrier_clear (&upgraded->carrier);
  g_free (upgraded->remote_address);
  g_clear_object (&upgraded->address);
  g_free (upgraded);
}

/* --- errors --- */

static char *
describe_tls_flaws (GTlsCertificateFlags flaws)
{
  static const struct {
    GTlsCertificateFlags flag;
    const char *text;
  } names[] = {
    { G_TLS_CERTIFICATE_UNKNOWN_CA, "signed by an unknown authority" },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, "issued for another name" },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, "not valid yet" },
    { G_TLS_CERTIFICATE_EXPIRED, "expired" },
    { G_TLS_CERTIFICATE_REVOKED, "revoked" },
    { G_TLS_CERTIFICATE_INSECURE, "signed with an insecure algorithm" },
  };
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (flaws & names[i].flag)
      g_ptr_array_add (parts, (gpointer) names[i].text);
  if (parts->len == 0)
    return g_strdup ("not acceptable");
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" and ", (char **) parts->pdata);
}

/* The typed error for an answer that is not an upgrade. Our server answers 404 to everybody whom it does not admit. */
static GError *
answer_error (Upgrade *upgrade, const GError *cause)
{
  const char *url = upgrade->config->server_url;
  guint status = soup_message_get_status (upgrade->message);

  if (status == SOUP_STATUS_NOT_FOUND)
    return g_error_new (
        SVPN_ERROR, SVPN_ERROR_SERVER_KEY_MISMATCH,
        "%s answered as for a page that does not exist (HTTP 404): server-public-key is not the key of "
        "this server, or the path of server-url is wrong, or there is no SmartVPN server",
        url);
  if (status == SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED)
    return g_error_new (SVPN_ERROR, SVPN_ERROR_PROXY_AUTH_REQUIRED,
                        "the HTTP proxy on the way to %s asks for credentials", url);
  if (status == SOUP_STATUS_SWITCHING_PROTOCOLS)
    return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED,
                        "%s is not a SmartVPN server: bad WebSocket answer: %s", url, cause->message);
  return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED,
                      "%s is not a SmartVPN server: it answered the WebSocket upgrade with HTTP %u %s", url,
                      status, soup_message_get_reason_phrase (upgrade->message));
}

/* The network says so; nobody has to be waited for. */
static gboolean
is_unreachable (const GError *cause)
{
  return cause->domain == G_RESOLVER_ERROR
         || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
         || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE)
         || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
}

static GError *
typed_error (Upgrade *upgrade, const GError *cause)
{
  const char *url = upgrade->config->server_url;
  GTlsCertificateFlags flaws = soup_message_get_tls_peer_certificate_errors (upgrade->message);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (cause);
  if (cause->domain == G_TLS_ERROR && flaws != 0) {
    g_autofree char *text = describe_tls_flaws (flaws);
    return g_error_new (SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "the TLS certificate of %s is %s", url, text);
  }
  if (cause->domain == G_TLS_ERROR)
    return g_error_new (SVPN_ERROR, SVPN_ERROR_TLS_FAILED, "TLS with %s failed: %s", url, cause->message);
  if (cause->domain == SOUP_WEBSOCKET_ERROR)
    return answer_error (upgrade, cause);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (SVPN_ERROR, SVPN_ERROR_TIMEOUT, "no answer from %s: %s", url, cause->message);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED)
      || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH))
    return g_error_new (SVPN_ERROR, SVPN_ERROR_PROXY_AUTH_REQUIRED, "the proxy on the way to %s: %s", url,
                        cause->message);
  return g_error_new (SVPN_ERROR, is_unreachable (cause) ? SVPN_ERROR_UNREACHABLE : SVPN_ERROR_FAILED,
                      "cannot connect to %s: %s", url, cause->message);
}

/* --- the request --- */

/* Before the connection is made, so that it counts in both directions: the peer is told in the SYN. */
static void
limit_segments (GSocket *socket, guint link_mtu)
{
  guint headers = g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6 ? 60 : 40;
  g_autoptr (GError) error = NULL;

  if (link_mtu > 0
      && !g_socket_set_option (socket, IPPROTO_TCP, TCP_MAXSEG, (int) (link_mtu - headers), &error))
    g_warning ("link-mtu: %s", error->message);
}

static void
on_network_event (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, gpointer user_data)
{
  Upgrade *upgrade = user_data;

  if (event == G_SOCKET_CLIENT_CONNECTING && G_IS_SOCKET_CONNECTION (connection))
    limit_segments (g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection)),
                    upgrade->config->link_mtu);
  if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
    upgrade->via_proxy = TRUE;
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION (connection))
    g_set_object (&upgrade->socket, g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection)));
}

static guint64
unix_time (const Upgrade *upgrade)
{
  return (guint64) (svpn_clock_unix_us (upgrade->clock) / G_USEC_PER_SEC);
}

static gboolean
set_cookie (Upgrade *upgrade, guint64 now, GError **error)
{
  char sid[SVPN_ADMISSION_SIZE + 1];
  uint8_t e_private[32];
  g_autofree char *cookie = NULL;
  gboolean made;

  randombytes_buf (e_private, sizeof e_private);
  made = svpn_admission_make (sid, e_private, upgrade->config->server_public_key, now);
  sodium_memzero (e_private, sizeof e_private);
  if (!made) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING, "server-public-key: not a usable key");
    return FALSE;
  }
  cookie = g_strconcat (SVPN_ADMISSION_COOKIE "=", sid, NULL);
  soup_message_headers_replace (soup_message_get_request_headers (upgrade->message), "Cookie", cookie);
  return TRUE;
}

static void on_answer (GObject *source, GAsyncResult *result, gpointer user_data);

static void
send_request (GTask *task, guint64 now)
{
  Upgrade *upgrade = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_object (&upgrade->message);
  upgrade->message = soup_message_new ("GET", upgrade->config->server_url);
  if (!set_cookie (upgrade, now, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  soup_message_add_flags (upgrade->message,
                          SOUP_MESSAGE_NO_REDIRECT); /* the proof is for this server alone */
  g_signal_connect (upgrade->message, "network-event", G_CALLBACK (on_network_event), upgrade);
  soup_session_websocket_connect_async (upgrade->session, upgrade->message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        g_task_get_cancellable (task), on_answer, task);
}

/* The server's Unix time if, by the Date of its answer, it is in another minute than we are; else 0. */
static guint64
server_time_if_other_minute (Upgrade *upgrade)
{
  const char *text
      = soup_message_headers_get_one (soup_message_get_response_headers (upgrade->message), "Date");
  g_autoptr (GDateTime) date = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;
  gint64 then = date != NULL ? g_date_time_to_unix (date) : 0;

  return then > 0 && (guint64) then / 60 != unix_time (upgrade) / 60 ? (guint64) then : 0;
}

/* Takes the stream away from @connection before libsoup reads from it. */
static SvpnUpgraded *
take_over (Upgrade *upgrade, SoupWebsocketConnection *connection)
{
  SvpnUpgraded *upgraded = g_new0 (SvpnUpgraded, 1);
  GMainContext *context = g_main_context_get_thread_default ();
  GSource *source = g_main_context_find_source_by_user_data (context, connection);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (upgrade->socket, NULL);

  g_assert (source != NULL);
  g_source_destroy (source);
  g_assert (g_main_context_find_source_by_user_data (context, connection) == NULL);

  g_socket_set_timeout (upgrade->socket, 0);
  upgraded->carrier.stream = g_object_ref (soup_websocket_connection_get_io_stream (connection));
  upgraded->carrier.socket = g_object_ref (upgrade->socket);
  upgraded->carrier.holder = G_OBJECT (g_object_ref (connection));
  upgraded->remote_address
      = remote != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (remote)) : NULL;
  if (!upgrade->via_proxy && G_IS_INET_SOCKET_ADDRESS (remote))
    upgraded->address = g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
  return upgraded;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Upgrade *upgrade = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) connection = NULL;

  connection = soup_session_websocket_connect_finish (upgrade->session, result, &error);
  if (connection != NULL) {
    g_task_return_pointer (task, take_over (upgrade, connection), (GDestroyNotify) svpn_upgraded_free);
    return;
  }
  if (error->domain == SOUP_WEBSOCKET_ERROR && !upgrade->retried) {
    guint64 server_time = server_time_if_other_minute (upgrade);

    upgrade->retried = TRUE;
    if (server_time != 0) {
      send_request (g_steal_pointer (&task), server_time);
      return;
    }
  }
  g_task_return_error (task, typed_error (upgrade, error));
}

/* What to connect to, NULL if @url is not a URL with a host. An address in it is not a name: it must not be in the TLS
 * hello (RFC 6066, section 3), where servers refuse it, but the certificate has to be for it. libsoup does so if it is
 * told to connect to a socket address. */
static GSocketConnectable *
find_connectable (const char *url, const SvpnPin *pin)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  gboolean is_tls = uri != NULL && g_str_equal (g_uri_get_scheme (uri), "wss");
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  int port;

  if (host == NULL || *host == '\0')
    return NULL;
  port = g_uri_get_port (uri) >= 0 ? g_uri_get_port (uri) : is_tls ? 443 : 80;
  if (g_hostname_is_ip_address (host))
    return G_SOCKET_CONNECTABLE (g_inet_socket_address_new_from_string (host, (guint) port));
  return svpn_pinned_address_new (is_tls ? "https" : "http", host, (guint16) port, pin->address, pin->first);
}

static gboolean
prepare_session (Upgrade *upgrade, const SvpnPin *pin, GError **error)
{
  const SvpnClientConfig *config = upgrade->config;
  g_autoptr (GSocketConnectable) connectable = find_connectable (config->server_url, pin);

  if (connectable == NULL) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING, "server-url: '%s' is not a URL with a host",
                 config->server_url);
    return FALSE;
  }
  upgrade->session = soup_session_new_with_options ("timeout", 0, "remote-connectable", connectable, NULL);
  soup_session_remove_feature_by_type (upgrade->session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  if (!svpn_trust_load (&upgrade->trust, config, error))
    return FALSE;
  if (upgrade->trust.database != NULL)
    soup_session_set_tls_database (upgrade->session, upgrade->trust.database);
  return TRUE;
}

void
svpn_upgrade_async (SvpnClientConfig *config, SvpnClock *clock, const SvpnPin *pin, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Upgrade *upgrade = g_new0 (Upgrade, 1);
  GError *error = NULL;

  upgrade->config = svpn_client_config_ref (config);
  upgrade->clock = clock;
  upgrade->trust = (SvpnTrust) SVPN_TRUST_INIT;
  g_task_set_task_data (task, upgrade, (GDestroyNotify) upgrade_free);
  if (prepare_session (upgrade, pin, &error))
    send_request (g_steal_pointer (&task), unix_time (upgrade));
  else
    g_task_return_error (task, error);
}

SvpnUpgraded *
svpn_upgrade_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
