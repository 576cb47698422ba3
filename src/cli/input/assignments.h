/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Settings as KEY=VALUE on the command line. */
#pragma once

#include "settings.h"

/* Adds the setting that @text assigns. Refuses secrets, since other users can see a command line, and settings with the
 * flags @unfit: SVPN_SETTING_CALL_ONLY where a profile is stored, SVPN_SETTING_PROFILE_ONLY where a call has options. */
gboolean svpn_assignments_add (GVariantDict *settings, SvpnScope scope, const char *text,
                               SvpnSettingFlags unfit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The value that @text is for @setting, floating. Checks the type and the range, not the syntax of a string. Errors do
 * not quote @text, which may be a secret. */
GVariant *svpn_assignments_value (const SvpnSetting *setting, const char *text,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The setting of @scope called @key; NULL with an error that says what to do if there is none (then it suggests another key),
 * or if it has one of the flags @unfit. */
const SvpnSetting *svpn_assignments_find (SvpnScope scope, const char *key, SvpnSettingFlags unfit,
                                          GError **error);

/* The @value of a setting as text: the reverse of svpn_assignments_value() if @separator is a comma. */
char *svpn_assignments_text (GVariant *value, const char *separator) G_GNUC_WARN_UNUSED_RESULT;
