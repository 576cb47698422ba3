/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Conditional and partial requests (RFC 9110, sections 13 and 14) for one file. */
#pragma once

#include "request-head.h"

#include <gio/gio.h>

/* What the answer to a request depends on. */
typedef struct {
  const char *etag; /* with its quotes, strong */
  gint64 mtime;     /* Unix time, in s */
  goffset size;
} SvpnRepresentation;

/* 200; 304, 412 as a condition says; 206 with *start, *length for a range; 416 for one behind the end. Several ranges
 * are answered with the whole file, which section 14.2 allows. */
guint svpn_preconditions_check (const SvpnRequestHead *head, const SvpnRepresentation *representation,
                                goffset *start, goffset *length);
