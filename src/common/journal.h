/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Our own fields in the journal: the tunnel that a message is about, and its event. docs/journal.md explains them. Without a
 * journal the same messages go to stderr as plain text. */
#pragma once

#include <glib.h>

/* MESSAGE_ID of the events. */
#define SVPN_EVENT_UP "63008fee00f34c7f886adf26ef4105ab"
#define SVPN_EVENT_DOWN "aad57e6a7e2647cbbea290a0f35fd37d"
#define SVPN_EVENT_FAILED "f2a9fbdec6db4dcb824f5564c7b3e9a8"
#define SVPN_EVENT_LOST "981036aaabda4ae9851a076cb31cad26"
#define SVPN_EVENT_RECONNECTED "b5c74dec8eba4ac6ae5226dd1024c17d"
#define SVPN_EVENT_CLIENT_CONNECTED "5d737510d33a49268fb61319de3d86df"
#define SVPN_EVENT_CLIENT_DISCONNECTED "69940dc1adc14ab8968c3714a9b40b44"
#define SVPN_EVENT_WORKER_DIED "2fd31bbb3f6e452ead8a11ea8c716e03"

/* NULL leaves the field out. */
typedef struct {
  const char *event;   /* MESSAGE_ID= */
  const char *tunnel;  /* "client-NAME": SMARTVPN_CLIENT=NAME; "server-NAME": SMARTVPN_SERVER=NAME */
  const char *state;   /* SMARTVPN_STATE= */
  const char *reason;  /* SMARTVPN_REASON= */
  const char *session; /* SMARTVPN_SESSION= */
} SvpnJournalEntry;

/* Logs a message in the domain of the caller; G_LOG_LEVEL_MESSAGE and above are always written. */
#define svpn_journal(level, entry, ...) svpn_journal_log (G_LOG_DOMAIN, level, entry, __VA_ARGS__)
void svpn_journal_log (const char *domain, GLogLevelFlags level, const SvpnJournalEntry *entry,
                       const char *format, ...) G_GNUC_PRINTF (4, 5);

/* Puts @tunnel into everything that this process logs from now on. Once, before there is another thread. */
void svpn_journal_set_tunnel (const char *tunnel);
