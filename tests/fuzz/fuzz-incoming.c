/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: protocol frames in WebSocket messages, in both roles. The first byte chooses the role and how the rest is
 * cut; however it is cut, the same must come out. */
#include "incoming.h"

#include <sodium.h>

#include "fuzz.h"

const char *const fuzz_seeds[] = {
  /* two frames in one message */
  "00 820e 100000000161 10000000036263 64",
  /* a frame over two pieces of a message, a ping between them */
  "02 0204 10000000 8900 8005 0361626300",
  "02 0204 10000000 8900 8004 03616263",
  /* a message cut after the first byte of two empty frames */
  "02 0201 10 8009 000000000100000000",
  /* an empty message; a frame that is too long; a message that ends inside a frame */
  "04 8200",
  "06 8205 10000fffff",
  "08 8206 1000000002 61",
  "00 8208 2000000003616263 880203e8",
  /* to a server: masked by zeros, by ones */
  "01 8288 00000000 1000000003616263",
  "05 8288 01010101 1101010102606362 8980 00000000",
  NULL,
};

typedef struct {
  crypto_generichash_state events;
  SvpnWsCloseCode code;
  size_t frames, controls;
} Outcome;

static void
note (Outcome *outcome, const SvpnIncomingEvent *event)
{
  size_t size = event->size;

  if (event->type == SVPN_INCOMING_FRAME) {
    size = event->header.length;
    crypto_generichash_update (&outcome->events, &event->header.type, sizeof event->header.type);
    outcome->frames++;
  } else {
    FUZZ_CHECK (size <= SVPN_WS_CONTROL_MAX);
    crypto_generichash_update (&outcome->events, (const uint8_t *) &event->opcode, sizeof event->opcode);
    outcome->controls++;
  }
  FUZZ_CHECK (size <= SVPN_FRAME_LENGTH_MAX);
  crypto_generichash_update (&outcome->events, (const uint8_t *) &size, sizeof size);
  crypto_generichash_update (&outcome->events, event->data, size);
}

/* Returns whether more may follow. */
static bool
take_piece (SvpnIncoming *incoming, uint8_t *data, size_t size, Outcome *outcome)
{
  for (;;) {
    SvpnIncomingEvent event = svpn_incoming_next (incoming, &data, &size);

    switch (event.type) {
    case SVPN_INCOMING_NEED_MORE:
      FUZZ_CHECK (size == 0);
      return true;
    case SVPN_INCOMING_NO_MEMORY:
    case SVPN_INCOMING_VIOLATION:
      FUZZ_CHECK (event.error != NULL && event.close_code >= 1000);
      outcome->code = event.close_code;
      return false;
    case SVPN_INCOMING_FRAME:
    case SVPN_INCOMING_CONTROL:
      note (outcome, &event);
      break;
    }
  }
}

static void
run (SvpnWsRole role, const uint8_t *input, size_t size, size_t step, Outcome *outcome)
{
  SvpnIncoming incoming;
  bool more = true;

  *outcome = (Outcome){ 0 };
  crypto_generichash_init (&outcome->events, NULL, 0, crypto_generichash_BYTES);
  svpn_incoming_init (&incoming, role);
  for (size_t at = 0; at < size && more; at += step) {
    size_t length = size - at < step ? size - at : step;
    uint8_t *piece = malloc (length);

    memcpy (piece, input + at, length);
    more = take_piece (&incoming, piece, length, outcome);
    free (piece);
  }
  svpn_incoming_clear (&incoming);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t whole_events[crypto_generichash_BYTES], cut_events[crypto_generichash_BYTES];
  Outcome whole, cut;
  SvpnWsRole role;

  if (size < 2)
    return 0;
  role = data[0] & 1 ? SVPN_WS_SERVER : SVPN_WS_CLIENT;
  run (role, data + 1, size - 1, size - 1, &whole);
  run (role, data + 1, size - 1, 1 + data[0] / 2, &cut);
  FUZZ_CHECK (whole.code == cut.code && whole.frames == cut.frames && whole.controls == cut.controls);
  crypto_generichash_final (&whole.events, whole_events, sizeof whole_events);
  crypto_generichash_final (&cut.events, cut_events, sizeof cut_events);
  FUZZ_CHECK (memcmp (whole_events, cut_events, sizeof whole_events) == 0);
  return 0;
}
