/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Reasons of state-changed for people. */
#pragma once

#include <gio/gio.h>

/* What a reason with its details (a{sv}) says, in the user's language if we know it; NULL: nothing that needs to be said,
 * since the user asked for it. */
char *svpn_reason_in_words (const char *reason, GVariant *details) G_GNUC_WARN_UNUSED_RESULT;

/* The error that has ended a connection with @reason (NULL: unknown) and @message (NULL: none). */
GError *svpn_error_from_reason (const char *reason, const char *message) G_GNUC_WARN_UNUSED_RESULT;
