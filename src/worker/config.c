/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Converts smartvpnd's settings of the private interface into the engine's. */
#include "config.h"
#include "error.h"

#include <sodium.h>
#include <string.h>

static gboolean
reject_setting (GError **error, const char *key)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "%s: missing or not usable", key);
  return FALSE;
}

/* Decodes a key in base64 into @out. */
static gboolean
get_key (GVariant *settings, const char *key, uint8_t out[SVPN_KEY_SIZE], GError **error)
{
  const char *text;
  size_t size;

  if (g_variant_lookup (settings, key, "&s", &text)
      && sodium_base642bin (out, SVPN_KEY_SIZE, text, strlen (text), NULL, &size, NULL,
                            sodium_base64_VARIANT_ORIGINAL)
             == 0
      && size == SVPN_KEY_SIZE)
    return TRUE;
  return reject_setting (error, key);
}

static uint8_t *
get_secret_key (GVariant *settings, const char *key, GError **error)
{
  uint8_t *secret = sodium_malloc (SVPN_KEY_SIZE);

  if (get_key (settings, key, secret, error))
    return secret;
  sodium_free (secret);
  return NULL;
}

static gboolean
has_key (GVariant *settings, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (settings, key, NULL);

  return value != NULL;
}

static guint
get_uint (GVariant *settings, const char *key, guint fallback)
{
  guint value = fallback;

  g_variant_lookup (settings, key, "u", &value);
  return value;
}

static gboolean
get_bool (GVariant *settings, const char *key, gboolean fallback)
{
  gboolean value = fallback;

  g_variant_lookup (settings, key, "b", &value);
  return value;
}

static SvpnKeepaliveConfig
get_keepalive (GVariant *settings)
{
  static const char *const intervals[SVPN_HEALTH_STATES]
      = { "keepalive-healthy-s", "keepalive-degraded-s", "keepalive-critical-s" };
  SvpnKeepaliveConfig config = SVPN_KEEPALIVE_CONFIG_DEFAULT;

  for (int i = 0; i < SVPN_HEALTH_STATES; i++)
    config.interval_ms[i] = get_uint (settings, intervals[i], config.interval_ms[i] / 1000) * 1000;
  config.timeout_ms = get_uint (settings, "keepalive-timeout-s", config.timeout_ms / 1000) * 1000;
  config.rtt_threshold_ms = get_uint (settings, "keepalive-rtt-threshold-ms", config.rtt_threshold_ms);
  config.loss_threshold_permille
      = get_uint (settings, "keepalive-loss-threshold-percent", config.loss_threshold_permille / 10) * 10;
  return config;
}

/* A host name may end with a dot: the root of DNS. In TLS and in certificates names have none (RFC 6066, section 3). */
static void
drop_final_dot (char *url)
{
  char *host = strstr (url, "://");
  char *end = host != NULL ? host + 3 + strcspn (host + 3, ":/?") : NULL;

  if (end != NULL && end > host + 4 && end[-1] == '.')
    memmove (end - 1, end, strlen (end) + 1);
}

SvpnClientConfig *
svpn_config_client (GVariant *settings, GError **error)
{
  g_autoptr (SvpnClientConfig) config = svpn_client_config_new ();
  const char *verify = "system";

  if (!g_variant_lookup (settings, "server-url", "s", &config->server_url)) {
    reject_setting (error, "server-url");
    return NULL;
  }
  drop_final_dot (config->server_url);
  if (!get_key (settings, "server-public-key", config->server_public_key, error))
    return NULL;
  if (has_key (settings, "private-key")) {
    config->private_key = get_secret_key (settings, "private-key", error);
    if (config->private_key == NULL)
      return NULL;
  }
  g_variant_lookup (settings, "tls-verify", "&s", &verify);
  config->tls_verify = strcmp (verify, "none") != 0;
  g_variant_lookup (settings, "tls-ca-pem", "s", &config->tls_ca_pem);
  g_variant_lookup (settings, "lease", "s", &config->lease);
  if (!g_variant_lookup (settings, "mtu", "u", &config->mtu)) {
    reject_setting (error, "mtu");
    return NULL;
  }
  if (!g_variant_lookup (settings, "connect-timeout-s", "u", &config->connect_timeout_s)) {
    reject_setting (error, "connect-timeout-s");
    return NULL;
  }
  config->link_mtu = get_uint (settings, "link-mtu", 0);
  config->auto_reconnect = get_bool (settings, "auto-reconnect", FALSE);
  config->max_reconnect_attempts = get_uint (settings, "max-reconnect-attempts", 0);
  config->rekey_interval_s = get_uint (settings, "rekey-interval-s", 0);
  config->rekey_mib = get_uint (settings, "rekey-mib", 0);
  config->qos = get_bool (settings, "qos", TRUE);
  config->keepalive = get_keepalive (settings);
  return g_steal_pointer (&config);
}

