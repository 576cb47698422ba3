/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client's tunnel: the HTTPS upgrade, the handshake, then packets between the TUN device and the server. */
#pragma once

#include "client-config.h"
#include "clock.h"
#include "history.h"
#include "welcome.h"

typedef struct _SvpnClient SvpnClient;

typedef struct {
  guint64 duration_ms; /* from the loss */
  guint attempts;
  guint64 reconnects; /* so far, this one included */
  const char *reason; /* of the loss */
} SvpnReconnection;

/* What a client without a session is about to do. */
typedef struct {
  guint attempt;   /* number since the loss, from 1, of the attempt that runs or comes next */
  gboolean waits;  /* for a way to the server: no attempt is due */
  guint64 next_ms; /* time to it; 0: it runs */
  guint64 lost_ms; /* since the loss */
  const char *
      reason; /* why the attempt before has failed, at first why the session was lost; valid until the next one */
} SvpnRetry;

/* All are called from the main loop; the client may be freed in failed and ended. */
typedef struct {
  /* The handshake is done. @remote_address: "IP:port" or "[IP]:port" of the other end of the TCP connection. */
  void (*connected) (const SvpnWelcome *welcome, const char *remote_address, gpointer user_data);
  /* Connecting failed. @error is of SVPN_ERROR and names what failed, and the server. */
  void (*failed) (const GError *error, gpointer user_data);
  /* The session is lost; attempts to open another follow. The TUN device stays. */
  void (*reconnecting) (const char *reason, gpointer user_data);
  /* Another attempt is due or waits, after the loss and after each one that has failed. */
  void (*retrying) (const SvpnRetry *retry, gpointer user_data);
  /* One has succeeded; @welcome may differ from the one before. */
  void (*reconnected) (const SvpnReconnection *reconnection, const SvpnWelcome *welcome,
                       const char *remote_address, gpointer user_data);
  /* The server has changed @welcome's mtu, dns or routes while the TUN device was attached: at most once a second, so
   * that a server cannot keep everybody busy. */
  void (*reconfigured) (const SvpnWelcome *welcome, const char *remote_address, gpointer user_data);
  void (*health_changed) (const char *new_health, const char *old_health, gpointer user_data);
  /* The tunnel, which was connected, has ended: either side ended it, or the attempts have failed. */
  void (*ended) (const char *reason, gpointer user_data);
} SvpnClientEvents;

/* Takes over @config and begins to connect. */
SvpnClient *svpn_client_new (SvpnClientConfig *config, SvpnClock *clock, const SvpnClientEvents *events,
                             gpointer user_data);
void svpn_client_free (SvpnClient *client);

/* Once connected: packets flow between @fd, which is taken over, and the server. Again: in place of the device before. */
void svpn_client_attach_tun (SvpnClient *client, int fd);

/* The networks whose packets are taken off the tunnel, beside that of the own address: @routes in use, except @local ones,
 * which are at other interfaces of this machine. NULL-terminated, CIDR; anything else is passed over. Before the first call:
 * the server's routes. */
void svpn_client_set_networks (SvpnClient *client, const char *const *routes, const char *const *local);

typedef enum {
  SVPN_NETWORK_CHECK, /* something may have happened: the session is checked at once */
  SVPN_NETWORK_MOVED, /* the way to the server is another one: a session over it takes the place of the present one */
  SVPN_NETWORK_LOST, /* there is no way to the server: attempts wait until there is one */
} SvpnNetworkChange;

void svpn_client_network_changed (SvpnClient *client, SvpnNetworkChange change);

/* Ends the session, telling the server @reason; `ended` or `failed` follows. */
void svpn_client_disconnect (SvpnClient *client, const char *reason);

/* FALSE: the client has a session, or never had one. */
gboolean svpn_client_get_retry (SvpnClient *client, SvpnRetry *retry);

/* "healthy", "degraded", "critical"; "" while there is no session. */
const char *svpn_client_get_health (SvpnClient *client);

/* Add what org.smartvpn.Client's methods return; FALSE if there is no session. */
void svpn_client_statistics (SvpnClient *client, GVariantDict *dict);
gboolean svpn_client_quality (SvpnClient *client, GVariantDict *dict);
gboolean svpn_client_mtu_info (SvpnClient *client, GVariantDict *dict); /* without the link's MTU */

/* The results of GetHistory() (floating); NULL if there has been no session yet. @span_s: 1 to SVPN_HISTORY_SPAN_MAX_S. */
GVariant *svpn_client_get_history (SvpnClient *client, guint span_s);
