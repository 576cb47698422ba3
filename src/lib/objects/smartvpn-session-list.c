/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The sessions of a server, as a list that follows them. */
#include "smartvpn-session-list.h"
#include "call.h"
#include "smartvpn-error.h"
#include "smartvpn-record-private.h"

struct _SmartvpnSessionList {
  GObject parent_instance;
  SmartvpnServer *server;
  GPtrArray *sessions;
  GHashTable *by_id; /* the same, by their ids */
  GSource *timer;
  char *error;
  guint interval_s;
  gboolean is_loading, is_stale; /* stale: something has changed while it loads */
};

struct _SmartvpnSessionListClass {
  GObjectClass parent_class;
};

enum { PROP_SERVER = 1, PROP_INTERVAL_S, PROP_ERROR, N_PROPERTIES };

static GParamSpec *properties[N_PROPERTIES];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SmartvpnSessionList, smartvpn_session_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static const SvpnMethod list_method
    = { .name = "ListClients", .reply_type = "(aa{sv})", .is_background = TRUE };

/* ---- The list ---- */

static GType
get_item_type (GListModel *model)
{
  return SMARTVPN_TYPE_SESSION;
}

static guint
get_n_items (GListModel *model)
{
  return SMARTVPN_SESSION_LIST (model)->sessions->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SmartvpnSessionList *self = SMARTVPN_SESSION_LIST (model);

  return position < self->sessions->len ? g_object_ref (self->sessions->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- Following ---- */

static const char *
id_of (SmartvpnSession *session)
{
  const char *id = smartvpn_session_get_id (session);

  return id != NULL ? id : "";
}

static void
remove_missing (SmartvpnSessionList *self, GHashTable *present)
{
  for (guint i = self->sessions->len; i-- > 0;) {
    const char *id = id_of (self->sessions->pdata[i]);

    if (g_hash_table_contains (present, id))
      continue;
    g_hash_table_remove (self->by_id, id);
    g_ptr_array_remove_index (self->sessions, i);
    g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
  }
}

/* Takes a session that smartvpnd lists: as the one of this id that the list has, or else at the end. */
static void
take_session (SmartvpnSessionList *self, SmartvpnSession *listed)
{
  SmartvpnSession *session = g_hash_table_lookup (self->by_id, id_of (listed));

  if (session != NULL) {
    g_autoptr (GVariant) values = smartvpn_record_to_variant (SMARTVPN_RECORD (listed));

    svpn_record_update (session, values);
    return;
  }
  g_hash_table_insert (self->by_id, g_strdup (id_of (listed)), listed);
  g_ptr_array_add (self->sessions, g_object_ref (listed));
  g_list_model_items_changed (G_LIST_MODEL (self), self->sessions->len - 1, 0, 1);
}

static void
take_sessions (SmartvpnSessionList *self, GPtrArray *listed)
{
  g_autoptr (GHashTable) present = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < listed->len; i++)
    g_hash_table_add (present, (gpointer) id_of (listed->pdata[i]));
  remove_missing (self, present);
  for (guint i = 0; i < listed->len; i++)
    take_session (self, listed->pdata[i]);
}

static void
set_error (SmartvpnSessionList *self, const char *message)
{
  if (g_strcmp0 (self->error, message) == 0)
    return;
  g_free (self->error);
  self->error = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* While smartvpnd is away the sessions go on, and the list keeps them; what smartvpnd refuses to list goes. */
static void
take_refusal (SmartvpnSessionList *self, const GError *error)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  if (error->domain == SMARTVPN_ERROR)
    take_sessions (self, none);
  set_error (self,
             g_error_matches (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NOT_RUNNING) ? NULL : error->message);
}

static void
on_sessions_listed (GObject *server, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmartvpnSessionList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) listed = svpn_records_from_reply (
      svpn_call_finish (server, &list_method, result, &error), SMARTVPN_TYPE_SESSION);

  self->is_loading = FALSE;
  if (listed != NULL) {
    take_sessions (self, listed);
    set_error (self, NULL);
  } else
    take_refusal (self, error);
  if (self->is_stale)
    smartvpn_session_list_refresh (self);
}

