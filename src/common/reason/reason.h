/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Why a state has changed or a session has ended: a code that programs compare, and a message in English that says more.
 * Inside SmartVPN and in DISCONNECT both are one text, "CODE: MESSAGE", or "CODE" alone. The codes are those of the table
 * below and the names of errors (error.h). */
#pragma once

#include <gio/gio.h>

/* code, what it says to a person */
#define SVPN_REASONS(X)                                                                                      \
  X (USER, "user", N_ ("A user or a program asked for it"))                                                  \
  X (BOOT, "boot", N_ ("The machine has booted"))                                                            \
  X (ESTABLISHED, "established", N_ ("The way is ready"))                                                    \
  X (SERVER_STOPPED, "server-stopped", N_ ("The server has stopped"))                                        \
  X (SERVER_ENDED, "server-ended", N_ ("The server has ended the session"))                                  \
  X (CLIENT_LEFT, "client-left", N_ ("The client has disconnected"))                                         \
  X (REVOKED, "revoked", N_ ("The client is no longer authorized"))                                          \
  X (EXPIRED, "expired", N_ ("The client's authorization has expired"))                                      \
  X (REPLACED, "replaced", N_ ("The client has another session"))                                            \
  X (EVICTED, "evicted", N_ ("The server made room for another client"))                                     \
  X (NO_ANSWER, "no-answer", N_ ("The other side no longer answers"))                                        \
  X (CONNECTION_LOST, "connection-lost", N_ ("The connection was lost"))                                     \
  X (PROTOCOL_ERROR, "protocol-error", N_ ("The other side broke the protocol"))                             \
  X (NETWORK_CHANGED, "network-changed", N_ ("The network has changed"))                                     \
  X (WORKER_DIED, "worker-died", N_ ("The worker process has died"))                                         \
  X (CALLER_LEFT, "caller-left", N_ ("The program that asked for it has ended"))

#define SVPN_REASON_CODE_(name, code, text) SVPN_REASON_##name,
typedef enum { SVPN_REASONS (SVPN_REASON_CODE_) SVPN_N_REASONS } SvpnReason;
#undef SVPN_REASON_CODE_

/* The code, static. */
const char *svpn_reason_code (SvpnReason reason) G_GNUC_CONST;

/* "CODE: MESSAGE"; "CODE" for @message NULL or "". */
char *svpn_reason_text (SvpnReason reason, const char *message) G_GNUC_WARN_UNUSED_RESULT;
char *svpn_reason_of_error (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* The text of an end that the other side told in DISCONNECT: only the codes that this side can know count; another text
 * becomes the message of @otherwise. */
char *svpn_reason_from_server (const char *goodbye) G_GNUC_WARN_UNUSED_RESULT;
char *svpn_reason_from_client (const char *goodbye) G_GNUC_WARN_UNUSED_RESULT;

/* The code of @text, static; that of @otherwise if @text has none that is known. *@message points to the rest of @text, ""
 * if there is none. */
const char *svpn_reason_split (const char *text, SvpnReason otherwise, const char **message);

/* The message of @text; what its code says, in English, if it has none. "" for those that need no words: user, boot,
 * established. */
const char *svpn_reason_message (const char *text);

/* The code of @text if that is the name of an error, else "". Static. */
const char *svpn_reason_error_name (const char *text);

/* The error that svpn_reason_of_error() made @text of; Failed if it was none. */
GError *svpn_reason_to_error (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* What @code says to a person, in the user's language; NULL: not a reason (it may be the name of an error). */
const char *svpn_reason_for_person (const char *code) G_GNUC_WARN_UNUSED_RESULT;
