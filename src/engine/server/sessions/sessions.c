/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * All sessions of a server. */
#include "sessions.h"
#include "error.h"
#include "pool.h"

void
svpn_sessions_end_handshake (SvpnSessions *sessions, SvpnSession *session)
{
  svpn_crowd_leave (sessions->handshaking, &session->handshaking);
}

SvpnSessions *
svpn_sessions_new (const SvpnServerConfig *config, SvpnClock *clock, guint32 capacity, guint handshaking_max)
{
  SvpnSessions *sessions = g_new0 (SvpnSessions, 1);

  sessions->config = config;
  sessions->clock = clock;
  sessions->all = g_ptr_array_new_with_free_func ((GDestroyNotify) svpn_session_free);
  sessions->handshaking = svpn_crowd_new (handshaking_max, handshaking_max / 2);
  g_queue_init (&sessions->unconfirmed);
  sessions->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  sessions->places = g_ptr_array_new ();
  sessions->free_places = g_array_new (FALSE, FALSE, sizeof (guint));
  sessions->by_host = g_hash_table_new (NULL, NULL);
  sessions->leases = svpn_leases_new (SVPN_POOL_FIRST_HOST, capacity);
  sessions->authorized = g_hash_table_new (NULL, NULL); /* none until svpn_terms_set_authorized() */
  return sessions;
}

void
svpn_sessions_free (SvpnSessions *sessions)
{
  for (guint i = 0; i < sessions->all->len; i++)
    svpn_sessions_end_handshake (sessions, sessions->all->pdata[i]);
  g_ptr_array_unref (sessions->all);
  svpn_crowd_free (sessions->handshaking);
  g_hash_table_unref (sessions->by_id);
  g_ptr_array_unref (sessions->places);
  g_array_unref (sessions->free_places);
  g_hash_table_unref (sessions->by_host);
  g_hash_table_unref (sessions->authorized);
  svpn_leases_free (sessions->leases);
  g_free (sessions);
}

SvpnSession *
svpn_sessions_add (SvpnSessions *sessions, SvpnServer *server, const SvpnEndpoint *address)
{
  SvpnSession *session = g_new0 (SvpnSession, 1);

  session->server = server;
  session->sessions = sessions;
  session->config = sessions->config;
  session->clock = sessions->clock;
  session->remote_address = svpn_endpoint_to_string (address);
  session->remote = address->address;
  session->index = sessions->all->len;
  session->place = G_MAXUINT;
  g_ptr_array_add (sessions->all, session);
  return session;
}

void
svpn_sessions_begin_handshake (SvpnSessions *sessions, SvpnSession *session)
{
  SvpnCrowdMember *surplus = svpn_crowd_join (sessions->handshaking, &session->handshaking, &session->remote);
  SvpnSession *other;

  if (surplus == NULL)
    return;
  other = (SvpnSession *) ((char *) surplus - G_STRUCT_OFFSET (SvpnSession, handshaking));
  svpn_sessions_end_handshake (sessions, other);
  sessions->handshakes_failed++;
  svpn_peer_drop (other->peer, "too many handshakes run at a time");
}

/* For its first sealed frame, or to be gone. */
static void
end_waiting (SvpnSessions *sessions, SvpnSession *session)
{
  if (session->unconfirmed_link.data != NULL)
    g_queue_unlink (&sessions->unconfirmed, &session->unconfirmed_link);
  session->unconfirmed_link.data = NULL;
  if (session->lease->claimant == session)
    session->lease->claimant = NULL;
  if (session->lease->leaving == session)
    session->lease->leaving = NULL;
}

static void
take_place (SvpnSessions *sessions, SvpnSession *session)
{
  GArray *free_places = sessions->free_places;

  session->place = sessions->places->len;
  while (session->place == sessions->places->len && free_places->len > 0) {
    guint place = g_array_index (free_places, guint, free_places->len - 1);

    g_array_set_size (free_places, free_places->len - 1);
    session->place = MIN (place, sessions->places->len);
  }
  if (session->place == sessions->places->len)
    g_ptr_array_add (sessions->places, session);
  else
    sessions->places->pdata[session->place] = session;
}

