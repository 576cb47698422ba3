/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The outgoing bytes of a WebSocket, one message or control frame behind the other. No I/O. */
#pragma once

#include "websocket.h"
#include "wire.h"

#define SVPN_OUTGOING_TARGET_MAX                                                                             \
  16384 /* the most that one message is asked to hold; a whole frame may exceed it */
#define SVPN_OUTGOING_CONTROL_MAX (SVPN_WS_CONTROL_MAX + SVPN_WS_HEADER_MAX)

typedef struct {
  SvpnWsRole role;
  uint8_t *stage; /* bytes from start to end wait to be written; NULL while none do */
  size_t start, end;
  uint8_t control[SVPN_OUTGOING_CONTROL_MAX]; /* a control frame that waits for its turn */
  size_t control_size;
  bool out_of_memory; /* a message could not be added for that reason */
} SvpnOutgoing;

/* @role: our own. */
void svpn_outgoing_init (SvpnOutgoing *outgoing, SvpnWsRole role);
void svpn_outgoing_clear (SvpnOutgoing *outgoing);

/* Gives back the stage (99 kB) if no bytes wait. Main thread only: all share the stages that were given back. */
void svpn_outgoing_trim (SvpnOutgoing *outgoing);

/* Bytes that wait to be written, at svpn_outgoing_data(). They stay where they are until the next message is added. */
size_t svpn_outgoing_size (const SvpnOutgoing *outgoing);
const uint8_t *svpn_outgoing_data (const SvpnOutgoing *outgoing);
void svpn_outgoing_consume (SvpnOutgoing *outgoing, size_t size); /* that many of them were written */

/* Makes the control frame that goes before the next message, in place of one that still waits: of many pings the last is
 * answered (RFC 6455, section 5.5.3), and nothing follows a close frame. @size: SVPN_WS_CONTROL_MAX at most. */
void svpn_outgoing_set_control (SvpnOutgoing *outgoing, SvpnWsOpcode opcode, const uint8_t *data,
                                size_t size);
void svpn_outgoing_set_close (SvpnOutgoing *outgoing, SvpnWsCloseCode code);

/* Adds the control frame that waits, if any, and behind it one binary message of what @fill writes to @out: frames of up
 * to @target bytes and one more in all. False if @fill wrote nothing. @target: SVPN_OUTGOING_TARGET_MAX at most; call it
 * while fewer bytes than that wait. */
bool svpn_outgoing_add_message (SvpnOutgoing *outgoing, size_t target,
                                size_t (*fill) (uint8_t *out, size_t target, void *user_data),
                                void *user_data);
