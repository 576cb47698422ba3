/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which client has which address. A lease is a host number of the pools (the same in IPv4 and IPv6) and a secret token by which
 * its client claims it again; a client that proves its static key claims by that as well. An unused lease is kept until
 * the pool runs out; then the one that is unused for the longest time goes. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct _SvpnLeases SvpnLeases;

#define SVPN_LEASE_TOKEN_SIZE 32 /* characters, without the terminating zero */

typedef struct {
  guint32 host; /* added to the pool's network address */
  char token[SVPN_LEASE_TOKEN_SIZE + 1];
  gboolean has_limit; /* an administrator has set one for this client */
  guint64 rate_bytes_per_s, burst_bytes;
  guint64 stored_rate_bytes_per_s, stored_burst_bytes; /* of its authorization at that time */
  gpointer
      claimant; /* of sessions.c: the session that will take over from another, once it is confirmed; or NULL */
  gpointer
      leaving; /* likewise: the session that another took over from, while its goodbye is on its way; or NULL */
  /* private */
  uint8_t static_key[32];
  gboolean has_static_key;
  guint users;
  GList idle_link;
} SvpnLease;

/* Host numbers @first to @first + @count - 1. */
SvpnLeases *svpn_leases_new (guint32 first, guint32 count);
void svpn_leases_free (SvpnLeases *leases);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnLeases, svpn_leases_free)

/* Reserves host numbers for static keys: @hosts maps GUINT_TO_POINTER (host) to 32 bytes, and is kept. Leases of others
 * that have such a number are forgotten as soon as nobody uses them. */
void svpn_leases_reserve (SvpnLeases *leases, GHashTable *hosts);

/* The lease that @token (may be NULL) or @static_key (32 bytes, may be NULL) names, else a new one whose token is
 * @fresh_token; NULL if the pool is exhausted, or another still
 * uses the address that is reserved for this key. The caller becomes one of its users: several sessions use one lease
 * while one takes over from the other. */
SvpnLease *svpn_leases_take (SvpnLeases *leases, const char *token, const uint8_t *static_key,
                             const char fresh_token[SVPN_LEASE_TOKEN_SIZE + 1]);

/* The caller no longer uses the lease. After its last user it is idle, but keeps its address while there are other
 * addresses to give out. */
void svpn_leases_release (SvpnLeases *leases, SvpnLease *lease);