static gboolean
get_pool (GVariant *settings, const char *key, int family, SvpnPrefix *pool)
{
  const char *text;

  return g_variant_lookup (settings, key, "&s", &text) && svpn_prefix_parse (text, pool)
         && pool->family == family;
}

SvpnTlsContext *
svpn_config_tls (const char *certificate_pem, const char *key_pem, GError **error)
{
  g_autofree char *warning = NULL;
  SvpnTlsContext *tls = svpn_tls_context_new (certificate_pem, key_pem, &warning, error);

  if (warning != NULL)
    g_warning ("%s", warning);
  return tls;
}

/* Certificate and key, if the settings have them. */
static gboolean
get_tls (GVariant *settings, SvpnTlsContext **tls, GError **error)
{
  const char *certificate_pem, *key_pem;

  if (!g_variant_lookup (settings, "tls-certificate-pem", "&s", &certificate_pem))
    return TRUE;
  if (!g_variant_lookup (settings, "tls-key-pem", "&s", &key_pem))
    return reject_setting (error, "tls-key-file");
  *tls = svpn_config_tls (certificate_pem, key_pem, error);
  return *tls != NULL;
}

static gboolean
get_decoy (GVariant *settings, SvpnServerConfig *config, GError **error)
{
  static const char scheme[] = "http://";
  const char *decoy = NULL, *version = "none";

  g_variant_lookup (settings, "decoy-proxy-protocol", "&s", &version);
  config->origin.proxy_version = g_str_equal (version, "v1") ? 1 : g_str_equal (version, "v2") ? 2 : 0;
  if (!g_variant_lookup (settings, "decoy", "&s", &decoy))
    return TRUE;
  if (g_path_is_absolute (decoy)) {
    config->decoy_directory = g_strdup (decoy);
    return TRUE;
  }
  if (g_str_has_prefix (decoy, scheme)
      && svpn_endpoint_parse (decoy + strlen (scheme), &config->origin.origin.address,
                              &config->origin.origin.port))
    return TRUE;
  return reject_setting (error, "decoy");
}

static gboolean
get_trusted_proxies (GVariant *settings, SvpnServerConfig *config, GError **error)
{
  g_auto (GStrv) networks = NULL;

  if (!g_variant_lookup (settings, "trusted-proxies", "^as", &networks))
    return TRUE;
  config->trusted_proxies = g_new0 (SvpnPrefix, g_strv_length (networks));
  for (char **network = networks; *network != NULL; network++)
    if (!svpn_prefix_parse (*network, &config->trusted_proxies[config->n_trusted_proxies++]))
      return reject_setting (error, "trusted-proxies");
  return TRUE;
}

