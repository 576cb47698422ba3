/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * invite: a profile for a new client, as JSON, link and QR code. */
#include "commands.h"
#include "i18n.h"
#include "print.h"
#include "profile-link.h"
#include "qr.h"
#include "secret.h"
#include "server-authorize.h"
#include "stored-settings.h"
#include "terminal.h"

#include <string.h>

/* ---- The URL of the server ---- */

/* The first name in the certificate that is not a wildcard; NULL if there is none. */
static char *
name_in_certificate (const char *file)
{
  g_autoptr (GTlsCertificate) certificate
      = file != NULL ? g_tls_certificate_new_from_file (file, NULL) : NULL;
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

/* ":PORT" of the first address that the server listens on; "" for the default port of the scheme. */
static char *
port_suffix (GVariant *settings, gboolean has_tls)
{
  g_auto (GStrv) listen = svpn_settings_get_strings (SVPN_SCOPE_SERVER, settings, "listen");
  const char *port = strrchr (listen[0], ':');

  return g_strdup (g_str_equal (port, has_tls ? ":443" : ":80") ? "" : port);
}

static char *
server_url (SvpnInvocation *invocation, GVariant *settings, GError **error)
{
  const char *url = svpn_invocation_value (invocation, "url");
  const char *given = svpn_invocation_value (invocation, "host");
  const char *certificate = svpn_settings_get_string (SVPN_SCOPE_SERVER, settings, "tls-certificate-file");
  g_autofree char *host = given != NULL ? g_strdup (given) : name_in_certificate (certificate);
  g_autofree char *port = port_suffix (settings, certificate != NULL);
  gboolean is_ipv6 = host != NULL && strchr (host, ':') != NULL && *host != '[';

  if (url != NULL)
    return g_strdup (url);
  if (host != NULL)
    return g_strdup_printf ("%s://%s%s%s%s%s", certificate != NULL ? "wss" : "ws", is_ipv6 ? "[" : "", host,
                            is_ipv6 ? "]" : "", port,
                            svpn_settings_get_string (SVPN_SCOPE_SERVER, settings, "path"));
  g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                       _ ("the server's name is not known; give --host NAME or --url URL"));
  return NULL;
}

/* ---- The profile in the invitation ---- */

static const char *
public_key_of (SmartvpnServer *server, GError **error)
{
  const char *key = smartvpn_server_get_public_key (server);

  if (key == NULL)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NOT_RUNNING,
                 _ ("server '%s' has no key yet; start it once with \"smartvpnctl server start\""),
                 smartvpn_profile_get_name (SMARTVPN_PROFILE (server)));
  return key;
}

/* The profile of the new client, validated, without a private key. */
static GVariant *
make_profile (SvpnInvocation *invocation, SmartvpnServer *server, GVariant *stored, GError **error)
{
  g_autoptr (GVariant) extra = svpn_invocation_collect_settings (invocation, SVPN_SCOPE_CLIENT, 1, error);
  const char *public_key = extra != NULL ? public_key_of (server, error) : NULL;
  g_autofree char *url = public_key != NULL ? server_url (invocation, stored, error) : NULL;
  g_autoptr (GVariant) loose = NULL;
  GVariantDict dict;

  if (url == NULL)
    return NULL;
  g_variant_dict_init (&dict, extra);
  g_variant_dict_insert (&dict, "server-url", "s", url);
  g_variant_dict_insert (&dict, "server-public-key", "s", public_key);
  loose = g_variant_ref_sink (g_variant_dict_end (&dict));
  return svpn_settings_validate (SVPN_SCOPE_CLIENT, loose, error);
}

static GVariant *
with_private_key (GVariant *profile, const SvpnSecret *private_key)
{
  GVariantDict dict;
  g_autoptr (GVariant) loose = NULL;

  g_variant_dict_init (&dict, profile);
  g_variant_dict_insert (&dict, "private-key", "s", private_key);
  loose = g_variant_ref_sink (g_variant_dict_end (&dict));
  return svpn_settings_validate (SVPN_SCOPE_CLIENT, loose, NULL);
}

static gboolean
needs_authorization (SvpnInvocation *invocation, GVariant *stored)
{
  static const char *const options[] = { "authorize", "ipv4", "ipv6", "limit", "burst", "expires" };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (svpn_invocation_has (invocation, options[i]))
      return TRUE;
  return !g_str_equal (svpn_settings_get_string (SVPN_SCOPE_SERVER, stored, "client-auth"), "none");
}

