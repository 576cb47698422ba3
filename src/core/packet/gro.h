/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TCP segments of one flow that come one behind the other are put together to super-packets (gso.h), so that the kernel
 * is asked once for many of them. Cutting them again gives the same packets.
 *
 * How it works: each of a few flows has a buffer in which its segments are held, until one comes that does not follow,
 * or the caller has nothing more for now. What cannot be put together passes at once, behind what is held of its flow,
 * so the order within a flow stays. Pure: memory is allocated once. */
#pragma once

#include "gso.h"

#define SVPN_GRO_FLOWS 8

typedef struct SvpnGro SvpnGro;

/* @emit is called with each packet that leaves, in the order in which they are to be sent; valid until it returns. NULL
 * when out of memory (0.5 MB). */
SvpnGro *svpn_gro_new (void (*emit) (const SvpnPacket *packet, const uint8_t *data, void *user_data),
                       void *user_data);
void svpn_gro_free (SvpnGro *gro);

/* Takes a packet, with or without work left. */
void svpn_gro_push (SvpnGro *gro, const SvpnPacket *packet, const uint8_t *data);

/* Emits all that is held. */
void svpn_gro_flush (SvpnGro *gro);
