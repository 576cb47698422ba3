/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * smartvpn-worker: one tunnel or one listener, steered by smartvpnd. */
#include "fast-aead.h"
#include "isolation.h"
#include "journal.h"
#include "names.h"
#include "notify.h"
#include "service.h"

#include <glib-unix.h>
#include <sodium.h>

#define TERMINATED (128 + SIGTERM) /* exit status: as of a process that does not say goodbye first */

static gboolean
on_sigint (gpointer service)
{
  svpn_service_terminate (service, TRUE);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_sigterm (gpointer service)
{
  svpn_service_terminate (service, FALSE);
  return G_SOURCE_CONTINUE;
}

static void
quit (gpointer loop)
{
  g_main_loop_quit (loop);
}

static int
run (const char *runtime_dir, const char *id, const char *user, int peer_uid)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnService) service = NULL;

  if (!svpn_isolate (user, &error)) {
    g_printerr ("smartvpn-worker: %s\n", error->message);
    return 1;
  }
  service = svpn_service_new (runtime_dir, id, (uid_t) peer_uid, quit, loop, &error);
  if (service == NULL) {
    g_printerr ("smartvpn-worker: %s\n", error->message);
    return 1;
  }
  svpn_notify ("READY=1"); /* the control socket listens */
  g_unix_signal_add (SIGTERM, on_sigterm, service);
  g_unix_signal_add (SIGINT, on_sigint, service);
  g_main_loop_run (loop);
  return svpn_service_is_terminated (service) ? TERMINATED : 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *id = NULL, *runtime_dir = NULL, *user = NULL;
  int peer_uid = 0;
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "id", 0, 0, G_OPTION_ARG_STRING, &id, "Which tunnel this is: client-NAME or server-NAME", "ID" },
    { "runtime-dir", 0, 0, G_OPTION_ARG_FILENAME, &runtime_dir,
      "Where ID/control is made (" SVPN_RUNTIME_DIR ")", "DIR" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &user, "User to become", "NAME" },
    { "peer-uid", 0, 0, G_OPTION_ARG_INT, &peer_uid, "User that may connect besides root and our own",
      "UID" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version, and which library encrypts", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, "Holds one SmartVPN tunnel. Started by smartvpnd, not by hand.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1) {
    g_printerr ("smartvpn-worker: %s\n", error != NULL ? error->message : "unexpected argument");
    return 2;
  }
  if (sodium_init () < 0) {
    g_printerr ("smartvpn-worker: libsodium does not start\n");
    return 1;
  }
  if (version) {
    g_print ("smartvpn-worker %s\nXChaCha20-Poly1305 by %s\n", SVPN_VERSION, svpn_fast_aead ()->name);
    return 0;
  }
  if (id == NULL || *id == '\0' || strchr (id, G_DIR_SEPARATOR) != NULL || g_str_has_prefix (id, ".")) {
    g_printerr ("smartvpn-worker: --id is missing or no plain name\n");
    return 2;
  }
  svpn_journal_set_tunnel (id);
  /* GLib's proxy resolver reads the desktop's settings if there are any; a service has none, and no home to look in. */
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  return run (runtime_dir != NULL ? runtime_dir : SVPN_RUNTIME_DIR, id, user, peer_uid);
}
