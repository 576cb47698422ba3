/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The payload of a DISCONNECT frame: {"reason": "..."}, with "final": false if the other side may come back by itself. */
#pragma once

#include <glib.h>
#include <stdint.h>

#define SVPN_REASON_MAX 256 /* characters we take of a reason */

/* @is_final: whether the other side shall not come back by itself. */
char *svpn_goodbye_to_json (const char *reason, gboolean is_final);

/* The reason, safe to show whatever came. */
char *svpn_goodbye_from_json (const uint8_t *json, gsize size, gboolean *is_final);
