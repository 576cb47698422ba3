/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * libsmartvpn drives and follows smartvpnd. Programs include this header only. */
#pragma once

#include "smartvpn-authorized-client.h"
#include "smartvpn-client-status.h"
#include "smartvpn-client.h"
#include "smartvpn-connection.h"
#include "smartvpn-enums.h"
#include "smartvpn-error.h"
#include "smartvpn-history.h"
#include "smartvpn-manager.h"
#include "smartvpn-mtu-info.h"
#include "smartvpn-profile.h"
#include "smartvpn-quality.h"
#include "smartvpn-reconnection.h"
#include "smartvpn-record.h"
#include "smartvpn-server-access.h"
#include "smartvpn-server-setup.h"
#include "smartvpn-server-status.h"
#include "smartvpn-server.h"
#include "smartvpn-session-list.h"
#include "smartvpn-session-telemetry.h"
#include "smartvpn-session.h"
#include "smartvpn-setting-info.h"
#include "smartvpn-settings.h"
#include "smartvpn-statistics.h"
#include "smartvpn-subscription.h"
#include "smartvpn-telemetry.h"
#include "smartvpn-version.h"
