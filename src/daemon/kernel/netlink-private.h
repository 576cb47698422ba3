/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What netlink.c and netlink-routes.c share. */
#pragma once

#include "netlink.h"

#include <libmnl/libmnl.h>

typedef union {
  struct nlmsghdr message;
  char bytes[1024];
} SvpnNetlinkRequest;

typedef gboolean (*SvpnNetlinkMatch) (const struct nlmsghdr *message, gconstpointer wanted);
typedef gboolean (*SvpnNetlinkSame) (const struct nlmsghdr *wanted, const struct nlmsghdr *present);

/* Begins a request; returns the header that its type has, zeroed. */
void *svpn_netlink_begin (SvpnNetlinkRequest *request, uint16_t type, uint16_t flags, gsize header_size);

/* Sends @message and hands each answer to @callback until the last. 0 or an errno. */
int svpn_netlink_exchange (SvpnNetlink *netlink, struct nlmsghdr *message, mnl_cb_t callback, void *data);

/* What @request lists and @match picks by @wanted; nothing for a family that the kernel lacks. NULL with @error: "Cannot
 * WHAT: reason". */
GPtrArray *svpn_netlink_list (SvpnNetlinkRequest *request, SvpnNetlinkMatch match, gconstpointer wanted,
                              const char *what, GError **error);

/* Sends @wanted; if the @same object is in @present (NULL: none is), takes that out of the list instead. 0 or an errno. */
int svpn_netlink_ensure (SvpnNetlink *netlink, struct nlmsghdr *wanted, GPtrArray *present,
                         SvpnNetlinkSame same);

/* The value of an attribute of one or four bytes, @absent without it; whether two messages have an attribute of the same
 * bytes, or both lack it. */
guint32 svpn_netlink_number (const struct nlmsghdr *message, gsize header_size, uint16_t type,
                             guint32 absent);
gboolean svpn_netlink_same_attribute (const struct nlmsghdr *one, const struct nlmsghdr *other,
                                      gsize header_size, uint16_t type);

/* TRUE for code 0, else the error "Cannot WHAT: reason", of the errno @code. */
gboolean svpn_netlink_check (int code, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Its name; "link 7" if there is no such link. */
char *svpn_netlink_link_name (guint ifindex);

gsize svpn_netlink_address_size (int family);
