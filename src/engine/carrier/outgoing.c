/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The outgoing bytes of a WebSocket.
 *
 * How it works: a message is written behind room for the header that it will probably have. If it turns out shorter and
 * so needs a shorter header, it is moved; that happens only to small messages. */
#include "outgoing.h"
#include "random-pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define STAGE_SIZE                                                                                           \
  (2 * SVPN_OUTGOING_TARGET_MAX + SVPN_FRAME_SIZE_MAX + SVPN_WS_HEADER_MAX + SVPN_OUTGOING_CONTROL_MAX)

#define SPARE_STAGES_MAX 8

/* Stages that nobody uses, each with the next one's address in its first bytes. A few are kept, for most messages go out
 * at once. */
static uint8_t *spare_stages;
static unsigned int n_spare_stages;

static uint8_t *
take_stage (void)
{
  uint8_t *stage = spare_stages;

  if (stage == NULL)
    return malloc (STAGE_SIZE);
  memcpy (&spare_stages, stage, sizeof spare_stages);
  n_spare_stages--;
  return stage;
}

static void
give_stage (uint8_t *stage)
{
  if (stage == NULL || n_spare_stages == SPARE_STAGES_MAX) {
    free (stage);
    return;
  }
  memcpy (stage, &spare_stages, sizeof spare_stages);
  spare_stages = stage;
  n_spare_stages++;
}

void
svpn_outgoing_init (SvpnOutgoing *outgoing, SvpnWsRole role)
{
  *outgoing = (SvpnOutgoing){ .role = role };
}

void
svpn_outgoing_clear (SvpnOutgoing *outgoing)
{
  give_stage (outgoing->stage);
  *outgoing = (SvpnOutgoing){ 0 };
}

void
svpn_outgoing_trim (SvpnOutgoing *outgoing)
{
  if (outgoing->start < outgoing->end)
    return;
  give_stage (outgoing->stage);
  outgoing->stage = NULL;
  outgoing->start = outgoing->end = 0;
}

size_t
svpn_outgoing_size (const SvpnOutgoing *outgoing)
{
  return outgoing->end - outgoing->start;
}

const uint8_t *
svpn_outgoing_data (const SvpnOutgoing *outgoing)
{
  return outgoing->stage != NULL ? outgoing->stage + outgoing->start : NULL;
}

void
svpn_outgoing_consume (SvpnOutgoing *outgoing, size_t size)
{
  assert (size <= svpn_outgoing_size (outgoing));
  outgoing->start += size;
}

/* A fresh mask where our role has us mask; the payload is masked with it. */
static void
mask_payload (const SvpnOutgoing *outgoing, uint8_t mask[4], uint8_t *payload, size_t size)
{
  if (outgoing->role != SVPN_WS_CLIENT)
    return;
  svpn_random_bytes (mask, 4);
  svpn_ws_mask (payload, size, mask, 0);
}

void
svpn_outgoing_set_control (SvpnOutgoing *outgoing, SvpnWsOpcode opcode, const uint8_t *data, size_t size)
{
  size_t header_size = svpn_ws_header_size (outgoing->role, size);
  uint8_t *payload = outgoing->control + header_size;
  uint8_t mask[4] = { 0 };

  assert (size <= SVPN_WS_CONTROL_MAX);
  memcpy (payload, data, size);
  mask_payload (outgoing, mask, payload, size);
  svpn_ws_write_header (outgoing->role, opcode, size, mask, outgoing->control);
  outgoing->control_size = header_size + size;
}

void
svpn_outgoing_set_close (SvpnOutgoing *outgoing, SvpnWsCloseCode code)
{
  const uint8_t payload[2] = { (uint8_t) (code >> 8), (uint8_t) code };

  svpn_outgoing_set_control (outgoing, SVPN_WS_OPCODE_CLOSE, payload, sizeof payload);
}

/* Moves what waits to the front of the stage, and the control frame behind it. */
static void
make_room (SvpnOutgoing *outgoing)
{
  memmove (outgoing->stage, outgoing->stage + outgoing->start, svpn_outgoing_size (outgoing));
  outgoing->end -= outgoing->start;
  outgoing->start = 0;
  memcpy (outgoing->stage + outgoing->end, outgoing->control, outgoing->control_size);
  outgoing->end += outgoing->control_size;
  outgoing->control_size = 0;
}

bool
svpn_outgoing_add_message (SvpnOutgoing *outgoing, size_t target,
                           size_t (*fill) (uint8_t *out, size_t target, void *user_data), void *user_data)
{
  size_t expected = svpn_ws_header_size (outgoing->role, target), header_size, size;
  uint8_t header[SVPN_WS_HEADER_MAX], mask[4] = { 0 };
  uint8_t *start;

  if (outgoing->stage == NULL)
    outgoing->stage = take_stage ();
  outgoing->out_of_memory = outgoing->stage == NULL;
  if (outgoing->out_of_memory)
    return false;
  make_room (outgoing);
  start = outgoing->stage + outgoing->end;
  size = fill (start + expected, target, user_data);
  if (size == 0)
    return false;
  mask_payload (outgoing, mask, start + expected, size);
  header_size = svpn_ws_write_header (outgoing->role, SVPN_WS_OPCODE_BINARY, size, mask, header);
  if (header_size != expected)
    memmove (start + header_size, start + expected, size);
  memcpy (start, header, header_size);
  outgoing->end += header_size + size;
  return true;
}
