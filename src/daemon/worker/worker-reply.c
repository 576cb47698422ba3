/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a worker says, checked. */
#include "worker-reply.h"
#include "error.h"
#include "keys.h"

#include <math.h>
#include <string.h>

#define TEXT_MAX 256
#define ERROR_TEXT_MAX 1024
#define CLIENTS_MAX 65536
#define MTU_MIN 576
#define IPV4_PREFIX_MIN 8
#define IPV6_PREFIX_MIN 16
#define LEASE_MAX 128
#define HISTORY_TYPE "a(tdb)"
#define HISTORY_MAX 1024

typedef struct {
  const char *key;
  const char *type;
} Field;

/* clang-format off */
#define COUNTERS                                                                                             \
  { "bytes-sent", "t" }, { "bytes-received", "t" }, { "packets-sent", "t" }, { "packets-received", "t" },    \
  { "frames-sent", "t" }, { "frames-received", "t" }, { "wire-bytes-sent", "t" },                            \
  { "wire-bytes-received", "t" }, { "drops-queue-full", "t" }, { "drops-malformed", "t" },                   \
  { "drops-spoofed", "t" }, { "drops-no-route", "t" }, { "drops-too-big", "t" }, { "drops-qos-high", "t" },  \
  { "drops-qos-normal", "t" }, { "drops-qos-low", "t" }, { "drops-rate-limit", "t" },                        \
  { "queue-packets", "t" }, { "queue-bytes", "t" }, { "queue-bytes-high", "t" },                             \
  { "queue-bytes-normal", "t" }, { "queue-bytes-low", "t" }, { "rekeys", "t" }, { "reconnects", "t" },       \
  { "uptime-s", "t" }

#define QUALITY                                                                                              \
  { "health", "s" }, { "rtt-ms", "d" }, { "rtt-last-ms", "d" }, { "rtt-variation-ms", "d" },                 \
  { "jitter-ms", "d" }, { "loss-ratio", "d" }, { "keepalive-interval-s", "d" }, { "keepalives-sent", "t" },  \
  { "keepalives-answered", "t" }, { "keepalives-timed-out", "t" }, { "next-keepalive-s", "d" },              \
  { "history", HISTORY_TYPE }

#define CLIENT                                                                                               \
  { "id", "s" }, { "assigned-ip", "s" }, { "assigned-ipv6", "s" }, { "remote-address", "s" },                \
  { "name", "s" }, { "public-key", "s" }, { "since", "t" }, { "mtu", "u" }

static const Field *const fields[] = {
  [SVPN_REPLY_CLIENT_STATISTICS] = (const Field[]){ COUNTERS, { NULL } },
  [SVPN_REPLY_SERVER_STATISTICS] = (const Field[]){
    COUNTERS, { "sessions-total", "t" }, { "handshakes-failed", "t" }, { "admissions-refused", "t" },
    { "admissions-replayed", "t" }, { "protocol-errors", "t" }, { "drops-client-to-client", "t" }, { NULL } },
  [SVPN_REPLY_CLIENT] = (const Field[]){ CLIENT, COUNTERS, { NULL } },
  [SVPN_REPLY_CLIENT_TELEMETRY] = (const Field[]){
    CLIENT, COUNTERS, QUALITY, { "rate-limit-bytes-per-s", "t" }, { "rate-limit-burst-bytes", "t" }, { NULL } },
  [SVPN_REPLY_QUALITY] = (const Field[]){ QUALITY, { NULL } },
  [SVPN_REPLY_MTU_INFO] = (const Field[]){
    { "mtu", "u" }, { "overhead", "u" }, { "overhead-ip", "u" }, { "overhead-tcp", "u" },
    { "overhead-websocket", "u" }, { "overhead-frame", "u" }, { "overhead-tag", "u" }, { "extra-nonce", "u" },
    { "extra-tls", "u" }, { "packets-too-big", "t" }, { NULL } },
  [SVPN_REPLY_RECONNECTION] = (const Field[]){
    { "duration-ms", "t" }, { "attempts", "u" }, { "reason", "s" }, { "reconnects", "t" }, { NULL } },
};
/* clang-format on */

static char *
clean_text (const char *text, glong max)
{
  g_autofree char *cut = g_utf8_strlen (text, -1) > max ? g_utf8_substring (text, 0, max) : g_strdup (text);
  GString *clean = g_string_new (NULL);

  for (const char *c = cut; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);
    g_string_append_unichar (clean, g_unichar_isprint (character) ? character : '?');
  }
  return g_string_free (clean, FALSE);
}

