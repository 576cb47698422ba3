/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Check() of org.smartvpn.Server. */
#pragma once

#include "server-object-private.h"

#define SVPN_FINDING_AUTHORIZED_CLIENTS "authorized-clients" /* the code of a finding that can name clients */

/* What keeps clients from this server, or soon will: of the running server, else of its profile. To be freed with
 * g_strfreev(). */
char **svpn_server_check (SvpnServerObject *self) G_GNUC_WARN_UNUSED_RESULT;
