/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Keys, and files with secrets. */
#include "secret.h"
#include "smartvpn.h"

#include "../rows.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

/* RFC 7748, section 6.1: Alice's keys. */
#define PRIVATE "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="
#define PUBLIC "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="

typedef struct {
  char *directory, *file;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  scene->directory = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  g_assert_nonnull (scene->directory);
  scene->file = g_build_filename (scene->directory, "key", NULL);
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  g_unlink (scene->file);
  g_assert_cmpint (g_rmdir (scene->directory), ==, 0);
  g_free (scene->file);
  g_free (scene->directory);
}

static void
test_public_key (void)
{
  static const struct {
    const char *private_key, *public_key;
  } rows[] = {
    { PRIVATE, PUBLIC },
    { "", NULL },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", NULL },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo", NULL },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LA==", NULL },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCoq", NULL },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo= ", NULL },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25L_o=", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *public_key = svpn_secret_to_public_key (rows[i].private_key);

    ROW_CHECK_STRING (rows[i].private_key, public_key, rows[i].public_key);
  }
}

static void
test_generated (void)
{
  g_autoptr (SvpnSecret) first = svpn_secret_generate_key (), second = svpn_secret_generate_key ();
  g_autofree char *first_public = svpn_secret_to_public_key (first);
  g_autofree char *second_public = svpn_secret_to_public_key (second);

  g_assert_cmpuint (strlen (first), ==, 44);
  g_assert_cmpstr (first, !=, second);
  g_assert_nonnull (first_public);
  g_assert_cmpstr (first_public, !=, second_public);
}

static void
test_read_key (Scene *scene, gconstpointer data)
{
  static const struct {
    const char *text, *key; /* NULL: refused */
  } rows[] = {
    { PRIVATE, PRIVATE },          { " \n" PRIVATE "\r\n", PRIVATE }, { "", NULL },
    { PRIVATE " " PRIVATE, NULL }, { "# a key\n" PRIVATE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvpnSecret) key = NULL;

    g_assert_true (g_file_set_contents (scene->file, rows[i].text, -1, NULL));
    key = svpn_secret_read_key (scene->file, &error);
    ROW_CHECK_STRING (rows[i].text, key, rows[i].key);
    ROW_CHECK (rows[i].text, key != NULL
                                 || (g_error_matches (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS)
                                     && strstr (error->message, scene->file) != NULL
                                     && strstr (error->message, PRIVATE) == NULL));
  }
}

static void
test_read_text (Scene *scene, gconstpointer data)
{
  const gsize most = 1024 * 1024 - 1;
  g_autofree char *large = g_strnfill (most + 1, 'a');
  g_autoptr (SvpnSecret) all = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_secret_read_text (scene->file, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_true (g_str_has_prefix (error->message, scene->file));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (scene->file, large, (gssize) most, NULL));
  all = svpn_secret_read_text (scene->file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (all), ==, most);

  g_assert_true (g_file_set_contents (scene->file, large, (gssize) most + 1, NULL));
  g_assert_null (svpn_secret_read_text (scene->file, &error));
  g_assert_nonnull (strstr (error->message, "too large"));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (scene->file, "a\0b", 3, NULL));
  g_assert_null (svpn_secret_read_text (scene->file, &error));
  g_assert_nonnull (error);
}

/* Only its owner can read a file that holds a secret, and no file is overwritten. */
static void
test_write (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *elsewhere = g_build_filename (scene->directory, "missing", "key", NULL);
  GStatBuf status;

  g_assert_true (svpn_secret_write (scene->file, "text\n", &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (scene->file, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_assert_false (svpn_secret_write (scene->file, "other\n", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (scene->file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "text\n");
  g_assert_false (svpn_secret_write (elsewhere, "text\n", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/secret/public-key", test_public_key);
  g_test_add_func ("/secret/generated", test_generated);
#define ADD(path, function) g_test_add ("/secret/" path, Scene, NULL, set_up, function, tear_down)
  ADD ("read-key", test_read_key);
  ADD ("read-text", test_read_text);
  ADD ("write", test_write);
  return g_test_run ();
}
