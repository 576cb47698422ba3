/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The mark that editors of Windows write at the beginning of a UTF-8 file (RFC 3629, section 6). */
#pragma once

/* @text behind its byte order mark; @text itself if it has none. */
const char *svpn_skip_byte_order_mark (const char *text);
