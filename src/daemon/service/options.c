/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The command line of smartvpnd. */
#include "options.h"
#include "client-lockdown.h"
#include "error.h"
#include "i18n.h"
#include "installer.h"
#include "names.h"
#include "settings.h"

#include <string.h>

typedef struct {
  gboolean system, session, verbose;
  char *bus, *config_dir, *runtime_dir, *worker, *worker_user;
  gboolean version, print_settings, print_service, install, uninstall; /* each in place of serving */
  gboolean close_lockdown, open_lockdown;                              /* these, too */
  char *platform, *root;
  gboolean force;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->bus);
  g_free (options->config_dir);
  g_free (options->runtime_dir);
  g_free (options->worker);
  g_free (options->worker_user);
  g_free (options->platform);
  g_free (options->root);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  g_autofree char *config_dir = g_strdup_printf (_ ("Directory of the profiles (%s)"), SVPN_CONFIG_DIR);
  g_autofree char *runtime_dir = g_strdup_printf (
      _ ("Directory of the workers' sockets and the state of tunnels (%s)"), SVPN_RUNTIME_DIR);
  g_autofree char *worker
      = g_strdup_printf (_ ("The worker program ($SMARTVPN_WORKER, else %s)"), SVPN_WORKER_PROGRAM);
  g_autofree char *worker_user = g_strdup_printf (
      _ ("The user that workers run as (\"%s\"); empty: the user of smartvpnd"), SVPN_WORKER_USER);
  const GOptionEntry entries[] = {
    { "system", 0, 0, G_OPTION_ARG_NONE, &options->system, _ ("Serve the system bus (the default)"), NULL },
    { "session", 0, 0, G_OPTION_ARG_NONE, &options->session, _ ("Serve the session bus"), NULL },
    { "bus", 0, 0, G_OPTION_ARG_STRING, &options->bus, _ ("Serve the bus at ADDRESS"), _ ("ADDRESS") },
    { "config-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->config_dir, config_dir, _ ("DIR") },
    { "runtime-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->runtime_dir, runtime_dir, _ ("DIR") },
    { "worker", 0, 0, G_OPTION_ARG_FILENAME, &options->worker, worker, _ ("PATH") },
    { "worker-user", 0, 0, G_OPTION_ARG_STRING, &options->worker_user, worker_user, _ ("NAME") },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &options->verbose, _ ("Log more"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, _ ("Print the version and exit"), NULL },
    { "print-settings", 0, 0, G_OPTION_ARG_NONE, &options->print_settings,
      _ ("Print the reference of all settings (Markdown) and exit"), NULL },
    { "install", 0, 0, G_OPTION_ARG_NONE, &options->install,
      _ ("Make smartvpnd a service of this system that runs with the options given here"), NULL },
    { "uninstall", 0, 0, G_OPTION_ARG_NONE, &options->uninstall, _ ("Undo --install"), NULL },
    { "print-service", 0, 0, G_OPTION_ARG_NONE, &options->print_service,
      _ ("Print the unit of the service, or its property list for launchd"), NULL },
    { "close-lockdown", 0, 0, G_OPTION_ARG_NONE, &options->close_lockdown,
      _ ("Close the lockdown of profiles that want it always, and exit"), NULL },
    { "open-lockdown", 0, 0, G_OPTION_ARG_NONE, &options->open_lockdown,
      _ ("Open the lockdown of all profiles, and exit; for when smartvpnd does not run"), NULL },
    { "platform", 0, 0, G_OPTION_ARG_STRING, &options->platform,
      _ ("For the three above: systemd (the default) or launchd"), _ ("NAME") },
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &options->root,
      _ ("Install into the system whose root directory is DIR"), _ ("DIR") },
    { "force", 0, 0, G_OPTION_ARG_NONE, &options->force, _ ("Overwrite or remove edited files, too"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("- the SmartVPN service"));

  g_option_context_set_summary (context,
                                _ ("smartvpnd runs on Linux. For launchd it only prints the property list."));
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, _ ("Unexpected argument \"%s\""),
                 (*argv)[1]);
  else if (options->install + options->uninstall + options->print_service > 1)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("--install, --uninstall and --print-service exclude each other"));
  else if (options->system + options->session + (options->bus != NULL) > 1)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("--system, --session and --bus exclude each other"));
  else
    return TRUE;
  return FALSE;
}

static char *
absolute (const char *path, const char *default_path)
{
  return g_canonicalize_filename (path != NULL ? path : default_path, NULL);
}

static char *
worker_program (const Options *options)
{
  const char *worker = options->worker != NULL ? options->worker : g_getenv ("SMARTVPN_WORKER");

  return absolute (worker, SVPN_WORKER_PROGRAM);
}

