/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A server by hand, on 127.0.0.1: it answers what a test wants it to. */
#pragma once

#include "hand.h"
#include "noise.h"
#include <gio/gio.h>

typedef struct {
  int fd;
  guint16 port;
  uint8_t private_key[SVPN_KEY_SIZE], public_key[SVPN_KEY_SIZE];
  char *lease; /* of the last HANDSHAKE_INIT */
  guint mtu;
} Host;

Host *host_new (void);
void host_free (Host *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Host, host_free)

/* Waits for a connection, accepts it, and waits for the head of its request. Returns the socket; @head, unless NULL, is
 * to be freed. */
int host_accept (Host *host, char **head);

/* The bytes of an HTTP answer; closes the connection behind it if @and_close. */
void host_answer (int fd, const char *answer, gboolean and_close);

/* Answers the request with 101, as RFC 6455 demands it. */
Hand *host_upgrade (int fd, const char *head);

/* Accepts, upgrades, reads HANDSHAKE_INIT and answers @json in message 2; the session is open then. */
Hand *host_welcome (Host *host, const char *json);

/* A welcome for 10.8.0.2 and fd00:8::2 with these members more, ",..." or "". */
char *host_welcome_json (const char *members);
