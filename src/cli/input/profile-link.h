/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile as a link, for mail, chats and QR codes.
 *
 *     smartvpn://vpn.example/live/feed?server-public-key=KEY&private-key=KEY&mtu=1400
 *
 * The part before the parameters is the server-url, here wss://vpn.example/live/feed; smartvpn+ws:// stands for ws://.
 * Each parameter is a setting of clients, with a percent-encoded value (RFC 3986) and commas between the elements of a
 * list. */
#pragma once

#include <gio/gio.h>

/* Whether @text begins as a link does. */
gboolean svpn_profile_link_is (const char *text);

/* The settings in @link, validated (full reference). Errors do not quote values, which may be secrets. */
GVariant *svpn_profile_link_parse (const char *link, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The link for canonical @settings of a client, their secrets included; NULL with an error if no link can carry their
 * server-url. */
char *svpn_profile_link_format (GVariant *settings, GError **error) G_GNUC_WARN_UNUSED_RESULT;
