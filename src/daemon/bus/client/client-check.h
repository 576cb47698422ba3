/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Check() of org.smartvpn.Client. */
#pragma once

#include "client-object-private.h"

/* What keeps this client from working, or soon will; to be freed with g_strfreev(). */
char **svpn_client_check (SvpnClientObject *self) G_GNUC_WARN_UNUSED_RESULT;
