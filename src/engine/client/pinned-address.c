/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The address of a server that was reached before.
 *
 * How it works: it is a GNetworkAddress, so TLS compares its name with the certificate's and GIO chooses proxies for it as
 * for any other; but it enumerates its addresses through an enumerator of ours. */
#include "pinned-address.h"

#define SVPN_TYPE_PINNED_ENUMERATOR (svpn_pinned_enumerator_get_type ())
G_DECLARE_FINAL_TYPE (SvpnPinnedEnumerator, svpn_pinned_enumerator, SVPN, PINNED_ENUMERATOR,
                      GSocketAddressEnumerator)

#define SVPN_TYPE_PINNED_ADDRESS (svpn_pinned_address_get_type ())
G_DECLARE_FINAL_TYPE (SvpnPinnedAddress, svpn_pinned_address, SVPN, PINNED_ADDRESS, GNetworkAddress)

/* --- the enumerator --- */

struct _SvpnPinnedEnumerator {
  GSocketAddressEnumerator parent_instance;
  GSocketAddressEnumerator *lookup; /* of the name; NULL: none, or no longer */
  GSocketAddress *pinned;           /* NULL: none, or given out */
};

G_DEFINE_FINAL_TYPE (SvpnPinnedEnumerator, svpn_pinned_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

/* The name's lookup has an answer: the next address, NULL behind the last, or an error. */
static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SvpnPinnedEnumerator *self = g_task_get_source_object (task);
  GError *error = NULL;
  GSocketAddress *address
      = g_socket_address_enumerator_next_finish (G_SOCKET_ADDRESS_ENUMERATOR (source), result, &error);

  if (error != NULL && self->pinned != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_clear_error (&error);
    g_clear_object (&self->lookup);
    address = g_steal_pointer (&self->pinned);
  }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, address, g_object_unref);
}

static void
next_async (GSocketAddressEnumerator *enumerator, GCancellable *cancellable, GAsyncReadyCallback callback,
            gpointer user_data)
{
  SvpnPinnedEnumerator *self = SVPN_PINNED_ENUMERATOR (enumerator);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  if (self->lookup != NULL)
    g_socket_address_enumerator_next_async (self->lookup, cancellable, on_looked_up, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_steal_pointer (&self->pinned), g_object_unref);
}

static GSocketAddress *
next_finish (GSocketAddressEnumerator *enumerator, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
svpn_pinned_enumerator_finalize (GObject *object)
{
  SvpnPinnedEnumerator *self = SVPN_PINNED_ENUMERATOR (object);

  g_clear_object (&self->lookup);
  g_clear_object (&self->pinned);
  G_OBJECT_CLASS (svpn_pinned_enumerator_parent_class)->finalize (object);
}

static void
svpn_pinned_enumerator_init (SvpnPinnedEnumerator *self)
{
}

static void
svpn_pinned_enumerator_class_init (SvpnPinnedEnumeratorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = svpn_pinned_enumerator_finalize;
  G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass)->next_async = next_async;
  G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass)->next_finish = next_finish;
}

/* --- the address --- */

struct _SvpnPinnedAddress {
  GNetworkAddress parent_instance;
  GSocketAddress *pinned; /* NULL: none */
  gboolean prefer_pinned;
};

static GSocketConnectableIface *network_address_iface;

static GSocketAddressEnumerator *
enumerate (GSocketConnectable *connectable)
{
  SvpnPinnedAddress *self = SVPN_PINNED_ADDRESS (connectable);
  SvpnPinnedEnumerator *enumerator = g_object_new (SVPN_TYPE_PINNED_ENUMERATOR, NULL);

  g_set_object (&enumerator->pinned, self->pinned);
  if (self->pinned == NULL || !self->prefer_pinned)
    enumerator->lookup = network_address_iface->enumerate (connectable);
  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

static void
connectable_iface_init (GSocketConnectableIface *iface)
{
  network_address_iface = g_type_interface_peek_parent (iface);
  iface->enumerate = enumerate;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SvpnPinnedAddress, svpn_pinned_address, G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, connectable_iface_init))

static void
svpn_pinned_address_finalize (GObject *object)
{
  g_clear_object (&SVPN_PINNED_ADDRESS (object)->pinned);
  G_OBJECT_CLASS (svpn_pinned_address_parent_class)->finalize (object);
}

static void
svpn_pinned_address_init (SvpnPinnedAddress *self)
{
}

static void
svpn_pinned_address_class_init (SvpnPinnedAddressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = svpn_pinned_address_finalize;
}

GSocketConnectable *
svpn_pinned_address_new (const char *scheme, const char *host, guint16 port, GInetAddress *pinned,
                         gboolean prefer_pinned)
{
  SvpnPinnedAddress *self = g_object_new (SVPN_TYPE_PINNED_ADDRESS, "scheme", scheme, "hostname", host,
                                          "port", (guint) port, NULL);

  self->pinned = pinned != NULL ? g_inet_socket_address_new (pinned, port) : NULL;
  self->prefer_pinned = prefer_pinned;
  return G_SOCKET_CONNECTABLE (self);
}
