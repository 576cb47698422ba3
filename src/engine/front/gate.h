/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Who is let in: the decision on a request's head. */
#pragma once

#include "admission.h"
#include "request-head.h"

typedef struct {
  const char *path;           /* of the tunnel, "/..." */
  const uint8_t *private_key; /* the server's static key, 32 bytes */
  bool require_proof;
  SvpnAdmissionTable *admissions;
  /* Upgrades of the tunnel's path without a valid proof, and with one that was used before. */
  uint64_t refused, replayed;
} SvpnGate;

typedef enum {
  SVPN_GATE_WEBSITE, /* it is answered as any web server would */
  SVPN_GATE_UPGRADE, /* it gets the tunnel's WebSocket */
} SvpnGateDecision;

/* Proofs of one connection that are looked at: each costs us more than it costs a stranger. */
#define SVPN_GATE_PROOFS_MAX 4

/* @head: a whole one. *n_proofs: those of its connection so far, 0 at first. Takes the same time for a proof on any path
 * and in any request, so that time tells nobody the path; for the same reason a valid proof is used up wherever it
 * comes. */
SvpnGateDecision svpn_gate_decide (SvpnGate *gate, const SvpnRequestHead *head, uint64_t unix_time,
                                   unsigned int *n_proofs);
