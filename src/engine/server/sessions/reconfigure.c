/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Changed settings of a server, for the sessions that are there already. */
#include "terms.h"
#include "welcome.h"

/* @change: a CONTROL frame; NULL: nothing that the client is told has changed. */
static void
reconfigure_session (SvpnSession *session, const char *change)
{
  SvpnDpd *dpd = svpn_peer_get_dpd (session->peer);

  if (session->id[0] == '\0')
    return; /* its handshake will go by the new ones */
  svpn_peer_set_qos (session->peer, session->config->qos);
  if (dpd != NULL)
    svpn_dpd_set_config (dpd, &session->config->keepalive);
  svpn_terms_apply (session);
  if (change != NULL)
    svpn_peer_send_control (session->peer, change);
}

void
svpn_sessions_reconfigure (SvpnSessions *sessions, gboolean pushed, guint handshaking_max)
{
  g_autofree char *change
      = pushed ? svpn_welcome_change_to_json (sessions->config->dns, sessions->config->routes) : NULL;

  svpn_crowd_set_max (sessions->handshaking, handshaking_max, handshaking_max / 2);
  for (guint i = 0; i < sessions->all->len; i++)
    reconfigure_session (sessions->all->pdata[i], change);
}
