/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the engine logs, for tests. */
#include "log.h"
#include "virtual-time.h"

#include <string.h>

static GString *messages;

static GLogWriterOutput
keep (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      g_string_append_printf (messages, "%s\n", (const char *) fields[i].value);
  return (level & G_LOG_LEVEL_MASK) <= G_LOG_LEVEL_WARNING
             ? g_log_writer_default (level, fields, n_fields, user_data)
             : G_LOG_WRITER_HANDLED;
}

void
log_capture (void)
{
  messages = g_string_new (NULL);
  g_log_set_writer_func (keep, NULL, NULL);
}

void
log_clear (void)
{
  g_string_truncate (messages, 0);
}

const char *
log_text (void)
{
  return messages->str;
}

void
log_expect (const char *text)
{
  gint64 start_us = g_get_monotonic_time ();

  while (strstr (messages->str, text) == NULL) {
    if (g_get_monotonic_time () - start_us > WAIT_S * G_USEC_PER_SEC)
      g_error ("no message contains \"%s\"; there were:\n%s", text, messages->str);
    wait_once (start_us, text, __FILE__, __LINE__);
  }
}
