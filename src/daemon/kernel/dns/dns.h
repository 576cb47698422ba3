/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The DNS servers of a tunnel, by whatever means this system has: systemd-resolved, resolvconf (Debian's or openresolv), or
 * /etc/resolv.conf itself. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnDns SvpnDns;

typedef enum {
  SVPN_DNS_NONE,
  SVPN_DNS_RESOLVED,
  SVPN_DNS_RESOLVCONF,
  SVPN_DNS_FILE,
} SvpnDnsMode;

typedef struct {
  const char *mode; /* "auto", or a word of svpn_dns_mode_to_string() */
  guint ifindex;
  const char *interface;
  const char *const *servers; /* NULL-terminated; empty: nothing is set */
  const char *const
      *domains; /* names that alone are asked of them; NULL or empty: all names, or those of @everything */
  gboolean everything; /* other links' servers are asked nothing */
} SvpnDnsConfig;

const char *svpn_dns_mode_to_string (SvpnDnsMode mode);

/* SVPN_DNS_NONE for any other word. */
SvpnDnsMode svpn_dns_mode_from_string (const char *word);

/* @changed: called when somebody else has changed what was set, after it is set again; @what names it. */
SvpnDns *svpn_dns_new (GDBusConnection *bus, void (*changed) (const char *what, gpointer user_data),
                       gpointer user_data);
void svpn_dns_free (SvpnDns *dns); /* undoes nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnDns, svpn_dns_free)

/* Sets it, and takes back what was set before by other means. What cannot be is a warning, "CODE: text". */
SvpnDnsMode svpn_dns_set (SvpnDns *dns, const SvpnDnsConfig *config, GPtrArray *warnings);

/* Takes back what was set by @mode, this smartvpnd or one before, for a device. */
void svpn_dns_unset (SvpnDns *dns, SvpnDnsMode mode, guint ifindex, const char *interface);
