/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A limit on the signals of a worker.
 *
 * How it works: GDBus calls a filter of the connection for each message, in a thread of its own, before it queues the message
 * for the main loop. Later would be too late: that queue has no bound. Only the filter touches its token bucket. */
#include "signal-limit.h"

#define LOST_DELAY_MS 1000
#define FLOOD_PAUSE_US (60 * G_USEC_PER_SEC) /* after a pause this long, another flood begins */

typedef struct {
  char *id;
  GWeakRef object;
  void (*lost) (GObject *object);
  gint lost_is_due; /* atomic */

  /* Only the filter touches these. */
  gint64 tokens, filled_us; /* bytes; monotonic */
  gint64 dropped_us;        /* of the last drop; 0: none */
} Limit;

static void
limit_clear (gpointer data)
{
  Limit *limit = data;

  g_weak_ref_clear (&limit->object);
  g_free (limit->id);
}

static void
limit_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, limit_clear);
}

/* Called by the main loop. */
static gboolean
on_lost (gpointer user_data)
{
  Limit *limit = user_data;
  g_autoptr (GObject) object = g_weak_ref_get (&limit->object);

  g_atomic_int_set (&limit->lost_is_due, FALSE);
  if (object != NULL)
    limit->lost (object);
  return G_SOURCE_REMOVE;
}

static gint64
size_of (GDBusMessage *message)
{
  g_autofree guchar *fields = g_dbus_message_get_header_fields (message);
  GVariant *body = g_dbus_message_get_body (message);
  gsize size = body != NULL ? g_variant_get_size (body) : 0;

  for (guchar *field = fields; *field != G_DBUS_MESSAGE_HEADER_FIELD_INVALID; field++)
    size += g_variant_get_size (g_dbus_message_get_header (message, *field));
  return (gint64) MAX (size, SVPN_SIGNAL_MIN_BYTES);
}

static gboolean
take_tokens (Limit *limit, gint64 size, gint64 now_us)
{
  gint64 elapsed_us = MIN (now_us - limit->filled_us, G_USEC_PER_SEC * 60);
  gint64 earned = elapsed_us * SVPN_SIGNAL_RATE_BYTES_PER_S / G_USEC_PER_SEC;

  if (earned > 0) {
    limit->tokens = MIN (limit->tokens + earned, SVPN_SIGNAL_BURST_BYTES);
    limit->filled_us = now_us;
  }
  if (limit->tokens < size)
    return FALSE;
  limit->tokens -= size;
  return TRUE;
}

static void
note_drop (Limit *limit, gint64 now_us)
{
  if (limit->dropped_us == 0 || now_us - limit->dropped_us > FLOOD_PAUSE_US)
    g_warning ("%s: the worker sends too many signals; those beyond %d kB/s are dropped", limit->id,
               SVPN_SIGNAL_RATE_BYTES_PER_S / 1000);
  limit->dropped_us = now_us;
  if (g_atomic_int_compare_and_exchange (&limit->lost_is_due, FALSE, TRUE))
    g_timeout_add_full (G_PRIORITY_DEFAULT, LOST_DELAY_MS, on_lost, g_atomic_rc_box_acquire (limit),
                        limit_unref);
}

static GDBusMessage *
filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  Limit *limit = user_data;
  GDBusMessageType type = g_dbus_message_get_message_type (message);
  gint64 now_us;

  if (!incoming || type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN || type == G_DBUS_MESSAGE_TYPE_ERROR)
    return message;
  now_us = g_get_monotonic_time ();
  if (type == G_DBUS_MESSAGE_TYPE_SIGNAL && take_tokens (limit, size_of (message), now_us))
    return message;
  note_drop (limit, now_us);
  g_object_unref (message);
  return NULL;
}

void
svpn_signal_limit_install (GDBusConnection *connection, const char *id, GObject *object,
                           void (*lost) (GObject *object))
{
  Limit *limit = g_atomic_rc_box_new0 (Limit);

  limit->id = g_strdup (id);
  g_weak_ref_init (&limit->object, object);
  limit->lost = lost;
  limit->tokens = SVPN_SIGNAL_BURST_BYTES;
  limit->filled_us = g_get_monotonic_time ();
  g_dbus_connection_add_filter (connection, filter, limit, limit_unref);
}
