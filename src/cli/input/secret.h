/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Keys, and files that only their owner reads. */
#pragma once

#include <glib.h>

/* A text that is wiped when it is freed. */
typedef char SvpnSecret;
void svpn_secret_free (SvpnSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnSecret, svpn_secret_free)

/* All of a file, "-" for standard input; 1 MiB at most, and no NUL byte. */
SvpnSecret *svpn_secret_read_text (const char *file, GError **error);

/* The private key in a file: its text without white space around it, checked. */
SvpnSecret *svpn_secret_read_key (const char *file, GError **error);

/* Makes a file of mode 0600, which must not be there yet. */
gboolean svpn_secret_write (const char *file, const char *text, GError **error);

/* An X25519 key pair in base64; the public key of a private one, NULL if it is none. */
SvpnSecret *svpn_secret_generate_key (void);
char *svpn_secret_to_public_key (const SvpnSecret *private_key);
