/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server on 127.0.0.1 whose TUN device is a socket, under virtual time, and clients of it by hand:
 *
 *     Guest == TCP == SvpnServer == socketpair == the test, as the network behind */
#pragma once

#include "hand.h"
#include "noise.h"
#include "packets.h"
#include "server.h"
#include "virtual-time.h"
#include "welcome.h"

#define SCENE_PATH "/live/feed"

typedef struct {
  SvpnClock *clock;
  SvpnServer *server; /* NULL: freed by the test */
  uint8_t public_key[SVPN_KEY_SIZE];
  guint16 port;
  int tun;                             /* the network's end */
  GPtrArray *connected, *disconnected; /* texts: ids; "ID: REASON" */
  GVariant *telemetry;                 /* the last one of a session's end */
  gboolean stopped;
} Scene;

/* 10.8.0.0/24 and fd00:8::/64 for 10 clients, an MTU of 1420, plain ws, anonymous clients with a proof. */
SvpnServerConfig *scene_config (void);

/* Takes over @config. */
Scene *scene_new (SvpnServerConfig *config);
void scene_free (Scene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)

/* A TCP connection to the server. */
int scene_connect (Scene *scene);

/* A counter of the server's statistics. */
guint64 scene_count (Scene *scene, const char *counter);

/* An entry of the telemetry of a session, fails the test if there is none of that type. */
guint64 scene_client_count (Scene *scene, const char *id, const char *key);

/* A packet for the server to read from its TUN device; another device in its place; a packet that the server has written there
 * (waits for it; free it). */
void scene_write_tun (Scene *scene, const guint8 *packet, gsize size);
void scene_replace_tun (Scene *scene);
guint8 *scene_read_tun (Scene *scene, gsize *size);
gboolean scene_tun_is_empty (Scene *scene);

/* --- a client by hand --- */

typedef struct {
  const uint8_t *private_key; /* NULL: anonymous */
  const char *lease, *name;
  guint mtu; /* 0: no wish */
  SvpnCapabilities capabilities;
  gint64 version; /* 0: ours */
} GuestOptions;

typedef struct {
  Hand *hand;
  SvpnWelcome *welcome; /* after guest_shake_hands() */
  SvpnNoise noise;
} Guest;

/* An admitted WebSocket, before the handshake. */
Guest *guest_connect (Scene *scene);

/* HANDSHAKE_INIT as it is sent for these options. Returns the payload's size. */
size_t guest_message1 (Guest *guest, Scene *scene, const GuestOptions *options, uint8_t *payload);

/* The whole handshake, after which the session is open unless welcome->error is set. */
void guest_shake_hands (Guest *guest, Scene *scene, const GuestOptions *options);

/* Both of them, and a first sealed frame, which the server has taken: a client that is really there. */
Guest *guest_new (Scene *scene, const GuestOptions *options);
void guest_free (Guest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Guest, guest_free)

/* Sends a frame that changes nothing, and waits for what it is answered: the server has taken all before it. */
void guest_sync (Guest *guest);

/* Says goodbye, and waits until the server has noticed. */
void guest_leave (Scene *scene, Guest *guest);

void guest_send_packet (Guest *guest, const guint8 *packet, gsize size);

/* Waits for the session's end by DISCONNECT with @reason. */
void guest_expect_goodbye (Guest *guest, const char *reason);

/* The assigned IPv4 address as text. */
char *guest_address (Guest *guest);
