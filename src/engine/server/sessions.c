/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All sessions of a server. */
#include "sessions.h"
#include "error.h"
#include "pool.h"

SvpnSessions *
svpn_sessions_new (const SvpnServerConfig *config, SvpnClock *clock, guint32 capacity)
{
  SvpnSessions *sessions = g_new0 (SvpnSessions, 1);

  sessions->config = config;
  sessions->clock = clock;
  sessions->all = g_ptr_array_new_with_free_func ((GDestroyNotify) svpn_session_free);
  sessions->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  sessions->by_host = g_hash_table_new (NULL, NULL);
  sessions->leases = svpn_leases_new (SVPN_POOL_FIRST_HOST, capacity);
  sessions->authorized = g_hash_table_new (NULL, NULL); /* none until svpn_terms_set_authorized() */
  return sessions;
}

void
svpn_sessions_free (SvpnSessions *sessions)
{
  g_ptr_array_unref (sessions->all);
  g_hash_table_unref (sessions->by_id);
  g_hash_table_unref (sessions->by_host);
  g_hash_table_unref (sessions->authorized);
  svpn_leases_free (sessions->leases);
  g_free (sessions);
}

SvpnSession *
svpn_sessions_add (SvpnSessions *sessions, SvpnServer *server, const char *remote_address)
{
  SvpnSession *session = g_new0 (SvpnSession, 1);

  session->server = server;
  session->sessions = sessions;
  session->config = sessions->config;
  session->clock = sessions->clock;
  session->remote_address = g_strdup (remote_address);
  g_ptr_array_add (sessions->all, session);
  return session;
}

void
svpn_sessions_detach (SvpnSessions *sessions, SvpnSession *session)
{
  gpointer host;

  if (session->id[0] != '\0')
    g_hash_table_remove (sessions->by_id, session->id);
  if (session->lease == NULL)
    return;
  host = GUINT_TO_POINTER (session->lease->host);
  if (g_hash_table_lookup (sessions->by_host, host) == session)
    g_hash_table_remove (sessions->by_host, host);
  svpn_leases_release (sessions->leases, session->lease);
  session->lease = NULL;
}

void
svpn_sessions_remove (SvpnSessions *sessions, SvpnSession *session)
{
  svpn_sessions_detach (sessions, session);
  svpn_counters_add (&sessions->past, svpn_session_get_counters (session));
  g_ptr_array_remove_fast (sessions->all, session);
}

SvpnSession *
svpn_sessions_find (SvpnSessions *sessions, const char *id, GError **error)
{
  SvpnSession *session = g_hash_table_lookup (sessions->by_id, id);

  if (session == NULL)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_NO_SUCH_SESSION, "there is no client with the id '%s'", id);
  return session;
}

void
svpn_sessions_install (SvpnSessions *sessions, SvpnSession *session)
{
  gpointer host = GUINT_TO_POINTER (session->lease->host);
  SvpnSession *before = g_hash_table_lookup (sessions->by_host, host);

  if (before == session)
    return;
  g_hash_table_insert (sessions->by_host, host, session);
  if (before != NULL)
    svpn_peer_disconnect (before->peer, "replaced: the same client has connected again");
}

gboolean
svpn_sessions_evict_unconfirmed (SvpnSessions *sessions)
{
  guint64 now_us = svpn_clock_boot_us (sessions->clock);
  SvpnSession *oldest = NULL;

  for (guint i = 0; i < sessions->all->len; i++) {
    SvpnSession *session = sessions->all->pdata[i];

    if (session->lease != NULL && !session->confirmed
        && now_us - session->since_us > SVPN_HANDSHAKE_TIMEOUT_MS * 1000
        && (oldest == NULL || session->since_us < oldest->since_us))
      oldest = session;
  }
  if (oldest == NULL)
    return FALSE;
  svpn_peer_disconnect (oldest->peer, "evicted: made room for another client");
  svpn_sessions_detach (sessions, oldest);
  return TRUE;
}

SvpnCounters
svpn_sessions_sum (SvpnSessions *sessions)
{
  SvpnCounters sum = sessions->past;

  for (guint i = 0; i < sessions->all->len; i++)
    svpn_counters_add (&sum, svpn_session_get_counters (sessions->all->pdata[i]));
  return sum;
}
