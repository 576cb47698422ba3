/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * org.smartvpn.Client whose writable property is checked before it is set.
 *
 * How it works: without a set_property(), GDBus hands Set() of org.freedesktop.DBus.Properties to method_call(), once it has
 * checked that the property is writable and of the right type. So Set() is a method like others; and, which a
 * set_property() would not be, it is not called any more when the object has been removed in the meantime. */
#include "client-skeleton.h"
#include "error.h"

#define SVPN_TYPE_CLIENT_SKELETON (svpn_client_skeleton_get_type ())
G_DECLARE_FINAL_TYPE (SvpnClientSkeleton, svpn_client_skeleton, SVPN, CLIENT_SKELETON, SvpnDbusClientSkeleton)

struct _SvpnClientSkeleton {
  SvpnDbusClientSkeleton parent_instance;
};

G_DEFINE_FINAL_TYPE (SvpnClientSkeleton, svpn_client_skeleton, SVPN_DBUS_TYPE_CLIENT_SKELETON)

static GDBusInterfaceMethodCallFunc call_of_parent;
static GDBusInterfaceVTable vtable;

/* TelemetryInterval is the only property that is writable. */
static void
set_property (SvpnDbusClient *self, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) value = NULL;

  g_variant_get (parameters, "(&s&sv)", NULL, NULL, &value);
  guint32 interval_s = g_variant_get_uint32 (value);
  if (interval_s > SVPN_TELEMETRY_INTERVAL_MAX_S) {
    g_dbus_method_invocation_return_error (invocation, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                                           "TelemetryInterval: %u is out of range (0 to %d)", interval_s,
                                           SVPN_TELEMETRY_INTERVAL_MAX_S);
    return;
  }
  svpn_dbus_client_set_telemetry_interval (self, interval_s);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
method_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
             const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  if (g_dbus_method_invocation_get_property_info (invocation) != NULL)
    set_property (SVPN_DBUS_CLIENT (user_data), parameters, invocation);
  else
    call_of_parent (connection, sender, path, interface, method, parameters, invocation, user_data);
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
  call_of_parent = vtable.method_call;
  vtable.method_call = method_call;
  vtable.set_property = NULL;
  G_DBUS_INTERFACE_SKELETON_CLASS (klass)->get_vtable = get_vtable;
}

SvpnDbusClient *
svpn_client_skeleton_new (void)
{
  return g_object_new (SVPN_TYPE_CLIENT_SKELETON, NULL);
}
