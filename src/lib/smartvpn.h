/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * libsmartvpn: drives smartvpnd and follows it. This is the one header to include. */
#pragma once

#include "smartvpn-authorized-client.h"
#include "smartvpn-client-info.h"
#include "smartvpn-client.h"
#include "smartvpn-enums.h"
#include "smartvpn-error.h"
#include "smartvpn-manager.h"
#include "smartvpn-profile.h"
#include "smartvpn-quality.h"
#include "smartvpn-record.h"
#include "smartvpn-server-access.h"
#include "smartvpn-server-info.h"
#include "smartvpn-server.h"
#include "smartvpn-settings.h"
#include "smartvpn-statistics.h"
