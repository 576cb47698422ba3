/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Who is let in. */
#include "gate.h"
#include "websocket-accept.h"

SvpnGateDecision
svpn_gate_decide (SvpnGate *gate, const SvpnRequestHead *head, uint64_t unix_time, unsigned int *n_proofs)
{
  bool is_upgrade = svpn_websocket_is_request (head);
  bool is_here = svpn_slice_equal (svpn_request_head_path (head), gate->path);
  SvpnAdmissionResult result = SVPN_ADMISSION_MALFORMED;
  SvpnSlice proof;

  if (*n_proofs < SVPN_GATE_PROOFS_MAX && svpn_request_head_cookie (head, SVPN_ADMISSION_COOKIE, &proof)) {
    result = svpn_admission_check (gate->admissions, proof.text, proof.size, gate->private_key, unix_time);
    *n_proofs += result != SVPN_ADMISSION_MALFORMED;
  }
  if (!is_upgrade || !is_here)
    return SVPN_GATE_WEBSITE;
  if (result == SVPN_ADMISSION_OK || !gate->require_proof)
    return SVPN_GATE_UPGRADE;
  if (result == SVPN_ADMISSION_REPLAYED)
    gate->replayed++;
  else
    gate->refused++;
  return SVPN_GATE_WEBSITE;
}
