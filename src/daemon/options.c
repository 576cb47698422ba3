/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The command line of smartvpnd. */
#include "options.h"
#include "error.h"
#include "names.h"

typedef struct {
  gboolean system, session, verbose, version;
  char *bus, *config_dir, *runtime_dir, *worker, *worker_user;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->bus);
  g_free (options->config_dir);
  g_free (options->runtime_dir);
  g_free (options->worker);
  g_free (options->worker_user);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "system", 0, 0, G_OPTION_ARG_NONE, &options->system, "Serve the system bus (the default)", NULL },
    { "session", 0, 0, G_OPTION_ARG_NONE, &options->session, "Serve the session bus", NULL },
    { "bus", 0, 0, G_OPTION_ARG_STRING, &options->bus, "Serve the bus at ADDRESS", "ADDRESS" },
    { "config-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->config_dir,
      "Where profiles are kept (" SVPN_CONFIG_DIR ")", "DIR" },
    { "runtime-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->runtime_dir,
      "Where workers and their records are (" SVPN_RUNTIME_DIR ")", "DIR" },
    { "worker", 0, 0, G_OPTION_ARG_FILENAME, &options->worker,
      "The worker program ($SMARTVPN_WORKER, else " SVPN_WORKER_PROGRAM ")", "PATH" },
    { "worker-user", 0, 0, G_OPTION_ARG_STRING, &options->worker_user,
      "The user workers run as (\"" SVPN_WORKER_USER "\"); empty: the same as smartvpnd", "NAME" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &options->verbose, "Log more", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- the SmartVPN service");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "Unexpected argument \"%s\"", (*argv)[1]);
  else if (options->system + options->session + (options->bus != NULL) > 1)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                 "--system, --session and --bus exclude each other");
  else
    return TRUE;
  return FALSE;
}

static char *
absolute (const char *path, const char *default_path)
{
  return g_canonicalize_filename (path != NULL ? path : default_path, NULL);
}

static GDBusConnection *
connect_to_bus (const Options *options, GError **error)
{
  GBusType type = options->session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM;
  g_autofree char *address
      = options->bus != NULL ? g_strdup (options->bus) : g_dbus_address_get_for_bus_sync (type, NULL, error);

  if (address == NULL)
    return NULL;
  return g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, error);
}

static gboolean
fill (SvpnEnvironment *environment, const Options *options, GError **error)
{
  const char *worker = options->worker != NULL ? options->worker : g_getenv ("SMARTVPN_WORKER");

  environment->config_dir = absolute (options->config_dir, SVPN_CONFIG_DIR);
  environment->runtime_dir = absolute (options->runtime_dir, SVPN_RUNTIME_DIR);
  environment->worker_program = absolute (worker, SVPN_WORKER_PROGRAM);
  environment->systemd
      = !options->session && options->bus == NULL && g_file_test ("/run/systemd/system", G_FILE_TEST_IS_DIR);
  if (!svpn_environment_prepare (environment, options->worker_user, error))
    return FALSE;
  environment->bus = connect_to_bus (options, error);
  return environment->bus != NULL;
}

SvpnEnvironment *
svpn_options_parse (int argc, char **argv, int *exit_status)
{
  g_auto (Options) options = { 0 };
  g_autoptr (SvpnEnvironment) environment = svpn_environment_new ();
  g_autoptr (GError) error = NULL;

  *exit_status = 1;
  if (!parse (&options, &argc, &argv, &error)) {
    g_printerr ("smartvpnd: %s\n", error->message);
    return NULL;
  }
  if (options.version) {
    g_print ("smartvpnd %s\n", SVPN_VERSION);
    *exit_status = 0;
    return NULL;
  }
  if (options.verbose)
    g_setenv ("G_MESSAGES_DEBUG", G_LOG_DOMAIN, FALSE);
  if (!fill (environment, &options, &error)) {
    g_printerr ("smartvpnd: %s\n", error->message);
    return NULL;
  }
  return g_steal_pointer (&environment);
}
