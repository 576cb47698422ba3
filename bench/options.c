/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What both load generators are told about the server. */
#include "options.h"

#include <sodium.h>
#include <string.h>
#include <sys/resource.h>

Options options
    = { .address = "127.0.0.1", .host = "vpn.example", .path = "/", .port = 443, .duration_s = 10 };

static const GOptionEntry server_entries[]
    = { { "address", 0, 0, G_OPTION_ARG_STRING, &options.address, "The server's IPv4 address (127.0.0.1)",
          "ADDRESS" },
        { "port", 0, 0, G_OPTION_ARG_INT, &options.port, "Its port (443)", "PORT" },
        { "host", 0, 0, G_OPTION_ARG_STRING, &options.host, "Its name, for SNI and Host (vpn.example)",
          "NAME" },
        { "path", 0, 0, G_OPTION_ARG_STRING, &options.path, "The tunnel's path (/)", "PATH" },
        { "server-key", 0, 0, G_OPTION_ARG_STRING, &options.server_key, "Its public key", "BASE64" },
        { "plain", 0, 0, G_OPTION_ARG_NONE, &options.plain, "Without TLS", NULL },
        { "sources", 0, 0, G_OPTION_ARG_INT, &options.sources,
          "Connect from so many addresses, 127.0.0.1 and the next ones (the kernel chooses)", "N" },
        { "duration", 0, 0, G_OPTION_ARG_INT, &options.duration_s, "How long to go on, in s (10)", "S" },
        { "server-pid", 0, 0, G_OPTION_ARG_INT, &options.server_pid,
          "Process whose CPU and memory is measured", "PID" },
        { NULL } };

static void
raise_limit (void)
{
  struct rlimit files;

  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
}

G_NORETURN static void
refuse (const char *message)
{
  g_printerr ("%s: %s\n", g_get_prgname (), message);
  exit (2);
}

void
options_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *summary)
{
  g_autoptr (GOptionContext) parser = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (parser, summary);
  g_option_context_add_main_entries (parser, server_entries, NULL);
  g_option_context_add_main_entries (parser, entries, NULL);
  if (!g_option_context_parse (parser, argc, argv, &error))
    refuse (error->message);
  if (*argc > 1)
    refuse ("it takes options alone");
  if (sodium_init () < 0)
    refuse ("libsodium does not start");
  raise_limit ();
}

void
options_target (TunnelTarget *target, gboolean needs_key)
{
  size_t size = 0;

  if (options.port < 1 || options.port > G_MAXUINT16
      || !link_target_init (&target->link, options.address, (guint16) options.port, options.host,
                            !options.plain))
    refuse ("--address is an IPv4 address, --port 1 to 65535");
  target->link.n_sources = (guint) MAX (options.sources, 0);
  target->path = options.path;
  if (options.server_key == NULL && !needs_key)
    return;
  if (options.server_key == NULL
      || sodium_base642bin (target->server_key, sizeof target->server_key, options.server_key,
                            strlen (options.server_key), NULL, &size, NULL, sodium_base64_VARIANT_ORIGINAL)
             != 0
      || size != sizeof target->server_key)
    refuse ("--server-key is the server's public key: 32 bytes in base64");
}
