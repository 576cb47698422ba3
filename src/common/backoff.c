/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How long to wait before the next attempt to reconnect. */
#include "backoff.h"

uint32_t
svpn_backoff_ms (unsigned int attempt, uint32_t random)
{
  uint32_t full = SVPN_BACKOFF_BASE_MS;

  if (attempt == 0)
    return random % (SVPN_BACKOFF_FIRST_MAX_MS + 1);
  for (unsigned int i = 1; i < attempt && full < SVPN_BACKOFF_MAX_MS; i++)
    full *= 2;
  if (full > SVPN_BACKOFF_MAX_MS)
    full = SVPN_BACKOFF_MAX_MS;
  return full / 2 + random % (full / 2 + 1);
}