/* The name must be new: authorizing a client again would replace its key, and lock it out. */
static gboolean
check_new_name (SmartvpnServer *server, const char *name, GError **error)
{
  g_autoptr (GPtrArray) clients = NULL;

  if (name == NULL) {
    g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                         _ ("this server accepts known clients only; give a NAME for the new client"));
    return FALSE;
  }
  clients = smartvpn_server_list_authorized_clients_sync (server, NULL, error);
  for (guint i = 0; clients != NULL && i < clients->len; i++)
    if (g_strcmp0 (smartvpn_authorized_client_get_name (clients->pdata[i]), name) == 0) {
      g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                   _ ("client '%s' is already authorized; give another NAME, or revoke the client first"),
                   name);
      return FALSE;
    }
  return clients != NULL;
}

/* If the server demands it, makes a key pair and authorizes the client. Takes @profile, and returns it with the key. */
static GVariant *
authorize_new_client (SvpnInvocation *invocation, SmartvpnServer *server, GVariant *stored, GVariant *profile,
                      GError **error)
{
  const char *name = svpn_invocation_argument (invocation, 0);
  g_autoptr (GVariant) without_key = profile;
  g_autoptr (SvpnSecret) private_key = NULL;
  g_autofree char *public_key = NULL;

  if (!needs_authorization (invocation, stored))
    return g_steal_pointer (&without_key);
  if (!check_new_name (server, name, error))
    return NULL;
  private_key = svpn_secret_generate_key ();
  public_key = svpn_secret_to_public_key (private_key);
  if (!svpn_authorize (invocation, server, name, public_key, error))
    return NULL;
  return with_private_key (without_key, private_key);
}

/* ---- Showing it ---- */

/* Checks that the invitation can be shown and written, before a client is authorized for it. */
static gboolean
check_output (SvpnInvocation *invocation, GVariant *profile, GError **error)
{
  const char *file = svpn_invocation_value (invocation, "output");
  g_autofree char *link = svpn_profile_link_format (profile, error);

  if (link == NULL)
    return FALSE;
  if (file == NULL || !g_file_test (file, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, _ ("%s: already exists; give another FILE"), file);
  return FALSE;
}

static void
print_qr (const char *link)
{
  g_autofree char *picture = svpn_qr_to_text (link, svpn_has_colours (stdout), svpn_has_blocks ());

  if (picture != NULL)
    fputs (picture, stdout);
  else
    svpn_say (_ ("the link is too long for a QR code; use the link or the profile"));
}

static void
print_invitation (const char *json, const char *link, gboolean has_secret)
{
  svpn_print ("%s\n%s\n", _ ("On the new client, give one of these to: smartvpnctl profile import"), json);
  printf ("%s\n\n", link);
  print_qr (link);
  if (has_secret)
    svpn_say (_ ("the client's private key is in each of them: whoever sees one can connect as this client"));
}

static gboolean
show_invitation (SvpnInvocation *invocation, GVariant *profile, GError **error)
{
  const char *file = svpn_invocation_value (invocation, "output");
  g_autoptr (SvpnSecret) link = svpn_profile_link_format (profile, error);
  g_autoptr (SvpnSecret) json = smartvpn_settings_to_json (profile);

  if (link == NULL || (file != NULL && !svpn_secret_write (file, json, error)))
    return FALSE;
  if (svpn_invocation_wants_json (invocation))
    fputs (json, stdout);
  else if (svpn_invocation_has (invocation, "link"))
    puts (link);
  else if (svpn_invocation_has (invocation, "qr"))
    print_qr (link);
  else if (file == NULL)
    print_invitation (json, link,
                      svpn_settings_get_string (SVPN_SCOPE_CLIENT, profile, "private-key") != NULL);
  return TRUE;
}

static gboolean
check_argument (const char *name, GError **error)
{
  if (name == NULL || strchr (name, '=') == NULL)
    return TRUE;
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
               _ ("'%s' is not a NAME; the NAME of the new client comes before KEY=VALUE"), name);
  return FALSE;
}

gboolean
svpn_run_invite (SvpnInvocation *invocation, GError **error)
{
  gboolean is_valid = check_argument (svpn_invocation_argument (invocation, 0), error);
  SmartvpnServer *server = is_valid ? svpn_lookup_option_server (invocation, error) : NULL;
  g_autoptr (GVariant) stored
      = server != NULL ? svpn_stored_settings_get (SMARTVPN_PROFILE (server), NULL, error) : NULL;
  g_autoptr (GVariant) profile = stored != NULL ? make_profile (invocation, server, stored, error) : NULL;

  if (profile == NULL || !check_output (invocation, profile, error))
    return FALSE;
  profile = authorize_new_client (invocation, server, stored, g_steal_pointer (&profile), error);
  return profile != NULL && show_invitation (invocation, profile, error);
}
