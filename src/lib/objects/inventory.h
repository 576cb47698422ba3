/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Lists of the clients and servers of smartvpnd. A profile stays the same object for as long as smartvpnd has it. */
#pragma once

#include "smartvpn-profile-private.h"

typedef struct _SvpnInventory SvpnInventory;

typedef enum { SVPN_CLIENTS, SVPN_SERVERS, SVPN_N_LISTS } SvpnList;

SvpnInventory *svpn_inventory_new (void);
void svpn_inventory_free (SvpnInventory *inventory);

/* Profiles make their calls as @manager does, which owns @inventory and has a target. */
void svpn_inventory_set_manager (SvpnInventory *inventory, gpointer manager);

/* Sorted by name. */
GListModel *svpn_inventory_get_list (SvpnInventory *inventory, SvpnList list);

/* A client or server, borrowed; NULL if there is none. */
gpointer svpn_inventory_find (SvpnInventory *inventory, const char *path);
gpointer svpn_inventory_find_by_name (SvpnInventory *inventory, SvpnList list, const char *name);

/* Takes all objects of smartvpnd (a{oa{sa{sv}}}); profiles that are not among them are removed. */
void svpn_inventory_set (SvpnInventory *inventory, GVariant *objects);

/* Add or update a profile: by the list it belongs to and its D-Bus properties (a{sv}), or by its interfaces
 * (a{sa{sv}}). */
void svpn_inventory_take (SvpnInventory *inventory, SvpnList list, const char *path, GVariant *properties);
void svpn_inventory_add (SvpnInventory *inventory, const char *path, GVariant *interfaces);
void svpn_inventory_remove (SvpnInventory *inventory, const char *path);
