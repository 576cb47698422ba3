/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * CheckPermissions().
 *
 * How it works: the bus tells the user of the caller. If that does not decide, we ask polkit about all actions at once, and
 * answer when the last answer has come. */
#include "permissions.h"
#include "access.h"
#include "caller.h"

#ifdef HAVE_POLKIT
#include <polkit/polkit.h>
#endif

typedef struct {
  const SvpnEnvironment *environment;
  GDBusMethodInvocation *invocation;
  GHashTable *answers; /* action -> "yes", "challenge", "no" */
  guint pending;       /* answers of polkit to wait for */
} Question;

static void
answer_question (Question *question)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  GHashTableIter iter;
  gpointer action, answer;

  g_hash_table_iter_init (&iter, question->answers);
  while (g_hash_table_iter_next (&iter, &action, &answer))
    g_variant_builder_add (&builder, "{ss}", action, answer);
  g_dbus_method_invocation_return_value (question->invocation, g_variant_new ("(a{ss})", &builder));
  g_hash_table_unref (question->answers);
  g_free (question);
}

/* The same answer for all actions. */
static void
set_answers (Question *question, const char *answer)
{
  for (const SvpnAccessRow *row = svpn_access_rows; row->interface != NULL; row++)
    if (row->action != NULL)
      g_hash_table_insert (question->answers, (gpointer) row->action, (gpointer) answer);
}

#ifdef HAVE_POLKIT
/* One action of a question. */
typedef struct {
  Question *question;
  const char *action;
} Part;

/* Called when polkit has decided on an action, or has failed. */
static void
on_action_decided (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Part *part = user_data;
  Question *question = part->question;
  g_autoptr (PolkitAuthorizationResult) decision
      = polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source), result, NULL);

  if (decision != NULL && polkit_authorization_result_get_is_authorized (decision))
    g_hash_table_insert (question->answers, (gpointer) part->action, (gpointer) "yes");
  else if (decision != NULL && polkit_authorization_result_get_is_challenge (decision))
    g_hash_table_insert (question->answers, (gpointer) part->action, (gpointer) "challenge");
  if (--question->pending == 0)
    answer_question (question);
}

/* Called when the proxy for polkit is made; polkit itself may still be absent. */
static void
on_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (PolkitAuthority) authority = polkit_authority_get_finish (result, NULL);
  g_autoptr (PolkitSubject) subject
      = polkit_system_bus_name_new (g_dbus_method_invocation_get_sender (question->invocation));
  g_autofree gpointer *actions = NULL;
  guint n;

  if (authority == NULL) {
    answer_question (question);
    return;
  }
  actions = g_hash_table_get_keys_as_array (question->answers, &n);
  question->pending = n;
  for (guint i = 0; i < n; i++) {
    Part *part = g_new (Part, 1);

    part->question = question;
    part->action = actions[i];
    polkit_authority_check_authorization (authority, subject, part->action, NULL,
                                          POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE, NULL, on_action_decided,
                                          part);
  }
}

static void
ask_authority (Question *question)
{
  polkit_authority_get_async (NULL, on_authority, question);
}
#else
static void
ask_authority (Question *question)
{
  answer_question (question);
}
#endif

/* Called when the bus has told the user of the caller. */
static void
on_asker (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  guint32 uid;
  gboolean known = svpn_caller_user_finish (G_DBUS_CONNECTION (source), result, &uid, NULL);
  gboolean trusted = known && svpn_caller_is_trusted (question->environment, uid);

  set_answers (question, trusted ? "yes" : "no");
  if (known && !trusted && question->environment->polkit)
    ask_authority (question);
  else
    answer_question (question);
}

void
svpn_permissions_tell (const SvpnEnvironment *environment, GDBusMethodInvocation *invocation)
{
  Question *question = g_new0 (Question, 1);

  question->environment = environment;
  question->invocation = invocation;
  question->answers = g_hash_table_new (g_str_hash, g_str_equal);
  svpn_caller_user_async (environment->bus, invocation, on_asker, question);
}
