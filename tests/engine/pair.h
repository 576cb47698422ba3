/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Peers in memory. Two of them over a carrier that the test moves the bytes of:
 *
 *     client peer == socketpair == the test == socketpair == server peer
 *
 * or one, with the other end by hand. Sessions are open, under keys that everybody knows. */
#pragma once

#include "hand.h"
#include "peer.h"
#include "virtual-time.h"

/* A peer and what it told. */
typedef struct {
  SvpnPeer *peer;
  GString *received; /* what is behind the 20 bytes of header of its IP packets, one after the other */
  guint packets, confirmations;
  GString *controls; /* CONTROL frames, one after the other */
  GString *health;   /* the states it changed to */
  gboolean ended;
  SvpnPeerEnd end;
  char *reason;
  guint64 ended_us; /* virtual time */
} Side;

typedef struct {
  SvpnClock *clock;
  Side client, server;
  int relay[2]; /* the test's ends: to the client, to the server */
} Pair;

Pair *pair_new (void);
void pair_free (Pair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

typedef enum { FROM_CLIENT, FROM_SERVER } PairDirection;

/* Carries at most @max bytes of what one side has sent to the other; @change, unless NULL, sees them on the way. Returns
 * their number. */
gsize pair_carry (Pair *pair, PairDirection from, gsize max, void (*change) (guint8 *data, gsize size));

/* Carries everything both ways until all is quiet. */
void pair_settle (Pair *pair);

/* Lets @ms of time pass, carrying everything both ways at each of them. */
void pair_pass_ms (Pair *pair, guint ms);

/* Cuts the connection of one side. */
void pair_cut (Pair *pair, PairDirection side);

/* One peer, whose other end is by hand. */
typedef struct {
  SvpnClock *clock;
  Side side;
  Hand *hand;
} Solo;

/* @role: the peer's. Without keys if not @open: the handshake is still to come. */
Solo *solo_new (SvpnWsRole role, gboolean open);
void solo_free (Solo *solo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Solo, solo_free)

/* Waits until the peer has ended like this. */
void solo_expect_end (Solo *solo, SvpnPeerEnd end, const char *reason);

/* Queues an IPv4 packet of @size bytes whose payload is @fill. */
void side_send_packet (Side *side, gsize size, guint8 fill);
