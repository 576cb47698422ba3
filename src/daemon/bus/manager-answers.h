/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What org.smartvpn.Manager answers without regard to any client or server. */
#pragma once

#include "environment.h"
#include "smartvpn-dbus.h"

/* Sets Version and Features, and answers GenerateKeypair(), DescribeSettings() and CheckPermissions() of @skeleton. @environment
 * outlives it. */
void svpn_manager_answers_connect (SvpnDbusManager *skeleton, const SvpnEnvironment *environment);
