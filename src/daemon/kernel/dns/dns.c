/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The DNS servers of a tunnel, by whatever means this system has.
 *
 * How it works: systemd-resolved counts where it runs and where programs ask it, which they do by what /etc/resolv.conf
 * says. It forgets a link's servers when it is restarted, and may come and go: we watch its name. resolvconf is a program;
 * where it is systemd's own, systemd-resolved is meant. Else the file is written, and watched: what a DHCP client writes there
 * becomes the original that comes back at the end. */
#include "dns.h"
#include "resolv-conf.h"
#include "resolved.h"

#include <string.h>

#define RESOLV_CONF SVPN_RESOLV_CONF
#define DEBIAN_ORDER "/etc/resolvconf/interface-order" /* Debian's resolvconf, which knows no -m and no -x */

struct _SvpnDns {
  GDBusConnection *bus;
  void (*changed) (const char *what, gpointer user_data);
  gpointer user_data;
  guint watch;                             /* of systemd-resolved's name */
  gboolean resolved_runs, resolved_absent; /* neither: not known yet */
  GFileMonitor *file_monitor;

  SvpnDnsMode mode;
  char *wish;
  guint ifindex;
  char *interface;
  char **servers, **domains;
  gboolean everything;
};

const char *
svpn_dns_mode_to_string (SvpnDnsMode mode)
{
  switch (mode) {
  case SVPN_DNS_NONE:
    return "none";
  case SVPN_DNS_RESOLVED:
    return "resolved";
  case SVPN_DNS_RESOLVCONF:
    return "resolvconf";
  case SVPN_DNS_FILE:
    return "file";
  }
  g_return_val_if_reached ("none");
}

SvpnDnsMode
svpn_dns_mode_from_string (const char *word)
{
  for (SvpnDnsMode mode = SVPN_DNS_NONE; mode <= SVPN_DNS_FILE; mode++)
    if (g_str_equal (word, svpn_dns_mode_to_string (mode)))
      return mode;
  return SVPN_DNS_NONE;
}

/* ---- Which means ---- */

/* Whether programs that read resolv.conf ask systemd-resolved. */
static gboolean
resolv_conf_is_resolved (void)
{
  g_autofree char *target = g_file_read_link (RESOLV_CONF, NULL);
  g_auto (GStrv) servers = svpn_resolv_conf_get_servers (RESOLV_CONF);

  return (target != NULL && strstr (target, "systemd/resolve/") != NULL)
         || g_strv_contains ((const char *const *) servers, "127.0.0.53");
}

/* The program, unless it is systemd's. */
static char *
find_resolvconf (void)
{
  g_autofree char *program = g_find_program_in_path ("resolvconf");
  g_autofree char *target = program != NULL ? g_file_read_link (program, NULL) : NULL;

  return target != NULL && g_str_has_suffix (target, "resolvectl") ? NULL : g_steal_pointer (&program);
}

static SvpnDnsMode
choose (SvpnDns *dns)
{
  g_autofree char *resolvconf = find_resolvconf ();

  if (!g_str_equal (dns->wish, "auto"))
    return svpn_dns_mode_from_string (dns->wish);
  if (dns->resolved_runs && resolv_conf_is_resolved ())
    return SVPN_DNS_RESOLVED;
  return resolvconf != NULL ? SVPN_DNS_RESOLVCONF : SVPN_DNS_FILE;
}

/* ---- resolvconf ---- */

/* Called when it has ended. */
static void
on_resolvconf (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL, NULL, &error)
      && !g_subprocess_get_successful (G_SUBPROCESS (source)))
    g_warning ("dns-not-set: resolvconf has failed");
  else if (error != NULL)
    g_warning ("dns-not-set: resolvconf: %s", error->message);
}

/* @text: NULL takes it back. By its name Debian's puts a tun before other interfaces. */
static gboolean
run_resolvconf (const char *interface, const char *text, gboolean everything, GError **error)
{
  g_autofree char *program = find_resolvconf ();
  g_autofree char *name = g_strconcat ("tun.", interface, NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;

  g_ptr_array_add (argv, program != NULL ? program : (char *) "resolvconf");
  if (text != NULL && !g_file_test (DEBIAN_ORDER, G_FILE_TEST_EXISTS)) {
    g_ptr_array_add (argv, (gpointer) "-m0");
    if (everything)
      g_ptr_array_add (argv, (gpointer) "-x");
  }
  g_ptr_array_add (argv, (gpointer) (text != NULL ? "-a" : "-d"));
  g_ptr_array_add (argv, name);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDIN_PIPE, error);
  if (process == NULL)
    return FALSE;
  g_subprocess_communicate_utf8_async (process, text != NULL ? text : "", NULL, on_resolvconf, NULL);
  return TRUE;
}

static gboolean
add_to_resolvconf (SvpnDns *dns, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *domains = g_strjoinv (" ", dns->domains);

  for (char **server = dns->servers; *server != NULL; server++)
    g_string_append_printf (text, "nameserver %s\n", *server);
  if (*domains != '\0')
    g_string_append_printf (text, "search %s\n", domains);
  return run_resolvconf (dns->interface, text->str, dns->everything, error);
}

/* ---- Setting ---- */

static gboolean
set_by_mode (SvpnDns *dns, GError **error)
{
  switch (dns->mode) {
  case SVPN_DNS_NONE:
    return TRUE;
  case SVPN_DNS_RESOLVED:
    svpn_resolved_set_link (dns->bus, dns->ifindex, (const char *const *) dns->servers,
                            (const char *const *) dns->domains, dns->everything);
    return TRUE;
  case SVPN_DNS_RESOLVCONF:
    return add_to_resolvconf (dns, error);
  case SVPN_DNS_FILE:
    return svpn_resolv_conf_take (RESOLV_CONF, (const char *const *) dns->servers,
                                  (const char *const *) dns->domains, error);
  }
  g_return_val_if_reached (FALSE);
}

