/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server needs before its worker is there: its key, its certificate, its listening sockets. */
#pragma once

#include "store.h"

#include <gio/gunixfdlist.h>

typedef struct {
  GUnixFDList *listeners; /* close-on-exec */
  char *certificate_pem;  /* NULL: no TLS */
  char *key_pem;
} SvpnServerParts;

/* Makes and stores the private key at the first start, loads the certificate, opens the sockets. Puts the key and the
 * sockets' real addresses into *@settings. Errors: InvalidArguments, TlsFailed, Failed. */
SvpnServerParts *svpn_server_parts_new (SvpnStore *store, const char *name, GVariant **settings,
                                        GError **error);
void svpn_server_parts_free (SvpnServerParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnServerParts, svpn_server_parts_free)
