/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Those who hold something of ours before we know them, counted by where they come from. When there are too many, the
 * oldest of the greediest source has to go: who takes much loses by it, and a newcomer gets his chance. */
#pragma once

#include "address.h"
#include <glib.h>

typedef struct _SvpnCrowd SvpnCrowd;

/* Part of whoever is counted. All zeros: not in a crowd. */
typedef struct {
  gpointer source; /* private */
  GList link;      /* its data is the member */
  guint64 arrival;
} SvpnCrowdMember;

/* @max: members in all; @max_per_source: of one IPv4 address or one IPv6 network of 64 bits. */
SvpnCrowd *svpn_crowd_new (guint max, guint max_per_source);
void svpn_crowd_free (SvpnCrowd *crowd); /* all members have left */

/* Other bounds from now on. Members who are too many by them stay until they leave; each newcomer still sends one away. */
void svpn_crowd_set_max (SvpnCrowd *crowd, guint max, guint max_per_source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnCrowd, svpn_crowd_free)

/* @address: family 0 is a source of its own. Returns who is now too much and has to leave (perhaps the newcomer), NULL:
 * nobody. */
SvpnCrowdMember *svpn_crowd_join (SvpnCrowd *crowd, SvpnCrowdMember *member, const SvpnPrefix *address);
/* One that is in no crowd is left alone. */
void svpn_crowd_leave (SvpnCrowd *crowd, SvpnCrowdMember *member);

/* The oldest member of the source with the most; of several such sources, of all their members. NULL if there is none. */
SvpnCrowdMember *svpn_crowd_greediest (SvpnCrowd *crowd);
guint svpn_crowd_size (const SvpnCrowd *crowd);
