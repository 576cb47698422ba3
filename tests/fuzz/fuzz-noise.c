/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: either handshake message. First byte of the input: bit 0 the pattern, bit 1 which message, bit 2 whether
 * the rest is a message as it stands, or a mask that is laid over the genuine one. */
#include "noise.h"

#include "fuzz.h"

#include <stdbool.h>

#define PAYLOAD "{\"version\": 1}"
#define MESSAGE_MAX (SVPN_NOISE_IK_MESSAGE1_OVERHEAD + sizeof PAYLOAD)

const char *const fuzz_seeds[] = {
  "00",
  "01",
  "02",
  "03", /* empty messages */
  "00 0900000000000000000000000000000000000000000000000000000000000000 00000000000000000000000000000000",
  "02 0000000000000000000000000000000000000000000000000000000000000000 00000000000000000000000000000000 00",
  "04",
  "05",
  "06",
  "07", /* genuine messages */
  "04 0000000000000000000000000000000000000000000000000000000000000080",
  "05 0000000000000000000000000000000000000000000000000000000000000000 01",
  "06 01",
  "07 0000000000000000000000000000000000000000000000000000000000000000 01",
  NULL,
};

/* Both peers of one handshake, each before the message that it reads, and the genuine messages. */
static struct {
  SvpnNoise initiator, responder;
  uint8_t message1[MESSAGE_MAX], message2[MESSAGE_MAX];
  size_t size1, size2;
} handshakes[2];

static void
shake_hands (SvpnNoisePattern pattern)
{
  /* Not in the first byte, whose lower bits X25519 ignores. */
  static const uint8_t s1[32] = { [1] = 1 }, s2[32] = { [1] = 2 }, e1[32] = { [1] = 3 }, e2[32] = { [1] = 4 };
  uint8_t rs[32], payload[MESSAGE_MAX];
  SvpnNoise responder;
  size_t size;

  svpn_noise_public_key (rs, s2);
  svpn_noise_init_initiator (&handshakes[pattern].initiator, pattern, NULL, 0, s1, rs);
  svpn_noise_init_responder (&handshakes[pattern].responder, pattern, NULL, 0, s2);
  FUZZ_CHECK (svpn_noise_write_message1 (&handshakes[pattern].initiator, e1, (const uint8_t *) PAYLOAD,
                                         sizeof PAYLOAD, handshakes[pattern].message1,
                                         &handshakes[pattern].size1)
              == SVPN_NOISE_OK);
  responder = handshakes[pattern].responder;
  FUZZ_CHECK (svpn_noise_read_message1 (&responder, handshakes[pattern].message1, handshakes[pattern].size1,
                                        payload, &size)
              == SVPN_NOISE_OK);
  FUZZ_CHECK (svpn_noise_write_message2 (&responder, e2, (const uint8_t *) PAYLOAD, sizeof PAYLOAD,
                                         handshakes[pattern].message2, &handshakes[pattern].size2)
              == SVPN_NOISE_OK);
}

/* Authentic is the genuine message alone; a failure leaves the state as it was. */
static void
read_message (SvpnNoisePattern pattern, bool second, const uint8_t *message, size_t size, bool genuine)
{
  size_t overhead = second ? SVPN_NOISE_MESSAGE2_OVERHEAD : SVPN_NOISE_MESSAGE1_OVERHEAD (pattern);
  const SvpnNoise *before = second ? &handshakes[pattern].initiator : &handshakes[pattern].responder;
  uint8_t *payload = malloc (size >= overhead ? size - overhead : 0);
  size_t payload_size = SIZE_MAX;
  SvpnNoiseResult result;
  SvpnNoise noise;

  memcpy (&noise, before, sizeof noise);
  result = second ? svpn_noise_read_message2 (&noise, message, size, payload, &payload_size)
                  : svpn_noise_read_message1 (&noise, message, size, payload, &payload_size);

  FUZZ_CHECK ((result == SVPN_NOISE_OK) == genuine);
  FUZZ_CHECK ((result == SVPN_NOISE_TOO_SHORT) == (size < overhead));
  if (result == SVPN_NOISE_OK) {
    FUZZ_CHECK (payload_size == sizeof PAYLOAD && memcmp (payload, PAYLOAD, sizeof PAYLOAD) == 0);
  } else {
    FUZZ_CHECK (payload_size == SIZE_MAX);
    FUZZ_CHECK (memcmp (&noise, before, sizeof noise) == 0);
  }
  free (payload);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SvpnNoisePattern pattern;
  bool second;

  if (size == 0)
    return 0;
  if (handshakes[0].size1 == 0) {
    shake_hands (SVPN_NOISE_NK);
    shake_hands (SVPN_NOISE_IK);
  }

  pattern = data[0] & 1 ? SVPN_NOISE_IK : SVPN_NOISE_NK;
  second = data[0] & 2;
  if (data[0] & 4) {
    uint8_t message[MESSAGE_MAX];
    size_t message_size = second ? handshakes[pattern].size2 : handshakes[pattern].size1;
    bool changed;

    memcpy (message, second ? handshakes[pattern].message2 : handshakes[pattern].message1, message_size);
    changed = fuzz_apply_mask (message, message_size, data + 1, size - 1);
    read_message (pattern, second, message, message_size, !changed);
  } else {
    read_message (pattern, second, data + 1, size - 1, false);
  }
  return 0;
}
