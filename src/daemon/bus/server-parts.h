/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server needs before its worker is there: its key, its certificate, its listening sockets, and
 * the clients it knows. */
#pragma once

#include "store.h"

#include <gio/gunixfdlist.h>

typedef struct {
  GUnixFDList *listeners; /* close-on-exec */
  char *certificate_pem;  /* NULL: no TLS */
  char *key_pem;
  GVariant *authorized; /* aa{sv} */
} SvpnServerParts;

/* Makes and stores the private key at the first start, loads the certificate, opens the sockets. Puts the key and the
 * sockets' real addresses into *@settings. Errors: InvalidArguments, TlsFailed, Failed. */
SvpnServerParts *svpn_server_parts_new (SvpnStore *store, const char *config_dir, const char *name,
                                        GVariant **settings, GError **error);
void svpn_server_parts_free (SvpnServerParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnServerParts, svpn_server_parts_free)

/* Reads the certificate and its key from the files of @settings; both NULL: there are none. The key is to be freed with
 * svpn_key_free(), after an error, too. Errors: InvalidArguments (a file cannot be read), TlsFailed. */
gboolean svpn_server_parts_load_certificate (GVariant *settings, char **certificate_pem, char **key_pem,
                                             GError **error);
