/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The end of sd_notify(3) that a service manager has.
 *
 * How it works: a datagram socket with an abstract address, which a worker that has become another user can reach, too.
 * Everybody on the machine could, so the kernel tells who has sent a datagram. */
#include "ready-socket.h"

#include <gio/gunixcredentialsmessage.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>

#define TEXT_MAX 256

struct _SvpnReadySocket {
  GSocket *socket;
  char *address; /* '@' and the abstract name */
  uid_t uid;
  GSource *source;
  void (*ready) (gpointer user_data);
  gpointer user_data;
};

static gboolean
is_from (GSocketControlMessage **messages, int n, uid_t uid)
{
  for (int i = 0; i < n; i++) {
    if (!G_IS_UNIX_CREDENTIALS_MESSAGE (messages[i]))
      continue;
    GCredentials *sender
        = g_unix_credentials_message_get_credentials (G_UNIX_CREDENTIALS_MESSAGE (messages[i]));
    return g_credentials_get_unix_user (sender, NULL) == uid;
  }
  return FALSE;
}

/* Whether the next datagram is the worker's and says READY=1. */
static gboolean
receive_ready (SvpnReadySocket *self)
{
  char text[TEXT_MAX + 1] = { 0 };
  GInputVector vector = { text, TEXT_MAX };
  GSocketControlMessage **messages = NULL;
  int n = 0, flags = 0;
  gboolean ready
      = g_socket_receive_message (self->socket, NULL, &vector, 1, &messages, &n, &flags, NULL, NULL) > 0
        && is_from (messages, n, self->uid) && strstr (text, "READY=1") != NULL;

  for (int i = 0; i < n; i++)
    g_object_unref (messages[i]);
  g_free (messages);
  return ready;
}

static gboolean
on_datagram (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  SvpnReadySocket *self = user_data;

  if (!receive_ready (self))
    return G_SOURCE_CONTINUE;
  self->ready (self->user_data); /* may free us */
  return G_SOURCE_REMOVE;
}

/* A socket that tells who sends. */
static GSocket *
bind_to (const char *name, GError **error)
{
  g_autoptr (GSocketAddress) address
      = g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, error);

  if (socket == NULL || !g_socket_set_option (socket, SOL_SOCKET, SO_PASSCRED, TRUE, error)
      || !g_socket_bind (socket, address, FALSE, error))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  return g_steal_pointer (&socket);
}

SvpnReadySocket *
svpn_ready_socket_new (uid_t uid, void (*ready) (gpointer user_data), gpointer user_data, GError **error)
{
  g_autofree char *unique = g_uuid_string_random ();
  g_autofree char *name = g_strconcat ("smartvpnd/", unique, NULL);
  GSocket *socket = bind_to (name, error);

  if (socket == NULL) {
    g_prefix_error (error, "Cannot make a socket for a worker's READY=1: ");
    return NULL;
  }
  SvpnReadySocket *self = g_new0 (SvpnReadySocket, 1);
  self->socket = socket;
  self->address = g_strconcat ("@", name, NULL);
  self->uid = uid;
  self->ready = ready;
  self->user_data = user_data;
  self->source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_datagram), self, NULL);
  g_source_attach (self->source, NULL);
  return self;
}

const char *
svpn_ready_socket_get_address (SvpnReadySocket *self)
{
  return self->address;
}

void
svpn_ready_socket_free (SvpnReadySocket *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_object_unref (self->socket);
  g_free (self->address);
  g_free (self);
}
