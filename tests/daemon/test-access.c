/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The access table against the interfaces and the polkit policy: nothing is missing and nothing too much.
 * Run as: test-access POLICY INTERFACE-XML... */
#include "access.h"

static char **files; /* the policy, then the interfaces; ended by NULL */

static char *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* What needs a row: "INTERFACE.MEMBER". */
static GHashTable *
collect_members (void)
{
  GHashTable *members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (char **file = files + 1; *file != NULL; file++) {
    g_autofree char *xml = read_file (*file);
    g_autoptr (GError) error = NULL;
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml (xml, &error);
    g_assert_no_error (error);
    for (GDBusInterfaceInfo **i = node->interfaces; *i != NULL; i++) {
      for (GDBusMethodInfo **method = (*i)->methods; method != NULL && *method != NULL; method++)
        g_hash_table_add (members, g_strdup_printf ("%s.%s", (*i)->name, (*method)->name));
      for (GDBusPropertyInfo **p = (*i)->properties; p != NULL && *p != NULL; p++)
        if ((*p)->flags & G_DBUS_PROPERTY_INFO_FLAGS_WRITABLE)
          g_hash_table_add (members, g_strdup_printf ("%s.%s", (*i)->name, (*p)->name));
    }
    g_dbus_node_info_unref (node);
  }
  return members;
}

/* Each member has one row, and each row a member. */
static void
test_members (void)
{
  g_autoptr (GHashTable) missing = collect_members ();
  GHashTableIter iter;
  gpointer member;

  g_assert_cmpuint (g_hash_table_size (missing), >, 0);
  for (const SvpnAccessRow *row = svpn_access_rows; row->interface != NULL; row++) {
    g_autofree char *name = g_strdup_printf ("%s.%s", row->interface, row->member);
    g_assert_true (svpn_access_find (row->interface, row->member) == row);
    if (!g_hash_table_remove (missing, name)) {
      g_test_message ("%s is in the table, but in no interface", name);
      g_test_fail ();
    }
  }
  g_hash_table_iter_init (&iter, missing);
  while (g_hash_table_iter_next (&iter, &member, NULL)) {
    g_test_message ("%s has no row", (char *) member);
    g_test_fail ();
  }
}

/* The second action of Connect(): who brings options of his own chooses the server. */
static void
test_second_actions (void)
{
  static const struct {
    const char *arguments;
    gboolean manages;
  } rows[] = {
    { "(@a{sv} {},)", FALSE },
    { "({'wait': <false>},)", FALSE },
    { "({'server-url': <'wss://h'>},)", TRUE },
    { "({'wait': <false>, 'routes': <['0.0.0.0/0']>},)", TRUE },
    { "({'nonsense': <1>},)", TRUE },
  };
  const SvpnAccessRow *row = svpn_access_find ("org.smartvpn.Client", "Connect");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GVariant) arguments = g_variant_parse (NULL, rows[i].arguments, NULL, NULL, NULL);

    g_test_message ("row %s", rows[i].arguments);
    g_assert_cmpstr (row->also (arguments), ==, rows[i].manages ? "org.smartvpn.manage-profiles" : NULL);
  }
}

static void
test_unknown (void)
{
  g_assert_null (svpn_access_find ("org.smartvpn.Client", "Start"));
  g_assert_null (svpn_access_find ("org.smartvpn.Worker", "Stop"));
  g_assert_null (svpn_access_find ("org.smartvpn.Client", "connect"));
}

static void
on_element (GMarkupParseContext *context, const char *element, const char **names, const char **values,
            gpointer actions, GError **error)
{
  for (; *names != NULL; names++, values++)
    if (g_str_equal (element, "action") && g_str_equal (*names, "id"))
      g_hash_table_insert (actions, g_strdup (*values), GINT_TO_POINTER (FALSE));
}

/* polkit knows each action of the table, and none besides. */
static void
test_policy (void)
{
  const GMarkupParser parser = { .start_element = on_element };
  g_autoptr (GHashTable) actions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, actions, NULL);
  g_autofree char *policy = read_file (files[0]);
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer used;

  g_markup_parse_context_parse (context, policy, -1, &error);
  g_assert_no_error (error);
  for (const SvpnAccessRow *row = svpn_access_rows; row->interface != NULL; row++) {
    if (row->action == NULL)
      continue;
    g_assert_true (g_hash_table_contains (actions, row->action));
    g_hash_table_insert (actions, g_strdup (row->action), GINT_TO_POINTER (TRUE));
  }
  g_hash_table_iter_init (&iter, actions);
  while (g_hash_table_iter_next (&iter, NULL, &used))
    g_assert_true (GPOINTER_TO_INT (used));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_assert_cmpint (argc, >, 2);
  files = argv + 1;
  g_test_add_func ("/access/members", test_members);
  g_test_add_func ("/access/unknown", test_unknown);
  g_test_add_func ("/access/second-actions", test_second_actions);
  g_test_add_func ("/access/policy", test_policy);
  return g_test_run ();
}
