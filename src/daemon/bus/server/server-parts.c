/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server needs before its worker runs: key, certificate, listening sockets and authorized clients. */
#include "server-parts.h"
#include "authorized-clients.h"
#include "error.h"
#include "stored-profile.h"
#include "x25519.h"
#include "listener.h"
#include "certificate.h"
#include "pem.h"

#include <unistd.h>

#define SCOPE SVPN_SCOPE_SERVER

/* Puts @key = @value over *@settings. */
static void
override_setting (GVariant **settings, const char *key, GVariant *value)
{
  g_autoptr (GVariant) old = *settings;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&dict, key, value);
  g_autoptr (GVariant) entry = g_variant_ref_sink (g_variant_dict_end (&dict));
  *settings = svpn_settings_merge (old, entry);
}

/* Makes and stores the private key at the first start. */
static gboolean
ensure_key (SvpnStore *store, const char *name, GVariant **settings, GError **error)
{
  g_autofree char *public_key = NULL;
  g_autoptr (SvpnSecretText) private_key = NULL;

  if (svpn_settings_get_string (SCOPE, *settings, "private-key") != NULL)
    return TRUE;
  g_autoptr (GVariant) profile = svpn_store_load (store, SCOPE, name, error);
  if (profile == NULL)
    return FALSE;
  svpn_x25519_generate (&public_key, &private_key);
  override_setting (&profile, "private-key", g_variant_new_string (private_key));
  override_setting (settings, "private-key", g_variant_new_string (private_key));
  return svpn_stored_profile_save (store, SCOPE, name, profile, error);
}

/* Whether a TLS server can use them. What clients may not like is a warning. */
static gboolean
check_certificate (const char *certificate_file, const char *key_file, const char *certificate_pem,
                   const char *key_pem, GError **error)
{
  g_autofree char *warning = NULL;
  gnutls_certificate_credentials_t credentials
      = svpn_certificate_load (certificate_pem, key_pem, &warning, error);

  if (credentials == NULL) {
    g_prefix_error (error, "%s, %s: ", certificate_file, key_file);
    return FALSE;
  }
  gnutls_certificate_free_credentials (credentials);
  if (warning != NULL)
    g_warning ("%s: %s", certificate_file, warning);
  return TRUE;
}

gboolean
svpn_server_parts_load_certificate (GVariant *settings, char **certificate_pem, SvpnSecretText **key_pem,
                                    GError **error)
{
  const char *certificate_file = svpn_settings_get_string (SCOPE, settings, "tls-certificate-file");
  const char *key_file = svpn_settings_get_string (SCOPE, settings, "tls-key-file");

  if (certificate_file == NULL)
    return TRUE;
  *certificate_pem = svpn_pem_read ("tls-certificate-file", certificate_file, error);
  if (*certificate_pem == NULL)
    return FALSE;
  *key_pem = svpn_pem_read ("tls-key-file", key_file, error);
  return *key_pem != NULL
         && check_certificate (certificate_file, key_file, *certificate_pem, *key_pem, error);
}

/* The authorized clients, if the server can serve them all. */
static gboolean
load_authorized (SvpnServerParts *parts, const char *config_dir, const char *name, GVariant *settings,
                 GError **error)
{
  SvpnPools pools = svpn_authorized_clients_pools (settings);

  parts->authorized = svpn_authorized_clients_load (config_dir, name, error);
  return parts->authorized != NULL && svpn_authorized_clients_check (parts->authorized, &pools, error);
}

/* Whether to go on without a socket: the default of "listen" is IPv4 and IPv6, and the kernel may lack one of them. */
static gboolean
is_tolerable (GVariant *settings, const GError *error)
{
  g_autoptr (GVariant) listen = g_variant_lookup_value (settings, "listen", NULL);

  return listen == NULL && g_error_matches (error, SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED);
}

/* Opens the sockets and puts their real addresses into *@settings. */
static gboolean
open_listeners (SvpnServerParts *parts, GVariant **settings, GError **error)
{
  g_auto (GStrv) endpoints = svpn_settings_get_strings (SCOPE, *settings, "listen");
  g_autoptr (GStrvBuilder) actual = g_strv_builder_new ();

  parts->listeners = g_unix_fd_list_new ();
  for (char **endpoint = endpoints; *endpoint != NULL; endpoint++) {
    g_autofree char *bound = NULL;
    g_autoptr (GError) local_error = NULL;
    int fd = svpn_listener_open (*endpoint, &bound, &local_error);
    if (fd < 0 && is_tolerable (*settings, local_error)) {
      g_info ("%s", local_error->message);
      continue;
    }
    gboolean kept = fd >= 0 && g_unix_fd_list_append (parts->listeners, fd, &local_error) >= 0;
    if (fd >= 0)
      close (fd);
    if (!kept) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
    g_strv_builder_add (actual, bound);
  }
  g_auto (GStrv) listening = g_strv_builder_end (actual);
  override_setting (settings, "listen", g_variant_new_strv ((const char *const *) listening, -1));
  return TRUE;
}

SvpnServerParts *
svpn_server_parts_new (SvpnStore *store, const char *config_dir, const char *name, GVariant **settings,
                       GError **error)
{
  g_autoptr (SvpnServerParts) parts = g_new0 (SvpnServerParts, 1);

  if (!svpn_server_parts_load_certificate (*settings, &parts->certificate_pem, &parts->key_pem, error)
      || !load_authorized (parts, config_dir, name, *settings, error)
      || !ensure_key (store, name, settings, error) || !open_listeners (parts, settings, error))
    return NULL;
  return g_steal_pointer (&parts);
}

void
svpn_server_parts_free (SvpnServerParts *parts)
{
  g_clear_object (&parts->listeners);
  g_free (parts->certificate_pem);
  svpn_secret_text_free (parts->key_pem);
  g_clear_pointer (&parts->authorized, g_variant_unref);
  g_free (parts);
}
