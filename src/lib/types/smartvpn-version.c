/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The version of libsmartvpn. */
#include "smartvpn-version.h"

const char *
smartvpn_get_version (void)
{
  return SVPN_VERSION;
}
