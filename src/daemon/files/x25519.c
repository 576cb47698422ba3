/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * X25519 keys (RFC 7748) in base64. */
#include "x25519.h"

#include <sodium.h>
#include <string.h>

#define KEY_BYTES crypto_scalarmult_BYTES
#define KEY_TEXT_BYTES sodium_base64_ENCODED_LEN (KEY_BYTES, sodium_base64_VARIANT_ORIGINAL)

static char *
encode (const unsigned char key[KEY_BYTES])
{
  char *text = g_malloc (KEY_TEXT_BYTES);

  return sodium_bin2base64 (text, KEY_TEXT_BYTES, key, KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
}

void
svpn_x25519_generate (char **public_key, SvpnSecretText **private_key)
{
  unsigned char secret[KEY_BYTES], public[KEY_BYTES];

  randombytes_buf (secret, sizeof secret);
  crypto_scalarmult_base (public, secret);
  *public_key = encode (public);
  *private_key = encode (secret);
  sodium_memzero (secret, sizeof secret);
}

char *
svpn_x25519_to_public (const char *private_key)
{
  unsigned char secret[KEY_BYTES], public[KEY_BYTES];
  size_t length = 0;
  int result = sodium_base642bin (secret, sizeof secret, private_key, strlen (private_key), NULL, &length,
                                  NULL, sodium_base64_VARIANT_ORIGINAL);

  if (result == 0 && length == sizeof secret)
    crypto_scalarmult_base (public, secret);
  sodium_memzero (secret, sizeof secret);
  return result == 0 && length == sizeof secret ? encode (public) : NULL;
}
