/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A profile as a link, for mail, chats and QR codes.
 *
 *     smartvpn://vpn.example/live/feed?server-public-key=KEY&private-key=KEY&mtu=1400
 *
 * stands for the server-url wss://vpn.example/live/feed, smartvpn+ws:// for one with ws://; each parameter is a setting of
 * clients, its value percent-encoded (RFC 3986), the elements of a list between commas. */
#pragma once

#include <gio/gio.h>

/* Whether @text begins like a link. */
gboolean svpn_profile_link_is (const char *text);

/* The settings (full reference), checked. What is wrong is said without quoting values. */
GVariant *svpn_profile_link_parse (const char *link, GError **error);

/* @settings, canonical ones of a client with a server-url, as a link; holds their secrets. */
char *svpn_profile_link_format (GVariant *settings, GError **error);
