/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The states that clients, servers and lines can be in. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SmartvpnClientState:
 * @SMARTVPN_CLIENT_STATE_UNKNOWN: a state that this version does not know, or none was sent yet;
 *   [property@Client:state-word] has the word for it
 * @SMARTVPN_CLIENT_STATE_DISCONNECTED: there is no tunnel, and none is wanted
 * @SMARTVPN_CLIENT_STATE_CONNECTING: the client opens the first session of a connection
 * @SMARTVPN_CLIENT_STATE_CONNECTED: packets flow
 * @SMARTVPN_CLIENT_STATE_RECONNECTING: the session was lost, and the client opens another; interface and address stay
 * @SMARTVPN_CLIENT_STATE_DISCONNECTING: the client takes the tunnel down
 * @SMARTVPN_CLIENT_STATE_FAILED: there is no tunnel; [property@Profile:last-error] says why
 *
 * The state of a [class@Client].
 *
 * Since: 0.1
 */
typedef enum {
  SMARTVPN_CLIENT_STATE_UNKNOWN,
  SMARTVPN_CLIENT_STATE_DISCONNECTED,
  SMARTVPN_CLIENT_STATE_CONNECTING,
  SMARTVPN_CLIENT_STATE_CONNECTED,
  SMARTVPN_CLIENT_STATE_RECONNECTING,
  SMARTVPN_CLIENT_STATE_DISCONNECTING,
  SMARTVPN_CLIENT_STATE_FAILED,
} SmartvpnClientState;

/**
 * SmartvpnServerState:
 * @SMARTVPN_SERVER_STATE_UNKNOWN: a state that this version does not know, or none was sent yet;
 *   [property@Server:state-word] has the word for it
 * @SMARTVPN_SERVER_STATE_STOPPED: the server does not run
 * @SMARTVPN_SERVER_STATE_STARTING: smartvpnd sets the server up
 * @SMARTVPN_SERVER_STATE_RUNNING: clients can connect
 * @SMARTVPN_SERVER_STATE_STOPPING: smartvpnd takes the server down
 * @SMARTVPN_SERVER_STATE_FAILED: the server does not run; [property@Profile:last-error] says why
 *
 * The state of a [class@Server].
 *
 * Since: 0.1
 */
typedef enum {
  SMARTVPN_SERVER_STATE_UNKNOWN,
  SMARTVPN_SERVER_STATE_STOPPED,
  SMARTVPN_SERVER_STATE_STARTING,
  SMARTVPN_SERVER_STATE_RUNNING,
  SMARTVPN_SERVER_STATE_STOPPING,
  SMARTVPN_SERVER_STATE_FAILED,
} SmartvpnServerState;

/**
 * SmartvpnHealth:
 * @SMARTVPN_HEALTH_UNKNOWN: a health that this version does not know, or none was sent yet;
 *   [property@Client:health-word] has the word for it
 * @SMARTVPN_HEALTH_NONE: the client is not connected
 * @SMARTVPN_HEALTH_HEALTHY: keepalives are answered in time
 * @SMARTVPN_HEALTH_DEGRADED: two keepalives in a row were late or lost
 * @SMARTVPN_HEALTH_CRITICAL: two more were; from here on, three timeouts in a row end the session
 *
 * The health of a line, measured by keepalives inside the tunnel.
 *
 * Since: 0.1
 */
typedef enum {
  SMARTVPN_HEALTH_UNKNOWN,
  SMARTVPN_HEALTH_NONE,
  SMARTVPN_HEALTH_HEALTHY,
  SMARTVPN_HEALTH_DEGRADED,
  SMARTVPN_HEALTH_CRITICAL,
} SmartvpnHealth;

#define SMARTVPN_TYPE_CLIENT_STATE (smartvpn_client_state_get_type ())
GType smartvpn_client_state_get_type (void) G_GNUC_CONST;

#define SMARTVPN_TYPE_SERVER_STATE (smartvpn_server_state_get_type ())
GType smartvpn_server_state_get_type (void) G_GNUC_CONST;

#define SMARTVPN_TYPE_HEALTH (smartvpn_health_get_type ())
GType smartvpn_health_get_type (void) G_GNUC_CONST;

/**
 * smartvpn_client_state_to_string:
 * @state: a state
 *
 * Gets the word for a state, as on D-Bus.
 *
 * Returns: "unknown", "disconnected", "connecting", "connected", "reconnecting", "disconnecting" or "failed"
 *
 * Since: 0.1
 */
const char *smartvpn_client_state_to_string (SmartvpnClientState state);

/**
 * smartvpn_server_state_to_string:
 * @state: a state
 *
 * Gets the word for a state, as on D-Bus.
 *
 * Returns: "unknown", "stopped", "starting", "running", "stopping" or "failed"
 *
 * Since: 0.1
 */
const char *smartvpn_server_state_to_string (SmartvpnServerState state);

/**
 * smartvpn_health_to_string:
 * @health: a health
 *
 * Gets the word for a health, as on D-Bus.
 *
 * Returns: "unknown", "healthy", "degraded" or "critical"; "none" where D-Bus has the empty string
 *
 * Since: 0.1
 */
const char *smartvpn_health_to_string (SmartvpnHealth health);

G_END_DECLS