static GDBusConnection *
connect_to_bus (const Options *options, GError **error)
{
  GBusType type = options->session ? G_BUS_TYPE_SESSION : G_BUS_TYPE_SYSTEM;

  if (options->bus != NULL)
    return g_dbus_connection_new_for_address_sync (options->bus,
                                                   G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                       | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                   NULL, NULL, error);
  GDBusConnection *bus = g_bus_get_sync (type, NULL, error); /* the one that libpolkit uses, too */
  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  return bus;
}

static gboolean
fill_environment (SvpnEnvironment *environment, const Options *options, GError **error)
{
  environment->config_dir = absolute (options->config_dir, SVPN_CONFIG_DIR);
  environment->runtime_dir = absolute (options->runtime_dir, SVPN_RUNTIME_DIR);
  environment->worker_program = worker_program (options);
  environment->polkit = !options->session && options->bus == NULL;
  /* If that variable names another bus than the system's own, systemd is not on it. */
  environment->systemd = environment->polkit && g_getenv ("DBUS_SYSTEM_BUS_ADDRESS") == NULL
                         && g_file_test ("/run/systemd/system", G_FILE_TEST_IS_DIR);
  if (!svpn_environment_prepare (environment, options->worker_user, error))
    return FALSE;
  if (options->close_lockdown) /* where there is no bus yet */
    return svpn_client_lockdown_boot (environment, error);
  if (options->open_lockdown)
    return svpn_lockdown_open_all (environment->state_dir, error);
  environment->bus = connect_to_bus (options, error);
  return environment->bus != NULL;
}

/* ---- In place of serving ---- */

/* @path as it is called inside of @root, if it is there. */
static char *
strip_root (char *path, const char *root)
{
  gsize length = root != NULL ? strlen (root) : 0;

  if (length > 0 && g_str_has_prefix (path, root) && path[length] == '/')
    memmove (path, path + length, strlen (path + length) + 1);
  return path;
}

static gboolean
run_installer (const Options *options, GError **error)
{
  g_autofree char *root = options->root != NULL ? absolute (options->root, NULL) : NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *smartvpnd = strip_root (self != NULL ? g_strdup (self) : g_strdup (SVPN_PROGRAM), root);
  g_autofree char *worker = strip_root (worker_program (options), root);
  g_autofree char *config_dir = absolute (options->config_dir, SVPN_CONFIG_DIR);
  g_autofree char *runtime_dir = absolute (options->runtime_dir, SVPN_RUNTIME_DIR);
  SvpnInstallation installation = {
    .platform = options->platform,
    .root = root,
    .force = options->force,
    .config = { smartvpnd, worker, config_dir, runtime_dir,
                options->worker_user != NULL ? options->worker_user : (char *) SVPN_WORKER_USER },
  };

  return options->install     ? svpn_installer_install (&installation, error)
         : options->uninstall ? svpn_installer_uninstall (&installation, error)
                              : svpn_installer_print (&installation, error);
}

/* Which library encrypts is the worker's choice, which its second line names. */
static void
print_version (const Options *options)
{
  g_autofree char *worker = worker_program (options), *output = NULL;
  char *argv[] = { worker, "--version", NULL };
  g_autoptr (GError) error = NULL;
  const char *end_of_line;

  g_print ("smartvpnd %s\n", SVPN_VERSION);
  if (!g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, NULL, &error))
    g_printerr ("smartvpnd: %s\n", error->message);
  else if ((end_of_line = strchr (output, '\n')) != NULL)
    g_print ("%s", end_of_line + 1);
}

static void
print_settings (void)
{
  g_autofree char *reference = svpn_settings_reference ();

  g_print ("%s", reference);
}

/* Carries out an option in place of serving; FALSE: there is none. */
static gboolean
carry_out_option (const Options *options, GError **error)
{
  if (options->version)
    print_version (options);
  else if (options->print_settings)
    print_settings ();
  else if (options->install || options->uninstall || options->print_service)
    run_installer (options, error);
  else
    return FALSE;
  return TRUE;
}

SvpnEnvironment *
svpn_options_parse (int argc, char **argv, int *exit_status)
{
  g_auto (Options) options = { 0 };
  g_autoptr (SvpnEnvironment) environment = svpn_environment_new ();
  g_autoptr (GError) error = NULL;

  *exit_status = 1;
  if (parse_options (&options, &argc, &argv, &error) && carry_out_option (&options, &error)) {
    if (error == NULL)
      *exit_status = 0;
  } else if (error == NULL) {
    if (options.verbose)
      g_setenv ("G_MESSAGES_DEBUG", G_LOG_DOMAIN, FALSE);
    if (fill_environment (environment, &options, &error) && !options.close_lockdown && !options.open_lockdown)
      return g_steal_pointer (&environment);
    *exit_status = error == NULL ? 0 : 1;
  }
  if (error != NULL)
    g_printerr ("smartvpnd: %s\n", error->message);
  return NULL;
}
