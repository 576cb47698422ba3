/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Loaded into a worker by LD_PRELOAD: libcrypto has no ciphers, so that libsodium encrypts. */

/* As in <openssl/evp.h>. */
__attribute__ ((visibility ("default"))) void *EVP_CIPHER_fetch (void *context, const char *algorithm,
                                                                 const char *properties);

void *
EVP_CIPHER_fetch (void *context, const char *algorithm, const char *properties)
{
  return (void *) 0;
}
