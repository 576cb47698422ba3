/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What Check() finds: texts of the form "CODE: what is wrong, and what to do". */
#pragma once

#include "store.h"
#include "tunnel.h"

/* Adds a finding to @findings (of texts). */
void svpn_finding_add (GPtrArray *findings, const char *code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The stored profile of a tunnel, full reference; what is wrong with it, or with its key, is a finding. NULL: it cannot be
 * read. */
GVariant *svpn_finding_profile (GPtrArray *findings, SvpnStore *store, SvpnScope scope, const char *name);

/* The last error, unless it is that of a profile that cannot be read. */
void svpn_finding_last_error (GPtrArray *findings, SvpnTunnel *tunnel, const char *code);

/* Takes the array. */
char **svpn_findings_end (GPtrArray *findings);
