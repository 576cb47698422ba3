/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Secrets in memory and in files, and private keys. */
#pragma once

#include <glib.h>

/* A text that svpn_secret_free() wipes. */
typedef char SvpnSecret;
void svpn_secret_free (SvpnSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnSecret, svpn_secret_free)

/* The contents of a file, "-" for standard input: less than 1 MiB, without a NUL byte. */
SvpnSecret *svpn_secret_read_text (const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The private key in a file, in base64 and checked. White space around it is ignored. */
SvpnSecret *svpn_secret_read_key (const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes an empty file of mode 0600; fails if the file exists. Returns its descriptor, -1 on errors. */
int svpn_secret_create (const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes @text to such a file, and takes @fd. Removes the file if that fails. */
gboolean svpn_secret_fill (const char *file, int fd, const char *text,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Both. */
gboolean svpn_secret_write (const char *file, const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new private key (X25519, RFC 7748) in base64, and the public key of a private key; NULL if that is not valid. */
SvpnSecret *svpn_secret_generate_key (void) G_GNUC_WARN_UNUSED_RESULT;
char *svpn_secret_to_public_key (const SvpnSecret *private_key) G_GNUC_WARN_UNUSED_RESULT;