char *
svpn_worker_text (const char *text)
{
  return clean_text (text, TEXT_MAX);
}

const char *
svpn_worker_health (const char *text)
{
  static const char *const names[] = { "healthy", "degraded", "critical" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], text) == 0)
      return names[i];
  return NULL;
}

/* @value as it may be shown, floating or not; NULL if it may not. */
static GVariant *
show (GVariant *value, const Field *field)
{
  switch (*field->type) {
  case 's':
    if (strcmp (field->key, "health") == 0 && svpn_worker_health (g_variant_get_string (value, NULL)) == NULL)
      return NULL;
    return g_variant_new_take_string (svpn_worker_text (g_variant_get_string (value, NULL)));
  case 'd':
    return isfinite (g_variant_get_double (value)) ? value : NULL;
  case 'a':
    return g_variant_n_children (value) <= HISTORY_MAX ? value : NULL;
  default:
    return value;
  }
}

static GVariant *
pick (GVariant *dictionary, const Field *wanted)
{
  GVariantBuilder picked = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (const Field *field = wanted; field->key != NULL; field++) {
    g_autoptr (GVariant) value
        = g_variant_lookup_value (dictionary, field->key, G_VARIANT_TYPE (field->type));
    GVariant *shown = value != NULL ? show (value, field) : NULL;
    if (shown != NULL)
      g_variant_builder_add (&picked, "{sv}", field->key, shown);
  }
  return g_variant_builder_end (&picked);
}

static GVariant *
pick_each (GVariant *list, const Field *wanted)
{
  GVariantBuilder picked = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  gsize n = MIN (g_variant_n_children (list), CLIENTS_MAX);

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);
    g_variant_builder_add_value (&picked, pick (dictionary, wanted));
  }
  return g_variant_builder_end (&picked);
}

GVariant *
svpn_worker_reply (SvpnReply reply, GVariant *said)
{
  return reply == SVPN_REPLY_CLIENT_LIST ? pick_each (said, fields[SVPN_REPLY_CLIENT])
                                         : pick (said, fields[reply]);
}

GError *
svpn_worker_error (GError *error)
{
  g_autoptr (GError) taken = error;

  g_dbus_error_strip_remote_error (error);
  g_autofree char *text = clean_text (error->message, ERROR_TEXT_MAX);
  if (error->domain == SVPN_ERROR)
    return g_error_new_literal (SVPN_ERROR, error->code, text);
  return g_error_new (SVPN_ERROR, SVPN_ERROR_FAILED, "The worker failed: %s", text);
}

gboolean
svpn_worker_error_is_silence (const GError *error)
{
  return !g_dbus_error_is_remote_error (error)
         && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
             || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED));
}

/* ---- The assignment ---- */

static gboolean
refuse (GError **error, const char *key)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "The server's answer cannot be used: %s", key);
  return FALSE;
}

static const char *
lookup_string (GVariant *dictionary, const char *key)
{
  const char *value = NULL;

  g_variant_lookup (dictionary, key, "&s", &value);
  return value;
}

static gboolean
parse_host (GVariant *dictionary, const char *key, int family, SvpnPrefix *address, GError **error)
{
  const char *text = lookup_string (dictionary, key);

  if (text == NULL || !svpn_address_parse (text, address) || address->family != family
      || !svpn_address_is_host (address))
    return refuse (error, key);
  return TRUE;
}

/* Own address, its prefix length, and the gateway inside of it. */
static gboolean
parse_addresses (GVariant *dictionary, const char *const keys[3], int family, guint prefix_min,
                 SvpnPrefix *own, char **gateway_text, GError **error)
{
  SvpnPrefix gateway;
  guint32 prefix = 0;

  if (!parse_host (dictionary, keys[0], family, own, error))
    return FALSE;
  if (!g_variant_lookup (dictionary, keys[1], "u", &prefix) || prefix < prefix_min || prefix > own->prefix)
    return refuse (error, keys[1]);
  own->prefix = prefix;
  if (!parse_host (dictionary, keys[2], family, &gateway, error))
    return FALSE;
  if (!svpn_prefix_contains (own, &gateway))
    return refuse (error, keys[2]);
  *gateway_text = svpn_address_to_string (&gateway);
  return TRUE;
}

static gboolean
parse_dns (GVariant *dictionary, char ***dns, GError **error)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (dictionary, "dns", G_VARIANT_TYPE ("as"));
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  if (n > SVPN_ASSIGNMENT_MAX_DNS)
    return refuse (error, "dns (too many)");
  for (gsize i = 0; i < n; i++) {
    const char *text;
    SvpnPrefix address;
    g_variant_get_child (list, i, "&s", &text);
    if (!svpn_address_parse (text, &address) || !svpn_address_is_host (&address))
      return refuse (error, "dns");
    g_strv_builder_add (texts, text);
  }
  *dns = g_strv_builder_end (texts);
  return TRUE;
}

