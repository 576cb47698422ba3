/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The server in an invitation. */
#include "invite-url.h"
#include "address.h"
#include "i18n.h"
#include "settings.h"

#include <string.h>

gboolean
svpn_invite_sets (const char *key)
{
  static const char *const keys[] = { "server-url", "server-public-key", NULL };

  return g_strv_contains (keys, key);
}

/* The first name in the certificate that is not a wildcard; NULL if there is none. */
static char *
name_in_certificate (const char *file)
{
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (file, NULL);
  g_autoptr (GPtrArray) names = certificate != NULL ? g_tls_certificate_get_dns_names (certificate) : NULL;

  for (guint i = 0; names != NULL && i < names->len; i++) {
    gsize length;
    const char *name = g_bytes_get_data (names->pdata[i], &length);
    g_autofree char *host = g_strndup (name, length);

    if (*host != '\0' && strchr (host, '*') == NULL)
      return g_steal_pointer (&host);
  }
  return NULL;
}

/* The port of the first address that other hosts can reach; 0 if the server listens on loopback only. */
static guint16
find_public_port (GVariant *settings)
{
  g_auto (GStrv) listen = svpn_settings_get_strings (SVPN_SCOPE_SERVER, settings, "listen");

  for (char **endpoint = listen; *endpoint != NULL; endpoint++) {
    SvpnPrefix address;
    guint16 port;

    if (svpn_endpoint_parse (*endpoint, &address, &port) && !svpn_address_is_loopback (&address))
      return port;
  }
  return 0;
}

/* Refuses a server that clients reach through another one, whose URL we cannot know. */
static void
refuse_hidden_server (SmartvpnServer *server, const char *path, gboolean has_tls, GError **error)
{
  const char *name = smartvpn_profile_get_name (SMARTVPN_PROFILE (server));

  g_set_error (
      error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
      has_tls
          ? _ ("server '%s' listens on loopback only, so its URL is that of the web server in front of it; "
               "give --url wss://NAME%s, or set public-url in its profile")
          : _ ("server '%s' has no tls-certificate-file, so its URL is that of the web server in front of "
               "it; give --url wss://NAME%s, or set public-url in its profile"),
      name, path);
}

static char *
make_url (const char *host, guint16 port, const char *path)
{
  gboolean is_ipv6 = strchr (host, ':') != NULL && *host != '[';
  g_autofree char *suffix = port != 443 ? g_strdup_printf (":%u", port) : g_strdup ("");

  return g_strdup_printf ("wss://%s%s%s%s%s", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", suffix, path);
}

char *
svpn_invite_url (SvpnInvocation *invocation, SmartvpnServer *server, GVariant *settings, GError **error)
{
  const char *url = svpn_invocation_value (invocation, "url");
  const char *given = svpn_invocation_value (invocation, "host"), *public_url = NULL;
  const char *certificate = svpn_settings_get_string (SVPN_SCOPE_SERVER, settings, "tls-certificate-file");
  const char *path = svpn_settings_get_string (SVPN_SCOPE_SERVER, settings, "path");
  guint16 port = find_public_port (settings);
  g_autofree char *host = NULL;

  g_variant_lookup (settings, "public-url", "&s", &public_url);
  if (url != NULL || (given == NULL && public_url != NULL))
    return g_strdup (url != NULL ? url : public_url);
  if (certificate == NULL || port == 0) {
    refuse_hidden_server (server, path, certificate != NULL, error);
    return NULL;
  }
  host = given != NULL ? g_strdup (given) : name_in_certificate (certificate);
  if (host != NULL)
    return make_url (host, port, path);
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
               _ ("%s: cannot be read, or has no name that is not a wildcard; give --host NAME or --url URL"),
               certificate);
  return NULL;
}
