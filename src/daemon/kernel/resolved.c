/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * systemd-resolved: the DNS servers of a tunnel. */
#include "resolved.h"

#include "address.h"

#define RESOLVED_PATH "/org/freedesktop/resolve1"
#define RESOLVED_INTERFACE "org.freedesktop.resolve1.Manager"

/* systemd-resolved is not there, or the link is gone, and with it all that was set. */
static gboolean
is_expected (GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_strcmp0 (name, "org.freedesktop.resolve1.NoSuchLink") == 0;
}

/* Called when systemd-resolved has answered, or the bus for it. @data: name of the method, static. */
static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  const char *method = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply)
    return;
  if (is_expected (error))
    g_debug ("%s of systemd-resolved: %s", method, error->message);
  else
    g_warning ("%s of systemd-resolved: %s", method, error->message);
}

static void
call (GDBusConnection *bus, const char *method, GVariant *parameters)
{
  g_dbus_connection_call (bus, SVPN_RESOLVED_NAME, RESOLVED_PATH, RESOLVED_INTERFACE, method, parameters,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, on_answer, (gpointer) method);
}

static void
add_server (GVariantBuilder *servers, const char *text)
{
  SvpnPrefix address;

  if (!svpn_address_parse (text, &address)) {
    g_warning ("DNS server '%s' is not an IP address", text);
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
  call (bus, "SetLinkDNS", g_variant_new ("(ia(iay))", (gint) ifindex, &servers));
  call (bus, "SetLinkDomains", g_variant_new ("(ia(sb))", (gint) ifindex, &domains));
  call (bus, "SetLinkDefaultRoute", g_variant_new ("(ib)", (gint) ifindex, !split));
}

void
svpn_resolved_revert_link (GDBusConnection *bus, guint ifindex)
{
  call (bus, "RevertLink", g_variant_new ("(i)", (gint) ifindex));
}
