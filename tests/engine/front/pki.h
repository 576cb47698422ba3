/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Certificates for tests, made while they run. */
#pragma once

#include <glib.h>

typedef struct _PkiIdentity PkiIdentity;

/* A certificate of "CN=@name" for the host @name, with a P-256 key. @issuer: who signs it, NULL: itself. */
PkiIdentity *pki_identity_new (const char *name, const PkiIdentity *issuer);
void pki_identity_free (PkiIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PkiIdentity, pki_identity_free)

char *pki_certificate_pem (const PkiIdentity *identity);
/* With @password PKCS #8, encrypted. */
char *pki_key_pem (const PkiIdentity *identity, const char *password);
