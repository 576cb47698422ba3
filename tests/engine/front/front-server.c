/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A front without a server behind it, for real clients to talk to: admitted WebSockets stay silent. Prints its port and
 * runs until it is killed. */
#include "error.h"
#include "loop.h"
#include "sockets.h"

#include <signal.h>
#include <sodium.h>
#include <string.h>

static char *certificate_file, *key_file, *origin_text, *directory, *path = "/live/feed", *trusted_text;
static int proxy_version;

static const GOptionEntry options[]
    = { { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate_file,
          "PEM file; without it plain HTTP is spoken", "FILE" },
        { "key", 0, 0, G_OPTION_ARG_FILENAME, &key_file, "PEM file of its key", "FILE" },
        { "origin", 0, 0, G_OPTION_ARG_STRING, &origin_text, "Web server for everybody else",
          "ADDRESS:PORT" },
        { "origin-proxy-header", 0, 0, G_OPTION_ARG_INT, &proxy_version, "PROXY header for it", "1|2" },
        { "directory", 0, 0, G_OPTION_ARG_FILENAME, &directory, "Site for everybody else", "DIRECTORY" },
        { "path", 0, 0, G_OPTION_ARG_STRING, &path, "Path of the tunnel", "PATH" },
        { "trusted", 0, 0, G_OPTION_ARG_STRING, &trusted_text, "Network of proxies", "NETWORK" },
        { NULL } };

static SvpnTlsContext *
load_context (GError **error)
{
  g_autofree char *certificate = NULL, *key = NULL, *warning = NULL;
  SvpnTlsContext *context;

  if (!g_file_get_contents (certificate_file, &certificate, NULL, error)
      || !g_file_get_contents (key_file, &key, NULL, error))
    return NULL;
  context = svpn_tls_context_new (certificate, key, &warning, error);
  if (warning != NULL)
    g_printerr ("%s\n", warning);
  return context;
}

static gboolean
read_addresses (SvpnRelayConfig *origin, SvpnPrefix *trusted, GError **error)
{
  origin->proxy_version = (guint) proxy_version;
  if (origin_text != NULL
      && !svpn_endpoint_parse (origin_text, &origin->origin.address, &origin->origin.port))
    return svpn_error_refuse (error, "--origin", "'%s' is not ADDRESS:PORT", origin_text);
  if (trusted_text != NULL && !svpn_prefix_parse (trusted_text, trusted))
    return svpn_error_refuse (error, "--trusted", "'%s' is not a network", trusted_text);
  return TRUE;
}

static void
serve (SvpnTlsContext *tls, SvpnSite *site, const SvpnRelayConfig *origin, const SvpnPrefix *trusted)
{
  static const uint8_t server_private[32] = { [1] = 1 }, table_key[16] = { 3 };
  SvpnGate gate = { .path = path,
                    .private_key = server_private,
                    .require_proof = true,
                    .admissions = svpn_admission_table_new (table_key) };
  const SvpnStrangerConfig config = { .tls = tls,
                                      .gate = &gate,
                                      .site = site,
                                      .origin = origin_text != NULL ? origin : NULL,
                                      .trusted = trusted,
                                      .n_trusted = trusted_text != NULL ? 1 : 0 };
  guint16 port;
  Loop *loop = loop_new (&config, sockets_listen (&port));

  g_print ("%u\n", port);
  for (;;)
    loop_iterate (loop, 1000);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) parser = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnTlsContext) tls = NULL;
  g_autoptr (SvpnSite) site = NULL;
  SvpnRelayConfig origin = { 0 };
  SvpnPrefix trusted;

  g_option_context_add_main_entries (parser, options, NULL);
  if (sodium_init () < 0 || !g_option_context_parse (parser, &argc, &argv, &error)
      || !read_addresses (&origin, &trusted, &error)
      || (certificate_file != NULL && (tls = load_context (&error)) == NULL))
    g_error ("%s", error != NULL ? error->message : "libsodium does not start");
  site = directory != NULL ? svpn_site_new_directory (directory, &error) : svpn_site_new_page (1767225600);
  if (site == NULL)
    g_error ("%s", error->message);
  signal (SIGPIPE, SIG_IGN);
  serve (tls, site, &origin, &trusted);
  return 0;
}
