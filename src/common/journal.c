/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Our own fields in the journal. */
#include "journal.h"

#include <string.h>

#define FIELDS_MAX 16

static GLogField
tunnel_field (const char *tunnel)
{
  gboolean client = g_str_has_prefix (tunnel, "client-");
  const char *dash = strchr (tunnel, '-');

  return (GLogField){ client ? "SMARTVPN_CLIENT" : "SMARTVPN_SERVER", dash != NULL ? dash + 1 : tunnel, -1 };
}

static const char *
priority (GLogLevelFlags level)
{
  return level == G_LOG_LEVEL_WARNING ? "4" : "5"; /* of syslog(3), as GLib maps them */
}

void
svpn_journal_log (const char *domain, GLogLevelFlags level, const SvpnJournalEntry *entry, const char *format,
                  ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  const GLogField all[] = {
    { "MESSAGE", message, -1 },
    { "PRIORITY", priority (level), -1 },
    { "GLIB_DOMAIN", domain, -1 },
    tunnel_field (entry->tunnel),
    { "MESSAGE_ID", entry->event, -1 },
    { "SMARTVPN_STATE", entry->state, -1 },
    { "SMARTVPN_REASON", entry->reason, -1 },
    { "SMARTVPN_SESSION", entry->session, -1 },
  };
  GLogField fields[G_N_ELEMENTS (all)];
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i].value != NULL)
      fields[n++] = all[i];
  g_log_structured_array (level, fields, n);
}

static GLogWriterOutput
write_about_tunnel (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer tunnel)
{
  GLogField more[FIELDS_MAX];

  if (n >= FIELDS_MAX)
    return g_log_writer_default (level, fields, n, NULL);
  memcpy (more, fields, n * sizeof *fields);
  more[n] = tunnel_field (tunnel);
  return g_log_writer_default (level, more, n + 1, NULL);
}

void
svpn_journal_set_tunnel (const char *tunnel)
{
  g_log_set_writer_func (write_about_tunnel, g_strdup (tunnel), g_free);
}
