/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Rates and sizes as people write them. */
#include "amount.h"

gboolean
svpn_amount_parse (const char *text, const SvpnUnit *units, guint64 *amount)
{
  char *end;
  guint64 number;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  number = g_ascii_strtoull (text, &end, 10);
  for (; units->name != NULL; units++)
    if (g_ascii_strcasecmp (end, units->name) == 0)
      break;
  if (units->name == NULL || number > G_MAXINT64 / units->times)
    return FALSE;
  *amount = number * units->times / units->by;
  return TRUE;
}

gboolean
svpn_amount_parse_rate (const char *text, guint64 *bytes_per_s)
{
  static const SvpnUnit units[] = {
    { "", 1, 1 },           { "k", 1000, 1 },          { "M", 1000000, 1 },
    { "G", 1000000000, 1 }, { "bit", 1, 8 },           { "kbit", 1000, 8 },
    { "Mbit", 1000000, 8 }, { "Gbit", 1000000000, 8 }, { NULL, 0, 0 },
  };

  return svpn_amount_parse (text, units, bytes_per_s);
}

gboolean
svpn_amount_parse_size (const char *text, guint64 *bytes)
{
  static const SvpnUnit units[] = { { "", 1, 1 }, { "k", 1000, 1 }, { "M", 1000000, 1 }, { NULL, 0, 0 } };

  return svpn_amount_parse (text, units, bytes);
}
