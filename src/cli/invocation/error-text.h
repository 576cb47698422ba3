/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Errors for people. */
#pragma once

#include "smartvpn.h"

/* The message of @error. Messages of smartvpnd are English (i18n.h); in another language what their code means stands before
 * them, so that nobody needs English to know what kind of failure it is. */
char *svpn_error_text (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
