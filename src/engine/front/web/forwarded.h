/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The client behind proxies, from X-Forwarded-For. */
#pragma once

#include "address.h"
#include "request-head.h"

/* Each proxy appends the address that it was called from, so the list is believed from its right end on, and only as far
 * as the addresses are those of proxies we trust. Returns the first that is not, or the last that could be read; @peer,
 * whom the connection is from, where he is not trusted or has appended nothing. */
SvpnPrefix svpn_forwarded_client (const SvpnRequestHead *head, const SvpnPrefix *peer,
                                  const SvpnPrefix *trusted, guint n_trusted);

/* Whether @address lies in one of the networks. */
gboolean svpn_forwarded_is_trusted (const SvpnPrefix *address, const SvpnPrefix *trusted, guint n_trusted);
