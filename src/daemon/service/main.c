/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpnd: the D-Bus service. */
#include "error.h"
#include "i18n.h"
#include "manager.h"
#include "names.h"
#include "notify.h"
#include "options.h"

#include <glib-unix.h>
#include <sodium.h>
#include <sys/stat.h>

typedef struct {
  SvpnEnvironment *environment;
  SvpnManager *manager;
  GMainLoop *loop;
  int exit_status;
} Service;

static void
end_with_error (Service *service, const char *reason)
{
  g_printerr ("smartvpnd: %s\n", reason);
  service->exit_status = 1;
  g_main_loop_quit (service->loop);
}

static void
on_name_acquired (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Service *service = user_data;

  svpn_notify ("READY=1");
  svpn_manager_boot (service->manager);
}

static void
on_name_lost (GDBusConnection *bus, const char *name, gpointer user_data)
{
  end_with_error (user_data, "Cannot own the name " SVPN_BUS_NAME
                             ": another program owns it, or the bus's policy forbids it");
}

/* Called when all running workers are adopted: from now on requests may come. */
static void
on_ready (gpointer user_data, GError *error)
{
  Service *service = user_data;

  if (error != NULL)
    end_with_error (service, error->message);
  else
    g_bus_own_name_on_connection (service->environment->bus, SVPN_BUS_NAME,
                                  G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, on_name_acquired, on_name_lost,
                                  service, NULL);
  g_clear_error (&error);
}

static void
on_bus_closed (GDBusConnection *bus, gboolean remote_peer_vanished, GError *error, gpointer user_data)
{
  end_with_error (user_data, "The bus has closed the connection");
}

static gboolean
on_signal (gpointer user_data)
{
  Service *service = user_data;

  svpn_notify ("STOPPING=1");
  g_main_loop_quit (service->loop);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Service service = { 0 };

  svpn_i18n_init ();
  umask (022);
  g_log_writer_default_set_use_stderr (TRUE);
  g_autoptr (SvpnEnvironment) environment = svpn_options_parse (argc, argv, &service.exit_status);
  if (environment == NULL)
    return service.exit_status;
  svpn_i18n_end ();
  if (sodium_init () < 0)
    g_error ("libsodium does not start");

  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  service.environment = environment;
  service.loop = loop;
  service.exit_status = 0;
  g_unix_signal_add (SIGTERM, on_signal, &service);
  g_unix_signal_add (SIGINT, on_signal, &service);
  g_signal_connect (environment->bus, "closed", G_CALLBACK (on_bus_closed), &service);

  g_autoptr (SvpnManager) manager = svpn_manager_new (environment);
  service.manager = manager;
  svpn_manager_export (manager, on_ready, &service);
  svpn_notify_watchdog ();
  g_main_loop_run (loop);
  g_signal_handlers_disconnect_by_data (environment->bus, &service);
  return service.exit_status;
}
