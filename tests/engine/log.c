/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the engine logs, for tests. */
#include "log.h"

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
  if (strstr (messages->str, text) == NULL)
    g_error ("no message contains \"%s\"; there were:\n%s", text, messages->str);
}
