/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's TCP connection, with TLS or without, that does not block and holds little. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>

/* Where to, and from where. */
typedef struct {
  struct sockaddr_in server;
  const char *host; /* of SNI and the Host header */
  gboolean tls;
  guint n_sources; /* addresses from 127.0.0.1 on to connect from in turn; 0: the kernel chooses */
  gnutls_certificate_credentials_t credentials;
  gnutls_priority_t priorities;
} LinkTarget;

typedef struct {
  int fd; /* -1: closed */
  gnutls_session_t session;
  gboolean write_pending; /* a TLS record that the socket has not taken */
  GByteArray *rest;       /* without TLS: what it has not taken; or NULL */
} Link;

typedef enum {
  LINK_DONE,
  LINK_AGAIN, /* with the socket's next readiness */
  LINK_ENDED, /* by the other side */
  LINK_FAILED,
} LinkResult;

/* Fills in what is shared. FALSE if @address is no IPv4 address. */
gboolean link_target_init (LinkTarget *target, const char *address, guint16 port, const char *host,
                           gboolean tls);

/* Begins connection number @number. FALSE with errno if there is no socket. */
gboolean link_open (Link *link, const LinkTarget *target, guint number);
void link_close (Link *link);

/* Until LINK_DONE: TCP, and TLS unless @tcp_alone. */
LinkResult link_connect (Link *link, gboolean tcp_alone);

/* LINK_DONE if all that was sent before is with the socket. */
LinkResult link_flush (Link *link);
/* Takes all of @data, up to 16 KiB; only after a flush that was done. */
LinkResult link_send (Link *link, const void *data, gsize size);
LinkResult link_receive (Link *link, void *data, gsize size, gsize *n);
