/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: WebSocket bytes, in both roles. The first byte chooses the role and how the rest is cut; however it is
 * cut, the same must come out. */
#include "websocket.h"

#include "fuzz.h"

#define MESSAGE_MAX 4096

const char *const fuzz_seeds[] = {
  "00 8203616263",
  "01 8286010203046060606064 64",
  "04 02026162 000163 800164",
  "06 020161 89026869 800162",
  "02 827e0100 61616161616161",
  "00 880203e8",
  NULL,
};

typedef struct {
  size_t payload, messages, controls;
  SvpnWsCloseCode code;
} Outcome;

static Outcome
run (SvpnWsRole role, const uint8_t *input, size_t size, size_t step)
{
  Outcome outcome = { 0 };
  SvpnWsParser parser;
  size_t message = 0;

  svpn_ws_parser_init (&parser, role, MESSAGE_MAX);
  for (size_t at = 0; at < size; at += step) {
    size_t left = size - at < step ? size - at : step;
    uint8_t *piece = malloc (left), *data = piece;

    memcpy (piece, input + at, left);
    for (;;) {
      SvpnWsEvent event = svpn_ws_parse (&parser, &data, &left);

      if (event.type == SVPN_WS_NEED_MORE)
        break;
      if (event.type == SVPN_WS_ERROR) {
        FUZZ_CHECK (event.error != NULL && event.close_code >= 1000);
        outcome.code = event.close_code;
        free (piece);
        return outcome;
      }
      if (event.type == SVPN_WS_CONTROL) {
        FUZZ_CHECK (event.size <= SVPN_WS_CONTROL_MAX);
        outcome.controls++;
        continue;
      }
      FUZZ_CHECK (event.data >= piece && event.data + event.size <= data);
      outcome.payload += event.size;
      message += event.size;
      FUZZ_CHECK (message <= MESSAGE_MAX);
      if (event.message_end) {
        outcome.messages++;
        message = 0;
      }
    }
    FUZZ_CHECK (left == 0);
    free (piece);
  }
  return outcome;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Outcome whole, cut;
  SvpnWsRole role;

  if (size < 2)
    return 0;
  role = data[0] & 1 ? SVPN_WS_SERVER : SVPN_WS_CLIENT;
  whole = run (role, data + 1, size - 1, size - 1);
  cut = run (role, data + 1, size - 1, 1 + data[0] / 2);
  FUZZ_CHECK (whole.code == cut.code && whole.messages == cut.messages && whole.controls == cut.controls);
  FUZZ_CHECK (whole.payload == cut.payload);
  return 0;
}
