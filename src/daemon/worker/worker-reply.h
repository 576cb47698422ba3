/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Answers and signals of a worker, checked. A worker parses bytes from the network and may have been taken over, so
 * whatever it sends is foreign, too. */
#pragma once

#include <gio/gio.h>

/* What methods and signals of a worker give: a{sv}, and aa{sv} for the list. */
typedef enum {
  SVPN_REPLY_NOTHING,
  SVPN_REPLY_CLIENT_STATISTICS,
  SVPN_REPLY_SERVER_STATISTICS,
  SVPN_REPLY_SESSION, /* one of a server's ListClients() */
  SVPN_REPLY_SESSION_LIST,
  SVPN_REPLY_SESSION_TELEMETRY,
  SVPN_REPLY_QUALITY,
  SVPN_REPLY_MTU_INFO,
  SVPN_REPLY_RECONNECTION,
  SVPN_REPLY_RETRY,
} SvpnReply;

/* The entries of @answer that @reply has, with the right type; texts are fit for a log, numbers finite. Floating. Not for
 * SVPN_REPLY_NOTHING. */
GVariant *svpn_worker_reply (SvpnReply reply, GVariant *answer) G_GNUC_WARN_UNUSED_RESULT;

/* The results of GetHistory() in @answer, checked: series that are known, all of one length, at most 120 points; what is not finite
 * becomes NaN. Full reference; NULL with Failed if they make no sense. */
GVariant *svpn_worker_history (GVariant *answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The health of that name, static; NULL if there is none. */
const char *svpn_worker_health (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* The library of that name, which encrypts, static; NULL if there is none, or for NULL. */
const char *svpn_worker_aead (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* @text fit for a log, at most 256 characters. */
char *svpn_worker_text (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the error of a call to a worker; returns one of SVPN_ERROR. */
GError *svpn_worker_error (GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the worker has not answered at all: the call was cancelled, or the connection is closed. */
gboolean svpn_worker_error_is_silence (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
