/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Answers and signals of a worker, checked. */
#include "worker-reply.h"
#include "error.h"
#include "printable.h"

#include <math.h>
#include <string.h>

#define TEXT_MAX 256
#define ERROR_TEXT_MAX 1024
#define SESSIONS_MAX 65536
#define HISTORY_TYPE "a(tdb)"
#define HISTORY_MAX 1024
#define SERIES_MAX 120

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

#define SESSION                                                                                              \
  { "id", "s" }, { "assigned-ip", "s" }, { "assigned-ipv6", "s" }, { "remote-address", "s" },                \
  { "name", "s" }, { "public-key", "s" }, { "since", "t" }, { "mtu", "u" }, { "rate-limit", "t" },           \
  { "rate-limit-burst", "t" }, { "rate-limit-live", "b" }

static const Field *const fields[] = {
  [SVPN_REPLY_CLIENT_STATISTICS] = (const Field[]){ COUNTERS, { NULL } },
  [SVPN_REPLY_SERVER_STATISTICS] = (const Field[]){
    COUNTERS, { "sessions-total", "t" }, { "handshakes-failed", "t" }, { "admissions-refused", "t" },
    { "admissions-replayed", "t" }, { "protocol-errors", "t" }, { "drops-client-to-client", "t" },
    { "connections-evicted", "t" }, { "connections-refused", "t" }, { NULL } },
  [SVPN_REPLY_SESSION] = (const Field[]){ SESSION, COUNTERS, { NULL } },
  [SVPN_REPLY_SESSION_TELEMETRY] = (const Field[]){
    SESSION, COUNTERS, QUALITY, { "rate-limit-bytes-per-s", "t" }, { "rate-limit-burst-bytes", "t" }, { NULL } },
  [SVPN_REPLY_QUALITY] = (const Field[]){ QUALITY, { NULL } },
  [SVPN_REPLY_MTU_INFO] = (const Field[]){
    { "mtu", "u" }, { "overhead", "u" }, { "overhead-ip", "u" }, { "overhead-tcp", "u" },
    { "overhead-websocket", "u" }, { "overhead-frame", "u" }, { "overhead-tag", "u" }, { "extra-nonce", "u" },
    { "extra-tls", "u" }, { "packets-too-big", "t" }, { NULL } },
  [SVPN_REPLY_RECONNECTION] = (const Field[]){
    { "duration-ms", "t" }, { "attempts", "u" }, { "reason", "s" }, { "reconnects", "t" }, { NULL } },
  [SVPN_REPLY_RETRY] = (const Field[]){
    { "attempt", "u" }, { "next-try-ms", "t" }, { "lost-ms", "t" }, { "last-error", "s" }, { NULL } },
};
/* clang-format on */

char *
svpn_worker_text (const char *text)
{
  return svpn_printable (text, TEXT_MAX);
}

static const char *
find_name (const char *const *names, const char *text)
{
  for (; *names != NULL; names++)
    if (g_strcmp0 (*names, text) == 0)
      return *names;
  return NULL;
}

const char *
svpn_worker_health (const char *text)
{
  static const char *const names[] = { "healthy", "degraded", "critical", NULL };

  return find_name (names, text);
}

const char *
svpn_worker_aead (const char *text)
{
  static const char *const names[] = { "libcrypto", "libsodium", NULL };

  return find_name (names, text);
}

/* @value as others may see it, floating or not; NULL: they may not. */
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
  gsize n = MIN (g_variant_n_children (list), SESSIONS_MAX);

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);
    g_variant_builder_add_value (&picked, pick (dictionary, wanted));
  }
  return g_variant_builder_end (&picked);
}

GVariant *
svpn_worker_reply (SvpnReply reply, GVariant *answer)
{
  return reply == SVPN_REPLY_SESSION_LIST ? pick_each (answer, fields[SVPN_REPLY_SESSION])
                                          : pick (answer, fields[reply]);
}

/* @values (ad) with NaN for all that is not finite (floating). */
static GVariant *
show_series (GVariant *values)
{
  gsize n;
  const double *numbers = g_variant_get_fixed_array (values, &n, sizeof *numbers);
  g_autofree double *shown = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    shown[i] = isfinite (numbers[i]) ? numbers[i] : NAN;
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, shown, n, sizeof *shown);
}

/* Adds the known series of @series; FALSE if they are of different lengths, too long or empty. */
static gboolean
pick_series (GVariant *series, GVariantDict *dict)
{
  static const char *const keys[] = { "rtt-ms",         "jitter-ms",  "loss-ratio",   "bytes-sent",
                                      "bytes-received", "drops-high", "drops-normal", "drops-low" };
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GVariant) values = g_variant_lookup_value (series, keys[i], G_VARIANT_TYPE ("ad"));
    gsize length = values != NULL ? g_variant_n_children (values) : n;

    if (length > SERIES_MAX || (n > 0 && length != n))
      return FALSE;
    if (values != NULL)
      g_variant_dict_insert_value (dict, keys[i], show_series (values));
    n = length;
  }
  return n > 0;
}

GVariant *
svpn_worker_history (GVariant *answer, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) series = NULL;
  guint64 start_unix_ms;
  guint32 step_ms;

  g_variant_get (answer, "(tu@a{sv})", &start_unix_ms, &step_ms, &series);
  if (step_ms > 0 && pick_series (series, &dict))
    return g_variant_ref_sink (
        g_variant_new ("(tu@a{sv})", start_unix_ms, step_ms, g_variant_dict_end (&dict)));
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED, "The worker has sent a history that makes no sense");
  return NULL;
}

GError *
svpn_worker_error (GError *error)
{
  g_autoptr (GError) taken = error;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) && !g_dbus_error_is_remote_error (error))
    return g_error_new_literal (SVPN_ERROR, SVPN_ERROR_TIMEOUT, "The worker does not answer");
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    return g_error_new_literal (
        SVPN_ERROR, SVPN_ERROR_NOT_SUPPORTED,
        "The tunnel runs with a worker of an older version, which cannot do this: end the "
        "tunnel and start it again");
  g_dbus_error_strip_remote_error (error);
  g_autofree char *text = svpn_printable (error->message, ERROR_TEXT_MAX);
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
