/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Certificates for tests, made on the spot. */
#pragma once

#include "tls-context.h"
#include <gio/gio.h>

typedef struct {
  char *pem; /* the certificate alone */
  SvpnTlsContext *tls;
} TestCertificate;

/* Self-signed, for @name, an address or a host name, valid from @from_s to @to_s seconds from now (real time). */
TestCertificate *certificate_new (const char *name, gint64 from_s, gint64 to_s);
void certificate_free (TestCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestCertificate, certificate_free)
