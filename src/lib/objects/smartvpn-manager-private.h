/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the methods of SmartvpnManager need to know of it. */
#pragma once

#include "inventory.h"
#include "smartvpn-manager.h"

SvpnInventory *svpn_manager_get_inventory (SmartvpnManager *self);
