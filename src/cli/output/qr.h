/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * QR codes in a terminal. */
#pragma once

#include <glib.h>

/* The QR code of @text (ISO/IEC 18004) with a quiet zone around it. With @blocks a character shows two modules;
 * without, two ASCII characters show one. With @colours, the code is dark on light on any terminal; without, the blocks
 * or '#' are the light modules, for a dark terminal. NULL if @text is longer than 2953 bytes. */
char *svpn_qr_to_text (const char *text, gboolean colours, gboolean blocks) G_GNUC_WARN_UNUSED_RESULT;
