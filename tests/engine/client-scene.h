/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client whose TUN device is a socket, under virtual time, and what it told. */
#pragma once

#include "client.h"
#include "packets.h"
#include "virtual-time.h"

typedef struct {
  SvpnClock *clock;
  SvpnClient *client; /* NULL: it has failed or ended, and is freed */
  int tun;            /* the applications' end; -1: not attached */
  char *taken;        /* by client_expect() */
  GPtrArray *
      events; /* that were not taken yet, texts: "connected 10.8.0.2", "failed: MESSAGE", "reconnecting: REASON",
                       * "reconnected 10.8.0.2: REASON", "reconfigured", "health HEALTH", "ended: REASON" */
  GError *failure;
  SvpnReconnection reconnection; /* the last; no reason */
  SvpnRetry retry;               /* the last */
  char *retry_reason;
  char *lease; /* of the last session */
  guint mtu;
} ClientScene;

/* For 127.0.0.1:@port, with every setting at its default; ws unless @is_tls. */
SvpnClientConfig *client_config (gboolean is_tls, guint16 port, const char *path,
                                 const uint8_t *server_public_key);

/* Takes over @config and begins to connect. @ahead_s: of its wall clock. */
ClientScene *client_scene_new (SvpnClientConfig *config, gint64 ahead_s);
void client_scene_free (ClientScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientScene, client_scene_free)

/* Waits for an event that begins with @prefix, and takes it and all before it. Returns it, valid until the next call. It
 * is a failure if the client ends before. */
const char *client_expect (ClientScene *scene, const char *prefix);

/* The same, where it must be exactly @event. */
void client_expect_exactly (ClientScene *scene, const char *event);

/* Gives the client its TUN device. */
void client_attach (ClientScene *scene);

/* A packet for the client to read from its TUN device, and one that it has written there (waits for it; free it). */
void client_write_tun (ClientScene *scene, const guint8 *packet, gsize size);
guint8 *client_read_tun (ClientScene *scene, gsize *size);
gboolean client_tun_is_empty (ClientScene *scene);

guint64 client_count (ClientScene *scene, const char *counter);