/* Called when something has happened to the file. */
static void
on_file_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, SvpnDns *dns)
{
  g_autoptr (GError) error = NULL;

  if (dns->mode != SVPN_DNS_FILE || svpn_resolv_conf_is_ours (RESOLV_CONF))
    return;
  if (!set_by_mode (dns, &error))
    g_warning ("dns-not-set: %s", error->message);
  else
    dns->changed (RESOLV_CONF, dns->user_data);
}

static void
watch_file (SvpnDns *dns)
{
  g_autoptr (GFile) file = g_file_new_for_path (RESOLV_CONF);

  if (dns->mode != SVPN_DNS_FILE) {
    g_clear_object (&dns->file_monitor);
    return;
  }
  if (dns->file_monitor != NULL)
    return;
  dns->file_monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (dns->file_monitor != NULL)
    g_signal_connect (dns->file_monitor, "changed", G_CALLBACK (on_file_changed), dns);
}

static void
forget (SvpnDns *dns)
{
  g_clear_object (&dns->file_monitor);
  g_clear_pointer (&dns->wish, g_free);
  g_clear_pointer (&dns->interface, g_free);
  g_clear_pointer (&dns->servers, g_strfreev);
  g_clear_pointer (&dns->domains, g_strfreev);
  dns->mode = SVPN_DNS_NONE;
}

void
svpn_dns_unset (SvpnDns *dns, SvpnDnsMode mode, guint ifindex, const char *interface)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  forget (dns); /* first, so that a change of the file is not one of others */
  switch (mode) {
  case SVPN_DNS_NONE:
    break;
  case SVPN_DNS_RESOLVED:
    if (dns->bus != NULL && ifindex != 0)
      svpn_resolved_revert_link (dns->bus, ifindex);
    break;
  case SVPN_DNS_RESOLVCONF:
    ok = run_resolvconf (interface, NULL, FALSE, &error);
    break;
  case SVPN_DNS_FILE:
    ok = svpn_resolv_conf_give_back (RESOLV_CONF, &error);
    break;
  }
  if (!ok)
    g_warning ("DNS: %s", error->message);
}

SvpnDnsMode
svpn_dns_set (SvpnDns *dns, const SvpnDnsConfig *config, GPtrArray *warnings)
{
  static const char *const none[] = { NULL };
  SvpnDnsMode before = dns->mode, now;
  g_autofree char *interface = g_strdup (dns->interface);
  guint ifindex = dns->ifindex;
  g_autoptr (GError) error = NULL;

  forget (dns);
  dns->wish = g_strdup (config->mode);
  dns->ifindex = config->ifindex;
  dns->interface = g_strdup (config->interface);
  dns->servers = g_strdupv ((char **) config->servers);
  dns->domains = g_strdupv ((char **) (config->domains != NULL ? config->domains : none));
  dns->everything = config->everything;
  now = *config->servers != NULL ? choose (dns) : SVPN_DNS_NONE;
  if (now == SVPN_DNS_RESOLVED && dns->resolved_absent) /* it is set when it comes */
    g_ptr_array_add (warnings, g_strdup ("dns-not-set: systemd-resolved does not run"));
  dns->mode = now;
  if (!set_by_mode (dns, &error)) {
    g_ptr_array_add (warnings, g_strconcat ("dns-not-set: ", error->message, NULL));
    dns->mode = SVPN_DNS_NONE;
  } else if (now >= SVPN_DNS_RESOLVCONF && dns->domains[0] != NULL) {
    g_ptr_array_add (warnings, g_strdup_printf ("dns-not-split: %s asks the tunnel's servers for all names",
                                                svpn_dns_mode_to_string (now)));
  }
  watch_file (dns);
  if (before != SVPN_DNS_NONE && before != dns->mode) {
    g_autoptr (SvpnDns) other = svpn_dns_new (NULL, NULL, NULL);

    other->bus = dns->bus != NULL ? g_object_ref (dns->bus) : NULL;
    svpn_dns_unset (other, before, ifindex, interface);
  }
  return dns->mode;
}

/* ---- systemd-resolved comes and goes ---- */

static void
on_resolved_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  SvpnDns *dns = user_data;

  dns->resolved_runs = TRUE;
  dns->resolved_absent = FALSE;
  if (dns->mode == SVPN_DNS_RESOLVED && !set_by_mode (dns, NULL))
    g_debug ("systemd-resolved is back");
}

static void
on_resolved_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  SvpnDns *dns = user_data;

  dns->resolved_runs = FALSE;
  dns->resolved_absent = TRUE;
}

SvpnDns *
svpn_dns_new (GDBusConnection *bus, void (*changed) (const char *what, gpointer user_data),
              gpointer user_data)
{
  SvpnDns *dns = g_new0 (SvpnDns, 1);

  dns->changed = changed;
  dns->user_data = user_data;
  if (bus == NULL)
    return dns;
  dns->bus = g_object_ref (bus);
  dns->watch = g_bus_watch_name_on_connection (bus, SVPN_RESOLVED_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                               on_resolved_appeared, on_resolved_vanished, dns, NULL);
  return dns;
}

void
svpn_dns_free (SvpnDns *dns)
{
  forget (dns);
  g_clear_handle_id (&dns->watch, g_bus_unwatch_name);
  g_clear_object (&dns->bus);
  g_free (dns);
}
