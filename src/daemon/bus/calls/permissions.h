/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * CheckPermissions(): what a caller may do, without asking anybody for a password. */
#pragma once

#include "environment.h"

/* Answers with each polkit action of the access table: "yes", "challenge" (after an authentication) or "no". */
void svpn_permissions_tell (const SvpnEnvironment *environment, GDBusMethodInvocation *invocation);
