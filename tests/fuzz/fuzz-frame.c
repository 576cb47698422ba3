/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: a message of sealed frames. First byte of the input: bit 0 says whether the rest is a message as it
 * stands, or a mask that is laid over a genuine frame. */
#include "seal.h"

#include "fuzz.h"

#define PLAIN "what was sealed"
#define GENUINE_SIZE (SVPN_FRAME_HEADER_SIZE + SVPN_SEAL_OVERHEAD + sizeof PLAIN)

const char *const fuzz_seeds[] = {
  "00 1000000001ff 4000000000",
  "00 1000010101 000000",
  "00 2000000030 404142434445464748494a4b4c4d4e4f5051525354555657 f00e70f05ef6f352 "
  "2b0692808a0a007f177cb69b993daae9",
  "01",
  "01 0000000000 00",
  "01 3000000000 000000000000000000000000000000000000000000000000 000000",
  NULL,
};

static const uint8_t key[SVPN_KEY_SIZE] = { 1 }, nonce[SVPN_NONCE_SIZE] = { 2 };

/* Opens frame after frame, as far as they go; returns how many opened. */
static int
open_message (uint8_t *message, size_t size)
{
  SvpnSealKey seal = { 0 };
  int n_opened = 0;

  svpn_seal_key_set (&seal, key);
  while (size >= SVPN_FRAME_HEADER_SIZE) {
    uint8_t written[SVPN_FRAME_HEADER_SIZE], *payload = message + SVPN_FRAME_HEADER_SIZE, *plain = NULL;
    uint64_t sequence = seal.sequence;
    SvpnFrameHeader header;
    ptrdiff_t opened;

    if (!svpn_frame_header_read (message, &header))
      break;
    FUZZ_CHECK (header.length <= SVPN_FRAME_LENGTH_MAX);
    svpn_frame_header_write (written, header.type, header.length);
    FUZZ_CHECK (memcmp (written, message, sizeof written) == 0);
    if (header.length > size - SVPN_FRAME_HEADER_SIZE)
      break;

    opened = svpn_open (&seal, &header, payload, &plain);
    FUZZ_CHECK (seal.sequence == sequence + (opened >= 0));
    FUZZ_CHECK (memcmp (seal.key, key, sizeof key) == 0);
    if (opened >= 0) {
      FUZZ_CHECK (plain == payload + SVPN_NONCE_SIZE);
      FUZZ_CHECK ((size_t) opened + SVPN_SEAL_OVERHEAD == header.length);
      FUZZ_CHECK (opened == sizeof PLAIN && memcmp (plain, PLAIN, sizeof PLAIN) == 0);
      n_opened++;
    }
    message += SVPN_FRAME_HEADER_SIZE + header.length;
    size -= SVPN_FRAME_HEADER_SIZE + header.length;
  }
  return n_opened;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t *message;

  if (size == 0)
    return 0;

  if (data[0] & 1) {
    SvpnSealKey seal = { 0 };
    int changed;

    message = malloc (GENUINE_SIZE);
    svpn_seal_key_set (&seal, key);
    FUZZ_CHECK (svpn_seal (&seal, SVPN_FRAME_CONTROL, (const uint8_t *) PLAIN, sizeof PLAIN, nonce, message)
                == GENUINE_SIZE);
    changed = fuzz_apply_mask (message, GENUINE_SIZE, data + 1, size - 1);
    FUZZ_CHECK (open_message (message, GENUINE_SIZE) == !changed);
  } else {
    message = malloc (size);
    memcpy (message, data + 1, size - 1);
    FUZZ_CHECK (open_message (message, size - 1) == 0);
  }
  free (message);
  return 0;
}
