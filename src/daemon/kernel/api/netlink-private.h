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

/* Begins a request; returns its family's header, zeroed. */
void *svpn_netlink_begin (SvpnNetlinkRequest *request, uint16_t type, uint16_t flags, gsize header_size);

/* Sends @message and hands each answer to @callback until the last; or waits for the acknowledgement. 0 or an errno. */
int svpn_netlink_exchange (SvpnNetlink *netlink, struct nlmsghdr *message, mnl_cb_t callback, void *data);
int svpn_netlink_transact (SvpnNetlink *netlink, struct nlmsghdr *message);

/* All that @request lists; nothing for a family or table that the kernel lacks. NULL with @error: "Cannot WHAT: reason". */
GPtrArray *svpn_netlink_list (SvpnNetlinkRequest *request, const char *what, GError **error);

/* The value of an attribute of one or four bytes; @absent without it. */
guint32 svpn_netlink_number (const struct nlmsghdr *message, gsize header_size, uint16_t type,
                             guint32 absent);

/* An attribute that is an address of @family; family 0 without it. */
SvpnPrefix svpn_netlink_prefix (const struct nlmsghdr *message, gsize header_size, uint16_t type, int family,
                                guint length);
const struct nlattr *svpn_netlink_attribute (const struct nlmsghdr *message, gsize header_size,
                                             uint16_t type);

/* TRUE for code 0, else the error "Cannot WHAT: reason", of the errno @code. */
gboolean svpn_netlink_check (int code, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);
