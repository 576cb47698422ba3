/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON for programs: keys sorted, numbers as short as they can be without a loss, null for what is absent. json-glib prints
 * 0.62 as 0.61999999999999999, and numbers from 2^63 on as negative ones. */
#pragma once

#include <glib.h>

typedef enum { SVPN_JSON_INDENTED, SVPN_JSON_ON_ONE_LINE } SvpnJsonForm;

/* @value as JSON text: of a{s*} an object, of other arrays and of tuples an array, of "" and of an empty maybe null, of a
 * number that is not finite null. */
char *svpn_json_text (GVariant *value, SvpnJsonForm form) G_GNUC_WARN_UNUSED_RESULT;
