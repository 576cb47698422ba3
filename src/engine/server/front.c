/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server's face to the network.
 *
 * How it works: we accept and run the TLS handshake ourselves, so that every connection is counted and has a deadline,
 * and give the stream to SoupServer. Its handler answers everything with the same 404, but for an upgrade of the
 * tunnel's path with a valid proof: that gets 101, and once it is written we take the stream away from SoupServer
 * again. */
#include "front.h"
#include "admission.h"

#include <libsoup/soup.h>
#include <sodium.h>
#include <string.h>

#define SWEEP_INTERVAL_MS 1000

struct _SvpnFront {
  const SvpnServerConfig *config;
  GTlsCertificate *certificate; /* NULL: plain HTTP */
  SvpnClock *clock;
  const SvpnFrontEvents *events;
  gpointer user_data;
  GSocketService *service;
  SoupServer *server;
  GHashTable *pending; /* remote GSocketAddress (the object) -> Pending */
  SvpnTimer *sweep_timer;
  GCancellable *cancellable; /* of TLS handshakes */
  SvpnAdmissionTable *admissions;
  SvpnFrontCounters counters;
};

/* A connection that is not a session. */
typedef struct {
  GSocketConnection *connection;
  guint64 deadline_us; /* boot time */
} Pending;

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->connection);
  g_free (pending);
}

static void
set_deadline (SvpnFront *front, Pending *pending, guint seconds)
{
  pending->deadline_us = svpn_clock_boot_us (front->clock) + seconds * G_USEC_PER_SEC;
}

static void
drop_connection (Pending *pending)
{
  GSocket *socket = g_socket_connection_get_socket (pending->connection);

  g_socket_shutdown (socket, TRUE, TRUE, NULL); /* libsoup, which may still use the stream, sees its end */
}

/* Called each second: forgets connections that others have closed, and closes those whose time is up. */
static void
on_sweep (gpointer user_data)
{
  SvpnFront *front = user_data;
  guint64 now_us = svpn_clock_boot_us (front->clock);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, front->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Pending *pending = value;
    GSocket *socket = g_socket_connection_get_socket (pending->connection);

    if (pending->deadline_us <= now_us)
      drop_connection (pending);
    if (pending->deadline_us <= now_us || g_socket_is_closed (socket))
      g_hash_table_iter_remove (&iter);
  }
  svpn_timer_arm (front->sweep_timer, SWEEP_INTERVAL_MS);
}

/* --- HTTP --- */

static void
answer_not_found (SoupServerMessage *message)
{
  static const char page[] = "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head>\n"
                             "<body><h1>Not Found</h1></body></html>\n";

  soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  soup_server_message_set_response (message, "text/html; charset=utf-8", SOUP_MEMORY_STATIC, page,
                                    sizeof page - 1);
}

/* Value of the cookie `sid`, its last occurrence; parses Cookie headers (RFC 6265, section 5.4) leniently. */
static const char *
find_proof (const char *header, size_t *size)
{
  const char *found = NULL;
  const size_t name_size = strlen (SVPN_ADMISSION_COOKIE);

  while (header != NULL && *header != '\0') {
    size_t end = strcspn (header, ";,");

    if (end > name_size && strncmp (header, SVPN_ADMISSION_COOKIE, name_size) == 0
        && header[name_size] == '=') {
      found = header + name_size + 1;
      *size = end - name_size - 1;
    }
    header += end;
    header += strspn (header, ";, \t");
  }
  return found;
}

static gboolean
has_proof (SvpnFront *front, SoupMessageHeaders *headers)
{
  size_t size = 0;
  const char *proof = find_proof (soup_message_headers_get_list (headers, "Cookie"), &size);
  guint64 now = (guint64) (svpn_clock_unix_us (front->clock) / G_USEC_PER_SEC);
  SvpnAdmissionResult result;

  if (!front->config->require_proof)
    return TRUE;
  result = proof != NULL
               ? svpn_admission_check (front->admissions, proof, size, front->config->private_key, now)
               : SVPN_ADMISSION_MALFORMED;
  if (result == SVPN_ADMISSION_REPLAYED)
    front->counters.admissions_replayed++;
  else if (result != SVPN_ADMISSION_OK)
    front->counters.admissions_refused++;
  return result == SVPN_ADMISSION_OK;
}

static gboolean
is_upgrade (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return strcmp (soup_server_message_get_method (message), SOUP_METHOD_GET) == 0
         && soup_message_headers_get_list (headers, "Sec-WebSocket-Key") != NULL
         && soup_websocket_server_check_handshake (message, NULL, NULL, NULL, NULL);
}

/* Called when the 101 has been written. */
static void
on_upgraded (SoupServerMessage *message, gpointer user_data)
{
  SvpnFront *front = user_data;
  g_autoptr (GSocketAddress) address = g_object_ref (soup_server_message_get_remote_address (message));
  g_autofree char *text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  g_auto (SvpnCarrier) carrier = { .stream = soup_server_message_steal_connection (message) };
  Pending *pending = g_hash_table_lookup (front->pending, address);

  if (pending == NULL || carrier.stream == NULL)
    return;
  carrier.socket = g_object_ref (g_socket_connection_get_socket (pending->connection));
  /* The socket is closed with its GSocketConnection, so that has to outlive the stream. */
  carrier.holder = g_object_ref (G_OBJECT (pending->connection));
  g_hash_table_remove (front->pending, address);
  front->events->upgraded (&carrier, text, front->user_data);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  SvpnFront *front = user_data;
  Pending *pending = g_hash_table_lookup (front->pending, soup_server_message_get_remote_address (message));

  if (pending != NULL)
    set_deadline (front, pending, SVPN_FRONT_IDLE_TIMEOUT_S);
  if (pending != NULL && strcmp (path, front->config->path) == 0 && is_upgrade (message)
      && has_proof (front, soup_server_message_get_request_headers (message))
      && soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL)) {
    g_signal_connect (message, "wrote-informational", G_CALLBACK (on_upgraded), front);
    return;
  }
  answer_not_found (message);
}

