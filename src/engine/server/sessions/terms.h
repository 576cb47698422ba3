/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * On which terms a client may be here: whether it is authorized and for how long, and how fast it may send. Private to
 * this room. */
#pragma once

#include "sessions.h"

/* The reason why the session's client may not be here, to be told to it; NULL: it may. */
const char *svpn_terms_check (const SvpnSession *session);

/* The client's authorization, NULL if it has none. */
const SvpnAuthorized *svpn_terms_find_authorized (const SvpnSession *session);

/* Puts the session's terms in force: its expiry, and the limit of its lease, else of its authorization, else the
 * server's. Ends it if its client may not be here. */
void svpn_terms_apply (SvpnSession *session);

/* A limit for the client of this session, of both directions, in place of the stored one until another is stored. Rate 0: none. */
void svpn_terms_set_limit (SvpnSession *session, guint64 rate_bytes_per_s, guint64 burst_bytes);

/* From now on @clients are the authorized ones (aa{sv}, see authorized.h). Sessions that this leaves without
 * authorization, or with an address reserved for another, end. FALSE with SVPN_ERROR_INVALID_ARGUMENTS changes nothing. */
gboolean svpn_terms_set_authorized (SvpnSessions *sessions, GVariant *clients, GError **error);

/* Callback of session->expiry_timer. */
void svpn_terms_on_expiry (gpointer session);
