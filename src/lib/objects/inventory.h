/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The clients and servers that smartvpnd has, as lists. An object stays the same for as long as smartvpnd has it. */
#pragma once

#include "smartvpn-profile-private.h"

typedef struct _SvpnInventory SvpnInventory;

typedef enum { SVPN_CLIENTS, SVPN_SERVERS, SVPN_N_LISTS } SvpnList;

SvpnInventory *svpn_inventory_new (void);
void svpn_inventory_free (SvpnInventory *inventory);
void svpn_inventory_set_connection (SvpnInventory *inventory, GDBusConnection *connection);

/* In the order of their names. */
GListModel *svpn_inventory_get_list (SvpnInventory *inventory, SvpnList list);

/* A client or server, not a full reference; NULL if there is none. */
gpointer svpn_inventory_find (SvpnInventory *inventory, const char *path);
gpointer svpn_inventory_find_by_name (SvpnInventory *inventory, SvpnList list, const char *name);

/* Everything that there is (a{oa{sa{sv}}}). */
void svpn_inventory_set (SvpnInventory *inventory, GVariant *objects);

/* An object is there: a client or server with its D-Bus properties (a{sv}), or whatever its interfaces (a{sa{sv}}) say. */
void svpn_inventory_take (SvpnInventory *inventory, SvpnList list, const char *path, GVariant *properties);
void svpn_inventory_add (SvpnInventory *inventory, const char *path, GVariant *interfaces);
void svpn_inventory_remove (SvpnInventory *inventory, const char *path);