static gboolean
parse_routes (GVariant *dictionary, char ***routes, GError **error)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (dictionary, "routes", G_VARIANT_TYPE ("as"));
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  if (n > SVPN_ASSIGNMENT_MAX_ROUTES)
    return refuse (error, "routes (too many)");
  for (gsize i = 0; i < n; i++) {
    const char *text;
    SvpnPrefix route;
    g_variant_get_child (list, i, "&s", &text);
    if (!svpn_prefix_parse (text, &route) || svpn_address_is_loopback (&route))
      return refuse (error, "routes");
    svpn_prefix_mask (&route);
    g_autofree char *masked = svpn_prefix_to_string (&route);
    g_strv_builder_add (texts, masked);
  }
  *routes = g_strv_builder_end (texts);
  return TRUE;
}

static gboolean
parse_mtu (GVariant *dictionary, guint wished_mtu, guint *mtu, GError **error)
{
  guint32 value = 0;

  if (!g_variant_lookup (dictionary, "mtu", "u", &value) || value < MTU_MIN
      || value > MIN (wished_mtu, G_MAXUINT16))
    return refuse (error, "mtu");
  *mtu = value;
  return TRUE;
}

static gboolean
parse_rest (GVariant *dictionary, SvpnAssignment *assignment, GError **error)
{
  const char *remote = lookup_string (dictionary, "remote-address");
  const char *client_id = lookup_string (dictionary, "client-id");
  uint16_t port;

  if (client_id == NULL)
    return refuse (error, "client-id");
  assignment->client_id = svpn_worker_text (client_id);
  if (remote == NULL || !svpn_endpoint_parse (remote, &assignment->remote, &port))
    return refuse (error, "remote-address");
  assignment->remote_address = g_strdup (remote);
  return TRUE;
}

static gboolean
parse_lease (GVariant *dictionary, char **lease, GError **error)
{
  const char *text = lookup_string (dictionary, "lease");
  gsize length = text != NULL ? strlen (text) : 0;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return refuse (error, "lease");
  if (length > LEASE_MAX)
    return refuse (error, "lease");
  *lease = length > 0 ? g_strdup (text) : NULL;
  return TRUE;
}

gboolean
svpn_assignment_update (SvpnAssignment *assignment, GVariant *dictionary, guint wished_mtu, GError **error)
{
  g_auto (GStrv) dns = NULL, routes = NULL;

  if (!parse_dns (dictionary, &dns, error) || !parse_routes (dictionary, &routes, error)
      || !parse_mtu (dictionary, wished_mtu, &assignment->mtu, error))
    return FALSE;
  g_strfreev (assignment->dns);
  g_strfreev (assignment->routes);
  assignment->dns = g_steal_pointer (&dns);
  assignment->routes = g_steal_pointer (&routes);
  return TRUE;
}

SvpnAssignment *
svpn_assignment_parse (GVariant *dictionary, guint wished_mtu, GError **error)
{
  static const char *const keys4[3] = { "assigned-ip", "prefix", "gateway" };
  static const char *const keys6[3] = { "assigned-ipv6", "prefix6", "gateway6" };
  g_autoptr (SvpnAssignment) assignment = g_new0 (SvpnAssignment, 1);

  if (!parse_addresses (dictionary, keys4, AF_INET, IPV4_PREFIX_MIN, &assignment->ipv4, &assignment->gateway,
                        error))
    return NULL;
  if (lookup_string (dictionary, keys6[0]) != NULL
      && !parse_addresses (dictionary, keys6, AF_INET6, IPV6_PREFIX_MIN, &assignment->ipv6,
                           &assignment->gateway6, error))
    return NULL;
  if (!svpn_assignment_update (assignment, dictionary, wished_mtu, error)
      || !parse_rest (dictionary, assignment, error) || !parse_lease (dictionary, &assignment->lease, error))
    return NULL;
  return g_steal_pointer (&assignment);
}

void
svpn_assignment_free (SvpnAssignment *assignment)
{
  g_free (assignment->client_id);
  g_free (assignment->gateway);
  g_free (assignment->gateway6);
  g_strfreev (assignment->dns);
  g_strfreev (assignment->routes);
  g_free (assignment->remote_address);
  svpn_key_free (assignment->lease);
  g_free (assignment);
}
