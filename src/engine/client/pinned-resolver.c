/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A resolver that remembers where the server was. */
#include "pinned-resolver.h"

#define SVPN_TYPE_PINNED_RESOLVER (svpn_pinned_resolver_get_type ())
G_DECLARE_FINAL_TYPE (SvpnPinnedResolver, svpn_pinned_resolver, SVPN, PINNED_RESOLVER, GResolver)

struct _SvpnPinnedResolver {
  GResolver parent_instance;
  GResolver *real;
  char *host;
  GInetAddress *address;
  gboolean prefer;
};

G_DEFINE_FINAL_TYPE (SvpnPinnedResolver, svpn_pinned_resolver, G_TYPE_RESOLVER)

static SvpnPinnedResolver *installed;

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

/* The pinned address as a list, NULL if @host has none that @flags allow. */
static GList *
pinned (SvpnPinnedResolver *self, const char *host, GResolverNameLookupFlags flags)
{
  GSocketFamily family;

  if (self->address == NULL || g_ascii_strcasecmp (host, self->host) != 0)
    return NULL;
  family = g_inet_address_get_family (self->address);
  if ((flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY && family != G_SOCKET_FAMILY_IPV4)
      || (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY && family != G_SOCKET_FAMILY_IPV6))
    return NULL;
  return g_list_append (NULL, g_object_ref (self->address));
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SvpnPinnedResolver *self = g_task_get_source_object (task);
  GError *error = NULL;
  GList *addresses = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);

  if (addresses == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    addresses = pinned (self, g_object_get_data (G_OBJECT (task), "host"),
                        GPOINTER_TO_UINT (g_task_get_task_data (task)));
    if (addresses != NULL)
      g_clear_error (&error);
  }
  if (addresses != NULL)
    g_task_return_pointer (task, addresses, free_addresses);
  else
    g_task_return_error (task, error);
}

static void
lookup_with_flags_async (GResolver *resolver, const char *host, GResolverNameLookupFlags flags,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  SvpnPinnedResolver *self = SVPN_PINNED_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GList *addresses = self->prefer ? pinned (self, host, flags) : NULL;

  if (addresses != NULL) {
    g_task_return_pointer (task, addresses, free_addresses);
    return;
  }
  g_task_set_task_data (task, GUINT_TO_POINTER (flags), NULL);
  g_object_set_data_full (G_OBJECT (task), "host", g_strdup (host), g_free);
  g_resolver_lookup_by_name_with_flags_async (self->real, host, flags, cancellable, on_looked_up,
                                              g_steal_pointer (&task));
}

static void
lookup_async (GResolver *resolver, const char *host, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer user_data)
{
  lookup_with_flags_async (resolver, host, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback,
                           user_data);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
svpn_pinned_resolver_finalize (GObject *object)
{
  SvpnPinnedResolver *self = SVPN_PINNED_RESOLVER (object);

  g_clear_object (&self->real);
  g_clear_object (&self->address);
  g_free (self->host);
  G_OBJECT_CLASS (svpn_pinned_resolver_parent_class)->finalize (object);
}

static void
svpn_pinned_resolver_init (SvpnPinnedResolver *self)
{
}

static void
svpn_pinned_resolver_class_init (SvpnPinnedResolverClass *klass)
{
  GResolverClass *resolver = G_RESOLVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = svpn_pinned_resolver_finalize;
  resolver->lookup_by_name_async = lookup_async;
  resolver->lookup_by_name_finish = lookup_finish;
  resolver->lookup_by_name_with_flags_async = lookup_with_flags_async;
  resolver->lookup_by_name_with_flags_finish = lookup_finish;
}

void
svpn_pinned_resolver_install (void)
{
  if (installed != NULL)
    return;
  installed = g_object_new (SVPN_TYPE_PINNED_RESOLVER, NULL);
  installed->real = g_resolver_get_default ();
  g_resolver_set_default (G_RESOLVER (installed));
}

void
svpn_pinned_resolver_pin (const char *host, GInetAddress *address)
{
  g_return_if_fail (installed != NULL);
  g_free (installed->host);
  installed->host = g_strdup (host);
  g_clear_object (&installed->address);
  if (host != NULL)
    installed->address = g_object_ref (address);
}

void
svpn_pinned_resolver_prefer (gboolean pinned_first)
{
  g_return_if_fail (installed != NULL);
  installed->prefer = pinned_first;
}