static void
leave_place (SvpnSessions *sessions, SvpnSession *session)
{
  GPtrArray *places = sessions->places;

  if (session->place == G_MAXUINT)
    return;
  places->pdata[session->place] = NULL;
  g_array_append_val (sessions->free_places, session->place);
  session->place = G_MAXUINT;
  while (places->len > 0 && places->pdata[places->len - 1] == NULL)
    g_ptr_array_set_size (places, (int) places->len - 1);
  if (places->len == 0)
    g_array_set_size (sessions->free_places, 0);
}

void
svpn_sessions_detach (SvpnSessions *sessions, SvpnSession *session)
{
  gpointer host;

  if (session->id[0] != '\0')
    g_hash_table_remove (sessions->by_id, session->id);
  leave_place (sessions, session);
  if (session->lease == NULL)
    return;
  end_waiting (sessions, session);
  host = GUINT_TO_POINTER (session->lease->host);
  if (g_hash_table_lookup (sessions->by_host, host) == session)
    g_hash_table_remove (sessions->by_host, host);
  svpn_leases_release (sessions->leases, session->lease);
  session->lease = NULL;
}

void
svpn_sessions_remove (SvpnSessions *sessions, SvpnSession *session)
{
  guint index = session->index;

  svpn_sessions_end_handshake (sessions, session);
  svpn_sessions_detach (sessions, session);
  svpn_counters_add (&sessions->past, svpn_session_get_counters (session));
  g_ptr_array_remove_index_fast (sessions->all, index);
  if (index < sessions->all->len)
    ((SvpnSession *) sessions->all->pdata[index])->index = index;
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
  if (before == NULL)
    return;
  session->lease->leaving = before;
  svpn_peer_dismiss (before->peer, "replaced: the same client has connected again");
}

/* Without a goodbye, for which it would stay: those who make others give way must not thereby hold more of them. */
static void
make_way (SvpnSessions *sessions, SvpnSession *session, const char *reason)
{
  svpn_peer_drop (session->peer, reason);
  svpn_sessions_detach (sessions, session);
}

gboolean
svpn_sessions_evict_unconfirmed (SvpnSessions *sessions)
{
  guint64 now_us = svpn_clock_boot_us (sessions->clock);
  SvpnSession *oldest = g_queue_peek_head (&sessions->unconfirmed);

  if (oldest == NULL || now_us - oldest->since_us <= SVPN_HANDSHAKE_TIMEOUT_MS * 1000)
    return FALSE;
  make_way (sessions, oldest, "evicted: made room for another client");
  return TRUE;
}

void
svpn_sessions_drop_others (SvpnSessions *sessions, SvpnLease *lease)
{
  SvpnSession *others[] = { lease->claimant, lease->leaving };

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i] != NULL)
      make_way (sessions, others[i], "replaced: the same client has connected again");
}

void
svpn_sessions_open (SvpnSessions *sessions, SvpnSession *session)
{
  g_hash_table_insert (sessions->by_id, session->id, session);
  take_place (sessions, session);
  session->unconfirmed_link.data = session;
  g_queue_push_tail_link (&sessions->unconfirmed, &session->unconfirmed_link);
  if (g_hash_table_contains (sessions->by_host, GUINT_TO_POINTER (session->lease->host)))
    session->lease->claimant = session;
  else
    svpn_sessions_install (sessions, session);
}

void
svpn_sessions_confirm (SvpnSessions *sessions, SvpnSession *session)
{
  session->confirmed = TRUE;
  if (session->lease == NULL)
    return;
  end_waiting (sessions, session);
  svpn_sessions_install (sessions, session);
}

SvpnCounters
svpn_sessions_sum (SvpnSessions *sessions)
{
  SvpnCounters sum = sessions->past;

  for (guint i = 0; i < sessions->all->len; i++)
    svpn_counters_add (&sum, svpn_session_get_counters (sessions->all->pdata[i]));
  return sum;
}
