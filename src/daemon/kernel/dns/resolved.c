/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The DNS servers of a tunnel, set through systemd-resolved. */
#include "resolved.h"

#include "address.h"

#define RESOLVED_PATH "/org/freedesktop/resolve1"
#define RESOLVED_INTERFACE "org.freedesktop.resolve1.Manager"

/* systemd-resolved is absent, or the link is gone, and its settings with it. */
static gboolean
is_expected (GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_strcmp0 (name, "org.freedesktop.resolve1.NoSuchLink") == 0;
}

/* Called when systemd-resolved has answered, or the bus in its place. @data: name of the method, static. */
static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  const char *method = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply)
    return;
  gboolean expected = is_expected (error);
  g_dbus_error_strip_remote_error (error);
  if (expected)
    g_debug ("systemd-resolved, %s: %s", method, error->message);
  else
    g_warning ("systemd-resolved refuses %s: %s", method, error->message);
}

static void
call_resolved (GDBusConnection *bus, const char *method, GVariant *parameters)
{
  g_dbus_connection_call (bus, SVPN_RESOLVED_NAME, RESOLVED_PATH, RESOLVED_INTERFACE, method, parameters,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, on_answer, (gpointer) method);
}

static void
add_server (GVariantBuilder *servers, const char *text)
{
  SvpnPrefix address;

  if (!svpn_address_parse (text, &address)) {
    g_warning ("DNS server '%s' is left out: it is not an IP address", text);
    return;
  }
  g_variant_builder_add (
      servers, "(i@ay)", address.family,
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, address.bytes, address.family == AF_INET6 ? 16 : 4, 1));
}

void
svpn_resolved_set_link (GDBusConnection *bus, guint ifindex, const char *const *dns,
                        const char *const *domains_only, gboolean everything)
{
  gboolean split = *domains_only != NULL;
  GVariantBuilder servers = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(iay)"));
  GVariantBuilder domains = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sb)"));

  for (; *dns; dns++)
    add_server (&servers, *dns);
  for (; *domains_only; domains_only++)
    g_variant_builder_add (&domains, "(sb)", *domains_only, TRUE);
  if (everything && !split)
    g_variant_builder_add (&domains, "(sb)", ".", TRUE); /* "~." in resolved.conf */
  call_resolved (bus, "SetLinkDNS", g_variant_new ("(ia(iay))", (gint) ifindex, &servers));
  call_resolved (bus, "SetLinkDomains", g_variant_new ("(ia(sb))", (gint) ifindex, &domains));
  call_resolved (bus, "SetLinkDefaultRoute", g_variant_new ("(ib)", (gint) ifindex, !split));
}

void
svpn_resolved_revert_link (GDBusConnection *bus, guint ifindex)
{
  call_resolved (bus, "RevertLink", g_variant_new ("(i)", (gint) ifindex));
}
