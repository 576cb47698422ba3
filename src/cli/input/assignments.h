/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * KEY=VALUE on the command line, as settings. */
#pragma once

#include "settings.h"

/* Adds one. Secrets are refused: a command line is for everybody to see. */
gboolean svpn_assignments_add (GVariantDict *settings, SvpnScope scope, const char *text, GError **error);

/* The value that @text is for @setting, floating. Of its syntax only what the type asks for is checked. */
GVariant *svpn_assignments_value (const SvpnSetting *setting, const char *text, GError **error);

/* Fails, naming the one that may have been meant, if @key is no setting of @scope. */
const SvpnSetting *svpn_assignments_find (SvpnScope scope, const char *key, GError **error);

/* A setting's @value as text, the reverse of svpn_assignments_value() if @separator is a comma. */
char *svpn_assignments_text (GVariant *value, const char *separator) G_GNUC_WARN_UNUSED_RESULT;
