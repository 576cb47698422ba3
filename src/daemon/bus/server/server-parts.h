/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a server needs before its worker runs: key, certificate, listening sockets and authorized clients. */
#pragma once

#include "secret-text.h"
#include "store.h"

#include <gio/gunixfdlist.h>

typedef struct {
  GUnixFDList *listeners; /* close-on-exec */
  char *certificate_pem;  /* NULL: no TLS */
  SvpnSecretText *key_pem;
  GVariant *authorized; /* aa{sv} */
} SvpnServerParts;

/* Makes and stores the private key at the first start, loads the certificate and the authorized clients, opens the sockets.
 * Puts the key and the sockets' real addresses into *@settings. Errors: InvalidArguments, TlsFailed, Failed. */
SvpnServerParts *svpn_server_parts_new (SvpnStore *store, const char *config_dir, const char *name,
                                        GVariant **settings, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void svpn_server_parts_free (SvpnServerParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnServerParts, svpn_server_parts_free)

/* Reads certificate and key from the files of @settings; NULL and NULL if there are none. Even after an error, both may
 * have to be freed. Errors: InvalidArguments (a file cannot be read), TlsFailed. */
gboolean svpn_server_parts_load_certificate (GVariant *settings, char **certificate_pem,
                                             SvpnSecretText **key_pem,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
