/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * XChaCha20-Poly1305 by libcrypto, which has no XChaCha20 of its own.
 *
 * How it works (draft-irtf-cfrg-xchacha-03, section 2): HChaCha20 makes a subkey of the key and the first 16 bytes of
 * the nonce; ChaCha20-Poly1305 (RFC 8439) under that subkey takes the other 8 bytes, behind 4 zeros. So each frame has
 * a subkey of its own, and what a context keeps of it tells nothing about any other frame.
 *
 * The contexts are made once: no frame allocates. Should a call of libcrypto fail, libsodium seals the
 * frame, to the same bytes. */
#include "aead.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SUBKEY_SIZE 32
#define IV_SIZE 12

_Static_assert(SUBKEY_SIZE == crypto_core_hchacha20_OUTPUTBYTES, "HChaCha20 makes a key of ChaCha20");

typedef struct {
  SvpnAead aead;
  EVP_CIPHER_CTX *seal, *open;
} LibcryptoAead;

static void
derive (uint8_t subkey[SUBKEY_SIZE], uint8_t iv[IV_SIZE], const uint8_t *nonce, const uint8_t *key)
{
  crypto_core_hchacha20 (subkey, nonce, key, NULL);
  memset (iv, 0, 4);
  memcpy (iv + 4, nonce + crypto_core_hchacha20_INPUTBYTES, 8);
}

static bool
encrypt (EVP_CIPHER_CTX *context, uint8_t *out, const uint8_t *plain, size_t size, const uint8_t *ad,
         size_t ad_size, const uint8_t *subkey, const uint8_t *iv)
{
  OSSL_PARAM tag[] = {
    OSSL_PARAM_construct_octet_string (OSSL_CIPHER_PARAM_AEAD_TAG, out + size, SVPN_AEAD_TAG_SIZE),
    OSSL_PARAM_construct_end (),
  };
  int n;

  return EVP_EncryptInit_ex2 (context, NULL, subkey, iv, NULL) == 1
         && EVP_EncryptUpdate (context, NULL, &n, ad, (int) ad_size) == 1
         && (size == 0 || EVP_EncryptUpdate (context, out, &n, plain, (int) size) == 1)
         && EVP_EncryptFinal_ex (context, out + size, &n) == 1
         && EVP_CIPHER_CTX_get_params (context, tag) == 1;
}

static void
seal (const SvpnAead *aead, uint8_t *out, const uint8_t *plain, size_t size, const uint8_t *ad,
      size_t ad_size, const uint8_t nonce[SVPN_AEAD_NONCE_SIZE], const uint8_t key[SVPN_AEAD_KEY_SIZE])
{
  const LibcryptoAead *self = (const LibcryptoAead *) aead;
  uint8_t subkey[SUBKEY_SIZE], iv[IV_SIZE];

  derive (subkey, iv, nonce, key);
  if (!encrypt (self->seal, out, plain, size, ad, ad_size, subkey, iv))
    svpn_aead_sodium.seal (&svpn_aead_sodium, out, plain, size, ad, ad_size, nonce, key);
  sodium_memzero (subkey, sizeof subkey);
}

static bool
open (const SvpnAead *aead, uint8_t *data, size_t size, const uint8_t *ad, size_t ad_size,
      const uint8_t nonce[SVPN_AEAD_NONCE_SIZE], const uint8_t key[SVPN_AEAD_KEY_SIZE])
{
  const LibcryptoAead *self = (const LibcryptoAead *) aead;
  const OSSL_PARAM tag[] = {
    OSSL_PARAM_construct_octet_string (OSSL_CIPHER_PARAM_AEAD_TAG, data + size, SVPN_AEAD_TAG_SIZE),
    OSSL_PARAM_construct_end (),
  };
  uint8_t subkey[SUBKEY_SIZE], iv[IV_SIZE];
  int n;

  derive (subkey, iv, nonce, key);
  bool opened = EVP_DecryptInit_ex2 (self->open, NULL, subkey, iv, tag) == 1
                && EVP_DecryptUpdate (self->open, NULL, &n, ad, (int) ad_size) == 1
                && (size == 0 || EVP_DecryptUpdate (self->open, data, &n, data, (int) size) == 1)
                && EVP_DecryptFinal_ex (self->open, data + size, &n) == 1;
  sodium_memzero (subkey, sizeof subkey);
  return opened;
}

void
svpn_aead_libcrypto_free (SvpnAead *aead)
{
  LibcryptoAead *self = (LibcryptoAead *) aead;

  if (self == NULL)
    return;
  EVP_CIPHER_CTX_free (self->seal);
  EVP_CIPHER_CTX_free (self->open);
  free (self);
}

SvpnAead *
svpn_aead_libcrypto_new (void)
{
  LibcryptoAead *self = calloc (1, sizeof *self);
  EVP_CIPHER *cipher;
  bool ready;

  if (self == NULL)
    return NULL;
  OPENSSL_init_crypto (OPENSSL_INIT_NO_LOAD_CONFIG, NULL); /* whatever openssl.cnf says is not meant for us */
  cipher = EVP_CIPHER_fetch (NULL, "ChaCha20-Poly1305", NULL);
  self->aead = (SvpnAead){ .name = "libcrypto", .seal = seal, .open = open };
  self->seal = EVP_CIPHER_CTX_new ();
  self->open = EVP_CIPHER_CTX_new ();
  ready = cipher != NULL && self->seal != NULL && self->open != NULL
          && EVP_EncryptInit_ex2 (self->seal, cipher, NULL, NULL, NULL) == 1
          && EVP_DecryptInit_ex2 (self->open, cipher, NULL, NULL, NULL) == 1;
  EVP_CIPHER_free (cipher); /* the contexts hold it */
  if (ready)
    return &self->aead;
  svpn_aead_libcrypto_free (&self->aead);
  return NULL;
}
