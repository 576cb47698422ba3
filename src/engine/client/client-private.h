/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the files of a client's tunnel share: client.c, its session, and client-attempts.c, how it gets one. */
#pragma once

#include "attempt.h"
#include "client-history.h"
#include "client-tun.h"
#include "client.h"

typedef enum {
  SVPN_CLIENT_CONNECTING, /* for the first time */
  SVPN_CLIENT_CONNECTED,
  SVPN_CLIENT_RECONNECTING, /* an attempt runs, or the wait before the next one */
  SVPN_CLIENT_ENDED,
} SvpnClientState;

struct _SvpnClient {
  SvpnClientConfig *config;
  SvpnClock *clock;
  const SvpnClientEvents *events;
  gpointer user_data;
  SvpnClientState state;
  SvpnPin pin;
  SvpnAttempt *attempt; /* NULL: none runs */
  SvpnPeer *peer;       /* while connected */
  SvpnPeer *old_peer;   /* of the session before, until the server has taken the present one; NULL: none */
  gboolean offline;     /* there is no way to the server, and attempts wait for one */
  SvpnWelcome *welcome; /* of the last session */
  char *remote_address; /* of the last session's server */
  SvpnClientTun *tun;
  char *leave_reason; /* svpn_client_disconnect() was called */

  SvpnTimer *retry_timer; /* for the next attempt */
  guint end_source, old_peer_source;
  guint64 retry_us; /* boot time at which it is due */
  char *loss_reason;
  char *failure;   /* of the last attempt since the loss; NULL: none has failed */
  guint64 lost_us; /* boot time */
  guint n_attempts;
  guint n_brief;      /* sessions in a row that did not last */
  guint64 session_us; /* boot time at which the present one has begun */
  guint64 reconnects;
  gboolean reconfigured;      /* by the server, and not reported yet */
  SvpnTimer *report_timer;    /* for reporting that */
  guint64 reported_us;        /* boot time of the last report, 0: none */
  SvpnCounters past;          /* of the sessions before this one */
  SvpnClientHistory *history; /* from the first session on */
};

/* --- client.c --- */

/* The only way into a state. */
void svpn_client_enter_state (SvpnClient *client, SvpnClientState state, const char *reason);

/* The tunnel ends for good. Reported from the main loop. */
void svpn_client_end (SvpnClient *client, const char *reason);

/* Takes over the session of @peer, in place of the present one, if there is one. */
void svpn_client_take_session (SvpnClient *client, SvpnPeer *peer, SvpnWelcome *welcome,
                               const char *remote_address);

/* --- client-attempts.c --- */

/* Called from the main loop when the next attempt is due. */
void svpn_client_start_attempt (gpointer client);

/* Arms the next attempt; none where there is no network. */
void svpn_client_schedule_attempt (SvpnClient *client);
void svpn_client_schedule_attempt_in (SvpnClient *client, guint64 delay_ms);

/* Tells what comes next, if there is no session. */
void svpn_client_report_retry (SvpnClient *client);

/* Ends the attempt that is under way or due. */
void svpn_client_cancel_attempt (SvpnClient *client);