static gboolean
read_changeable (GVariant *settings, SvpnServerConfig *config, GError **error)
{
  const char *flaw = NULL, *client_auth = "none";

  if (!g_variant_lookup (settings, "dns", "^as", &config->dns))
    flaw = "dns";
  else if (!g_variant_lookup (settings, "routes", "^as", &config->routes))
    flaw = "routes";
  else if (!g_variant_lookup (settings, "max-clients", "u", &config->max_clients))
    flaw = "max-clients";
  else if (!g_variant_lookup (settings, "require-proof", "b", &config->require_proof))
    flaw = "require-proof";
  if (flaw != NULL)
    return reject_setting (error, flaw);
  g_variant_lookup (settings, "client-auth", "&s", &client_auth);
  config->client_auth = strcmp (client_auth, "none") != 0;
  config->rate_bytes_per_s = get_uint (settings, "rate-limit-bytes-per-s", 0);
  config->burst_bytes = get_uint (settings, "rate-limit-burst-bytes", 0);
  config->qos = get_bool (settings, "qos", TRUE);
  config->keepalive = get_keepalive (settings);
  return get_decoy (settings, config, error) && get_trusted_proxies (settings, config, error);
}

SvpnServerConfig *
svpn_config_server_changeable (GVariant *settings, GError **error)
{
  g_autoptr (SvpnServerConfig) config = svpn_server_config_new ();

  return read_changeable (settings, config, error) ? g_steal_pointer (&config) : NULL;
}

SvpnServerConfig *
svpn_config_server (GVariant *settings, GError **error)
{
  g_autoptr (SvpnServerConfig) config = svpn_server_config_new ();
  const char *flaw = NULL;

  config->private_key = get_secret_key (settings, "private-key", error);
  if (config->private_key == NULL || !get_tls (settings, &config->tls, error))
    return NULL;
  if (!g_variant_lookup (settings, "path", "s", &config->path))
    flaw = "path";
  else if (!get_pool (settings, "ipv4-pool", AF_INET, &config->ipv4_pool))
    flaw = "ipv4-pool";
  else if (has_key (settings, "ipv6-pool") && !get_pool (settings, "ipv6-pool", AF_INET6, &config->ipv6_pool))
    flaw = "ipv6-pool";
  else if (!g_variant_lookup (settings, "mtu", "u", &config->mtu))
    flaw = "mtu";
  else if (!g_variant_lookup (settings, "client-to-client", "b", &config->client_to_client))
    flaw = "client-to-client";
  if (flaw != NULL) {
    reject_setting (error, flaw);
    return NULL;
  }
  return read_changeable (settings, config, error) ? g_steal_pointer (&config) : NULL;
}

static void
insert_address (GVariantDict *dict, const SvpnPrefix *address, const SvpnPrefix *gateway,
                const char *address_key, const char *prefix_key, const char *gateway_key)
{
  g_autofree char *address_text = svpn_address_to_string (address);
  g_autofree char *gateway_text = svpn_address_to_string (gateway);

  g_variant_dict_insert (dict, address_key, "s", address_text);
  g_variant_dict_insert (dict, prefix_key, "u", address->prefix);
  g_variant_dict_insert (dict, gateway_key, "s", gateway_text);
}

static void
insert_changeable (GVariantDict *dict, const SvpnWelcome *welcome)
{
  g_variant_dict_insert (dict, "mtu", "u", welcome->mtu);
  g_variant_dict_insert (dict, "dns", "^as", welcome->dns);
  g_variant_dict_insert (dict, "routes", "^as", welcome->routes);
}

GVariant *
svpn_config_changeable (const SvpnWelcome *welcome)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  insert_changeable (&dict, welcome);
  return g_variant_dict_end (&dict);
}

GVariant *
svpn_config_assignment (const SvpnWelcome *welcome, const char *remote_address)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "client-id", "s", welcome->client_id);
  insert_address (&dict, &welcome->ipv4, &welcome->ipv4_gateway, "assigned-ip", "prefix", "gateway");
  if (welcome->ipv6.family != 0)
    insert_address (&dict, &welcome->ipv6, &welcome->ipv6_gateway, "assigned-ipv6", "prefix6", "gateway6");
  insert_changeable (&dict, welcome);
  if (welcome->lease != NULL)
    g_variant_dict_insert (&dict, "lease", "s", welcome->lease);
  g_variant_dict_insert (&dict, "remote-address", "s", remote_address);
  return g_variant_dict_end (&dict);
}
