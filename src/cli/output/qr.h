/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * QR codes in a terminal. */
#pragma once

#include <glib.h>

/* The QR code of @text (ISO/IEC 18004) in half blocks, two modules to a character, with a quiet zone around it. With
 * @colours, dark on light whatever the terminal's colours are; else the blocks are the light modules, for terminals that
 * are dark. NULL if it is too long, more than 2953 bytes. */
char *svpn_qr_to_text (const char *text, gboolean colours);
