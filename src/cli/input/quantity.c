/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Rates, sizes and times as people write them. */
#include "quantity.h"
#include "amount.h"
#include "i18n.h"
#include "smartvpn.h"

#include <string.h>

static gboolean
refuse_quantity (GError **error, const char *format, const char *text)
{
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS, format, text);
  return FALSE;
}

gboolean
svpn_parse_rate (const char *text, guint64 *bytes_per_s, GError **error)
{
  return svpn_amount_parse_rate (text, bytes_per_s)
         || refuse_quantity (error, _ ("'%s' is not a rate, such as 500k, 2M or 10Mbit"), text);
}

gboolean
svpn_parse_size (const char *text, guint64 *bytes, GError **error)
{
  return svpn_amount_parse_size (text, bytes)
         || refuse_quantity (error, _ ("'%s' is not a number of bytes, such as 65536 or 64k"), text);
}

/* The Unix time of a date or time of ISO 8601; 0 if it is none, or before 1970. */
static guint64
parse_date (const char *text)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *with_time
      = strchr (text, 'T') == NULL ? g_strconcat (text, "T00:00:00", NULL) : g_strdup (text);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (with_time, local);

  return time != NULL ? (guint64) MAX (g_date_time_to_unix (time), 0) : 0;
}

gboolean
svpn_parse_time (const char *text, guint64 now_s, guint64 *unix_s, GError **error)
{
  static const SvpnUnit units[]
      = { { "s", 1, 1 }, { "m", 60, 1 }, { "h", 3600, 1 }, { "d", 86400, 1 }, { NULL, 0, 0 } };
  guint64 duration_s;

  *unix_s = svpn_amount_parse (text, units, &duration_s) ? now_s + duration_s : parse_date (text);
  return *unix_s > now_s
         || refuse_quantity (error, _ ("'%s' is not a time in the future, such as 30d, 12h or 2030-01-31"),
                             text);
}
