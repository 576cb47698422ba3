/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The sessions of a server, as a list that follows them. */
#pragma once

#include "smartvpn-server.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SESSION_LIST (smartvpn_session_list_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnSessionList, smartvpn_session_list, SESSION_LIST, GObject)

/**
 * SmartvpnSessionList:
 *
 * The sessions of a server: a `GListModel` of [class@Session], which a GTK list can show directly.
 *
 * The list loads itself, and again when sessions begin or end. A session stays the same object for as long as it lasts; its
 * properties are updated in place, and notify. The list follows on the thread-default main context in which it was made. It
 * never opens a dialog that asks for a password: a user who may not see the sessions has an empty list, and
 * [property@SessionList:error] says why.
 *
 * Since: 0.1
 */

/**
 * smartvpn_session_list_new:
 * @server: the server
 * @interval_s: seconds between two updates of counters and uptimes, 1 to 3600; 0: only when sessions begin or end
 *
 * Makes a list, which begins to load the sessions.
 *
 * Returns: (transfer full): the list, still empty
 *
 * Since: 0.1
 */
SmartvpnSessionList *smartvpn_session_list_new (SmartvpnServer *server,
                                                guint interval_s) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_session_list_get_server:
 * @self: a list
 *
 * Gets the server whose sessions these are.
 *
 * Returns: (transfer none) (nullable): the server
 *
 * Since: 0.1
 */
SmartvpnServer *smartvpn_session_list_get_server (SmartvpnSessionList *self);

/**
 * smartvpn_session_list_get_interval_s:
 * @self: a list
 *
 * Gets the time between two updates of counters and uptimes.
 *
 * Returns: seconds, 0 if only the beginning and end of sessions updates the list
 *
 * Since: 0.1
 */
guint smartvpn_session_list_get_interval_s (SmartvpnSessionList *self);

/**
 * smartvpn_session_list_get_error:
 * @self: a list
 *
 * Gets why the sessions cannot be listed.
 *
 * Returns: (nullable): a message in English, %NULL if they can, or the server does not run
 *
 * Since: 0.1
 */
const char *smartvpn_session_list_get_error (SmartvpnSessionList *self);

/**
 * smartvpn_session_list_refresh:
 * @self: a list
 *
 * Updates the list as soon as smartvpnd has answered.
 *
 * Since: 0.1
 */
void smartvpn_session_list_refresh (SmartvpnSessionList *self);

G_END_DECLS