void
smartvpn_session_list_refresh (SmartvpnSessionList *self)
{
  g_return_if_fail (SMARTVPN_IS_SESSION_LIST (self));
  self->is_stale = self->is_loading;
  if (self->is_loading || self->server == NULL)
    return;
  self->is_loading = TRUE;
  svpn_call_async (self->server, &list_method, NULL, NULL, on_sessions_listed, g_object_ref (self));
}

static void
on_server_notify (SmartvpnServer *server, GParamSpec *spec, SmartvpnSessionList *self)
{
  static const char *const telling[] = { "connected-clients", "state", NULL };

  if (g_strv_contains (telling, spec->name))
    smartvpn_session_list_refresh (self);
}

static gboolean
on_list_timer (gpointer self)
{
  smartvpn_session_list_refresh (self);
  return G_SOURCE_CONTINUE;
}

/* ---- The object ---- */

static void
smartvpn_session_list_constructed (GObject *object)
{
  SmartvpnSessionList *self = SMARTVPN_SESSION_LIST (object);

  G_OBJECT_CLASS (smartvpn_session_list_parent_class)->constructed (object);
  if (self->server == NULL)
    return;
  g_signal_connect_object (self->server, "notify", G_CALLBACK (on_server_notify), self, 0);
  smartvpn_session_list_refresh (self);
  if (self->interval_s == 0)
    return;
  self->timer = g_timeout_source_new_seconds (self->interval_s);
  g_source_set_callback (self->timer, on_list_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
smartvpn_session_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  SmartvpnSessionList *self = SMARTVPN_SESSION_LIST (object);

  if (id == PROP_SERVER)
    g_value_set_object (value, self->server);
  else if (id == PROP_INTERVAL_S)
    g_value_set_uint (value, self->interval_s);
  else if (id == PROP_ERROR)
    g_value_set_string (value, self->error);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
smartvpn_session_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  SmartvpnSessionList *self = SMARTVPN_SESSION_LIST (object);

  if (id == PROP_SERVER)
    self->server = g_value_dup_object (value);
  else if (id == PROP_INTERVAL_S)
    self->interval_s = g_value_get_uint (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
smartvpn_session_list_finalize (GObject *object)
{
  SmartvpnSessionList *self = SMARTVPN_SESSION_LIST (object);

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_object (&self->server);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->sessions);
  g_free (self->error);
  G_OBJECT_CLASS (smartvpn_session_list_parent_class)->finalize (object);
}

static void
smartvpn_session_list_class_init (SmartvpnSessionListClass *klass)
{
  const GParamFlags given = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = smartvpn_session_list_constructed;
  object_class->get_property = smartvpn_session_list_get_property;
  object_class->set_property = smartvpn_session_list_set_property;
  object_class->finalize = smartvpn_session_list_finalize;

  /**
   * SmartvpnSessionList:server: (getter get_server)
   *
   * The server whose sessions these are.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER] = g_param_spec_object ("server", NULL, NULL, SMARTVPN_TYPE_SERVER, given);

  /**
   * SmartvpnSessionList:interval-s: (getter get_interval_s)
   *
   * Seconds between two updates of counters and uptimes; 0: only when sessions begin or end.
   *
   * Since: 0.1
   */
  properties[PROP_INTERVAL_S] = g_param_spec_uint ("interval-s", NULL, NULL, 0, 3600, 0, given);

  /**
   * SmartvpnSessionList:error: (getter get_error)
   *
   * Why the sessions cannot be listed, a message in English; %NULL if they can, or the server does not run.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR] = g_param_spec_string (
      "error", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
smartvpn_session_list_init (SmartvpnSessionList *self)
{
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

SmartvpnSessionList *
smartvpn_session_list_new (SmartvpnServer *server, guint interval_s)
{
  g_return_val_if_fail (SMARTVPN_IS_SERVER (server), NULL);
  return g_object_new (SMARTVPN_TYPE_SESSION_LIST, "server", server, "interval-s", MIN (interval_s, 3600),
                       NULL);
}

SmartvpnServer *
smartvpn_session_list_get_server (SmartvpnSessionList *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION_LIST (self), NULL);
  return self->server;
}

guint
smartvpn_session_list_get_interval_s (SmartvpnSessionList *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION_LIST (self), 0);
  return self->interval_s;
}

const char *
smartvpn_session_list_get_error (SmartvpnSessionList *self)
{
  g_return_val_if_fail (SMARTVPN_IS_SESSION_LIST (self), NULL);
  return self->error;
}
