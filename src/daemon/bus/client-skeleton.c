/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Client whose writable properties are checked before they are set: the generated skeleton takes all that
 * has the right type, so this one stands before its set_property(). */
#include "client-skeleton.h"
#include "error.h"

typedef SvpnDbusClientSkeleton SvpnClientSkeleton;
typedef SvpnDbusClientSkeletonClass SvpnClientSkeletonClass;

G_DEFINE_TYPE (SvpnClientSkeleton, svpn_client_skeleton, SVPN_DBUS_TYPE_CLIENT_SKELETON)

static GDBusInterfaceSetPropertyFunc set_unchecked;
static GDBusInterfaceVTable vtable;

static gboolean
set_property (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
              const char *name, GVariant *value, GError **error, gpointer user_data)
{
  if (g_str_equal (name, "TelemetryInterval")
      && g_variant_get_uint32 (value) > SVPN_TELEMETRY_INTERVAL_MAX_S) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                 "TelemetryInterval: %u is out of range (0 to %d)", g_variant_get_uint32 (value),
                 SVPN_TELEMETRY_INTERVAL_MAX_S);
    return FALSE;
  }
  return set_unchecked (connection, sender, path, interface, name, value, error, user_data);
}

static GDBusInterfaceVTable *
get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  return &vtable;
}

static void
svpn_client_skeleton_init (SvpnClientSkeleton *self)
{
}

static void
svpn_client_skeleton_class_init (SvpnClientSkeletonClass *klass)
{
  GDBusInterfaceSkeletonClass *parent = G_DBUS_INTERFACE_SKELETON_CLASS (svpn_client_skeleton_parent_class);

  vtable = *parent->get_vtable (NULL);
  set_unchecked = vtable.set_property;
  vtable.set_property = set_property;
  G_DBUS_INTERFACE_SKELETON_CLASS (klass)->get_vtable = get_vtable;
}
