/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Check() of org.smartvpn.Server. */
#include "server-check.h"
#include "authorized-clients.h"
#include "certificate.h"
#include "findings.h"
#include "pem.h"
#include "pool.h"

#define SCOPE SVPN_SCOPE_SERVER
#define EXPIRES_SOON_S (21 * 24 * 3600)

/* ---- Where it listens ---- */

static gboolean
is_loopback (const char *endpoint)
{
  SvpnPrefix address;
  uint16_t port;

  return svpn_endpoint_parse (endpoint, &address, &port) && svpn_address_is_loopback (&address);
}

static void
find_listening (GPtrArray *findings, GVariant *settings)
{
  g_auto (GStrv) listen = svpn_settings_get_strings (SCOPE, settings, "listen");
  g_auto (GStrv) proxies = svpn_settings_get_strings (SCOPE, settings, "trusted-proxies");
  gboolean plain = svpn_settings_get_string (SCOPE, settings, "tls-certificate-file") == NULL;
  const char *open = NULL;

  for (char **endpoint = listen; *endpoint != NULL; endpoint++)
    if (!is_loopback (*endpoint))
      open = *endpoint;
  if (plain && open != NULL && *proxies == NULL)
    svpn_finding_add (
        findings, "listens-plain",
        "the server speaks plain WebSocket on %s, where everybody on the way sees what it is; set "
        "tls-certificate-file and tls-key-file, or let it listen on 127.0.0.1 behind a proxy",
        open);
}

/* One that only a proxy on the same machine can reach. */
static void
find_unknown_url (GPtrArray *findings, GVariant *settings, GVariant *profile)
{
  g_auto (GStrv) listen = svpn_settings_get_strings (SCOPE, settings, "listen");

  if (svpn_settings_get_string (SCOPE, profile, "public-url") != NULL)
    return;
  for (char **endpoint = listen; *endpoint != NULL; endpoint++)
    if (!is_loopback (*endpoint))
      return;
  svpn_finding_add (
      findings, "listen-not-public",
      "the server listens on %s alone, which no other machine reaches; set public-url to the URL of the "
      "proxy in front of it, so that invitations name that, or set listen",
      listen[0]);
}

/* ---- Its certificate ---- */

/* The name by which clients reach it, without the dot that may end it; NULL: unknown. */
static char *
public_host (GVariant *profile)
{
  const char *url = svpn_settings_get_string (SCOPE, profile, "public-url");
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  char *host = uri != NULL ? g_strdup (g_uri_get_host (uri)) : NULL;

  if (host != NULL && g_str_has_suffix (host, "."))
    host[strlen (host) - 1] = '\0';
  return host;
}

static char *
format_day (gint64 unix_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (unix_s);

  return time != NULL ? g_date_time_format (time, "%F") : g_strdup ("a day that no calendar has");
}

static void
describe_facts (GPtrArray *findings, const char *file, const SvpnCertificateFacts *facts, const char *host)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *day = format_day (facts->expires_s), *first_day = format_day (facts->begins_s);

  if (!facts->is_for_key)
    svpn_finding_add (
        findings, "certificate-key-mismatch",
        "%s: no certificate in it belongs to the key of tls-key-file; set the pair that was issued together",
        file);
  if (facts->expires_s <= now_s)
    svpn_finding_add (
        findings, "certificate-expired",
        "%s: the certificate expired on %s, and clients refuse it; renew it and reload the server", file,
        day);
  else if (facts->expires_s - now_s <= EXPIRES_SOON_S)
    svpn_finding_add (findings, "certificate-expires",
                      "%s: the certificate expires on %s; renew it and reload the server", file, day);
  if (facts->begins_s > now_s)
    svpn_finding_add (findings, "certificate-not-yet-valid",
                      "%s: the certificate is valid from %s on, and clients refuse it until then; check this "
                      "machine's clock",
                      file, first_day);
  if (!facts->is_for_host)
    svpn_finding_add (findings, "certificate-name",
                      "%s: the certificate is not for %s, the host of public-url, and clients refuse it",
                      file, host);
  if (facts->gap != NULL)
    svpn_finding_add (findings, "chain-incomplete", "%s: %s", file, facts->gap);
}

static void
find_certificate (GPtrArray *findings, GVariant *settings, GVariant *profile)
{
  const char *certificate_file = svpn_settings_get_string (SCOPE, settings, "tls-certificate-file");
  const char *key_file = svpn_settings_get_string (SCOPE, settings, "tls-key-file");
  g_auto (SvpnCertificateFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;

  if (certificate_file == NULL || key_file == NULL)
    return;
  g_autofree char *host = public_host (profile);
  g_autofree char *certificate = svpn_pem_read ("tls-certificate-file", certificate_file, &error);
  g_autoptr (SvpnSecretText) key
      = certificate != NULL ? svpn_pem_read ("tls-key-file", key_file, &error) : NULL;
  if (key == NULL)
    svpn_finding_add (findings, "file-missing", "%s; copy the file there, or set the name of another",
                      error->message);
  else if (svpn_certificate_inspect (certificate, key, host, &facts, &error))
    describe_facts (findings, certificate_file, &facts, host);
  else
    svpn_finding_add (findings, "certificate-unusable", "%s, %s: %s", certificate_file, key_file,
                      error->message);
}

/* ---- Its clients ---- */

static void
find_authorized (GPtrArray *findings, SvpnServerObject *self, GVariant *settings)
{
  SvpnPools pools = svpn_authorized_clients_pools (settings);
  guint32 capacity = svpn_pool_capacity (&pools.ipv4, &pools.ipv6);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) clients = svpn_authorized_clients_load (self->config_dir, self->name, &error);

  if (clients == NULL || !svpn_authorized_clients_check (clients, &pools, &error))
    svpn_finding_add (findings, SVPN_FINDING_AUTHORIZED_CLIENTS, "%s", error->message);
  else if (g_variant_n_children (clients) > capacity)
    svpn_finding_add (findings, "pool-too-small",
                      "%" G_GSIZE_FORMAT
                      " clients are authorized, but the pools have addresses for %u; set a larger "
                      "ipv4-pool (and ipv6-pool), or revoke clients",
                      g_variant_n_children (clients), capacity);
}

/* ---- What has changed ---- */

static void
find_needs_restart (GPtrArray *findings, SvpnServerObject *self)
{
  g_auto (GStrv) keys = svpn_server_needs_restart (self);
  g_autofree char *names = g_strjoinv (", ", keys);

  if (*names != '\0')
    svpn_finding_add (
        findings, "needs-restart",
        "changed since the server was started, and Reload() cannot apply it: %s; stop and start the server",
        names);
}

char **
svpn_server_check (SvpnServerObject *self)
{
  GPtrArray *findings = g_ptr_array_new ();
  g_autoptr (GVariant) profile = svpn_finding_profile (findings, self->store, SCOPE, self->name);
  gboolean up = svpn_tunnel_is_up (self->tunnel);
  GVariant *settings = up ? svpn_tunnel_get_settings (self->tunnel) : profile;

  if (settings != NULL) {
    GVariant *stored = profile != NULL ? profile : settings;

    find_listening (findings, settings);
    find_unknown_url (findings, settings, stored);
    find_certificate (findings, settings, stored);
    find_authorized (findings, self, settings);
  }
  if (profile != NULL) {
    if (up)
      find_needs_restart (findings, self);
    svpn_finding_last_error (findings, self->tunnel, "last-error");
  }
  return svpn_findings_end (findings);
}
