/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One attempt of a client to open a session: upgrade, handshake, and the server's answer. */
#pragma once

#include "client-config.h"
#include "peer.h"
#include "upgrade.h"
#include "welcome.h"

typedef struct _SvpnAttempt SvpnAttempt;

/* One of the two is called, once; the attempt may be freed in it. */
typedef struct {
  /* The session is open. @peer and @welcome become the owner's, who gives the peer its events. */
  void (*succeeded) (SvpnPeer *peer, SvpnWelcome *welcome, const char *remote_address, gpointer user_data);
  /* @error is of SVPN_ERROR and names what failed, and the server. */
  void (*failed) (const GError *error, gpointer user_data);
} SvpnAttemptEvents;

/* Begins at once, and gives up after config->connect_timeout_s. @lease: of an earlier session, or NULL. @pin is used, and
 * brought up to date once the server is reached. */
SvpnAttempt *svpn_attempt_new (SvpnClientConfig *config, SvpnClock *clock, const char *lease, SvpnPin *pin,
                               const SvpnAttemptEvents *events, gpointer user_data);
void svpn_attempt_free (SvpnAttempt *attempt);