/* --- connections --- */

static void
serve (SvpnFront *front, GIOStream *stream, GSocketAddress *local, GSocketAddress *remote)
{
  g_autoptr (GError) error = NULL;

  if (!soup_server_accept_iostream (front->server, stream, local, remote, &error))
    g_debug ("accepting a connection: %s", error->message);
}

typedef struct {
  SvpnFront *front;
  GSocketAddress *local, *remote;
} TlsAccept;

static void
tls_accept_free (TlsAccept *accept)
{
  g_object_unref (accept->local);
  g_object_unref (accept->remote);
  g_free (accept);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsAccept, tls_accept_free)

static void
on_tls_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlsAccept) accept = user_data;
  g_autoptr (GError) error = NULL;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error))
    serve (accept->front, G_IO_STREAM (source), accept->local, accept->remote);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_debug ("TLS handshake: %s", error->message);
    g_hash_table_remove (accept->front->pending, accept->remote);
  }
}

static void
start_tls (SvpnFront *front, GSocketConnection *connection, GSocketAddress *local, GSocketAddress *remote)
{
  static const char *const protocols[] = { "http/1.1", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) tls
      = g_tls_server_connection_new (G_IO_STREAM (connection), front->certificate, &error);
  TlsAccept *accept;

  if (tls == NULL) {
    g_warning ("TLS: %s", error->message);
    return;
  }
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), (const char *const *) protocols);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  accept = g_new0 (TlsAccept, 1);
  accept->front = front;
  accept->local = g_object_ref (local);
  accept->remote = g_object_ref (remote);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, front->cancellable,
                                    on_tls_ready, accept);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  SvpnFront *front = user_data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  Pending *pending;

  if (local == NULL || remote == NULL || g_hash_table_size (front->pending) >= SVPN_FRONT_PENDING_MAX)
    return TRUE;
  pending = g_new0 (Pending, 1);
  pending->connection = g_object_ref (connection);
  set_deadline (front, pending, SVPN_FRONT_REQUEST_TIMEOUT_S);
  g_hash_table_insert (front->pending, g_object_ref (remote), pending);
  if (front->certificate != NULL)
    start_tls (front, connection, local, remote);
  else
    serve (front, G_IO_STREAM (connection), local, remote);
  return TRUE;
}

/* --- beginning and end --- */

SvpnFront *
svpn_front_new (const SvpnServerConfig *config, SvpnClock *clock, const SvpnFrontEvents *events,
                gpointer user_data)
{
  SvpnFront *front = g_new0 (SvpnFront, 1);
  uint8_t table_key[16];

  front->config = config;
  g_set_object (&front->certificate, config->certificate);
  front->clock = clock;
  front->events = events;
  front->user_data = user_data;
  randombytes_buf (table_key, sizeof table_key);
  front->admissions = svpn_admission_table_new (table_key);
  front->pending = g_hash_table_new_full (NULL, NULL, g_object_unref, (GDestroyNotify) pending_free);
  front->sweep_timer = svpn_timer_new (clock, on_sweep, front);
  svpn_timer_arm (front->sweep_timer, SWEEP_INTERVAL_MS);
  front->cancellable = g_cancellable_new ();
  front->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (front->server, NULL, on_request, front, NULL);
  front->service = g_socket_service_new ();
  g_signal_connect (front->service, "incoming", G_CALLBACK (on_incoming), front);
  g_socket_service_start (front->service);
  return front;
}

gboolean
svpn_front_listen (SvpnFront *front, int fd, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);

  return socket != NULL
         && g_socket_listener_add_socket (G_SOCKET_LISTENER (front->service), socket, NULL, error);
}

void
svpn_front_free (SvpnFront *front)
{
  GHashTableIter iter;
  gpointer value;

  g_cancellable_cancel (front->cancellable);
  g_object_unref (front->cancellable);
  g_signal_handlers_disconnect_by_data (front->service, front);
  g_socket_service_stop (front->service);
  g_socket_listener_close (G_SOCKET_LISTENER (front->service));
  g_object_unref (front->service);
  g_hash_table_iter_init (&iter, front->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    drop_connection (value);
  svpn_timer_free (front->sweep_timer);
  soup_server_disconnect (front->server);
  g_object_unref (front->server);
  g_hash_table_unref (front->pending);
  svpn_admission_table_free (front->admissions);
  g_clear_object (&front->certificate);
  g_free (front);
}

void
svpn_front_set_certificate (SvpnFront *front, GTlsCertificate *certificate)
{
  if (front->certificate != NULL)
    g_set_object (&front->certificate, certificate);
}

const SvpnFrontCounters *
svpn_front_get_counters (SvpnFront *front)
{
  return &front->counters;
}
