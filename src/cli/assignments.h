/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * KEY=VALUE on the command line, as settings. */
#pragma once

#include "command.h"
#include "settings.h"

/* Adds one. Secrets are refused: a command line is for everybody to see. */
gboolean svpn_assignments_add (GVariantDict *settings, SvpnScope scope, const char *text, GError **error);

/* All that a command was given: KEY=VALUE among its arguments from @first on and those of --set, and the contents of
 * --private-key-file. An a{sv} (full reference), NULL if something is wrong. */
GVariant *svpn_assignments_collect (SvpnInvocation *invocation, SvpnScope scope, guint first, GError **error);

/* The value that @text is for @setting, floating. Of its syntax only what the type asks for is checked. */
GVariant *svpn_assignments_value (const SvpnSetting *setting, const char *text, GError **error);

/* Fails, naming the one that may have been meant, if @key is no setting of @scope. */
const SvpnSetting *svpn_assignments_find (SvpnScope scope, const char *key, GError **error);
