/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * X25519 keys, PEM files, and the texts of files that anything may stand in for. */
#include "error.h"
#include "pem.h"
#include "text-file.h"
#include "tree.h"
#include "warnings.h"
#include "x25519.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* RFC 7748, section 6.1 */
#define ALICE_PRIVATE "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="
#define ALICE_PUBLIC "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="

static void
test_public_key (void)
{
  static const struct {
    const char *private_key, *public_key;
  } rows[] = {
    { ALICE_PRIVATE, ALICE_PUBLIC },
    { "", NULL },
    { "AAAA", NULL },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo", NULL },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n", NULL },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCoAAAA=", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *public_key = svpn_x25519_to_public (rows[i].private_key);

    g_test_message ("row '%s'", rows[i].private_key);
    g_assert_cmpstr (public_key, ==, rows[i].public_key);
  }
}

static void
test_generate (void)
{
  g_autofree char *one_public = NULL, *two_public = NULL;
  g_autoptr (SvpnSecretText) one = NULL, two = NULL;

  svpn_x25519_generate (&one_public, &one);
  svpn_x25519_generate (&two_public, &two);
  g_autofree char *again = svpn_x25519_to_public (one);
  g_assert_cmpstr (again, ==, one_public);
  g_assert_cmpstr (one, !=, two);
  g_assert_cmpstr (one_public, !=, one);
}

typedef struct {
  char *dir, *file;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  f->file = g_build_filename (f->dir, "file", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  remove_tree (f->dir);
  g_free (f->file);
  g_free (f->dir);
}

static void
write_bytes (Fixture *f, const char *bytes, gssize size)
{
  g_assert_true (g_file_set_contents (f->file, bytes, size, NULL));
}

static void
test_texts (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *bytes;
    gssize size;
    const char *error; /* NULL: it is read */
    int code;
  } rows[] = {
    { "", 0, NULL, 0 },
    { "text", 4, NULL, 0 },
    { "12345678", 8, NULL, 0 },
    { "123456789", 9, "it is larger than 8 bytes", G_IO_ERROR_FAILED },
    { "a\0b", 3, "it is not text: it has a NUL byte", G_IO_ERROR_INVALID_ARGUMENT },
    { "a\0", 2, "it is not text: it has a NUL byte", G_IO_ERROR_INVALID_ARGUMENT },
    { "\xff\xfe"
      "a",
      4, "it is text in UTF-16; save it in UTF-8", G_IO_ERROR_INVALID_ARGUMENT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    write_bytes (f, rows[i].bytes, rows[i].size);
    g_autoptr (SvpnSecretText) text = svpn_text_file_read (f->file, 8, FALSE, &error);
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (text, ==, rows[i].error == NULL ? rows[i].bytes : NULL);
    g_assert_cmpstr (error != NULL ? error->message : NULL, ==, rows[i].error);
    if (rows[i].error != NULL)
      g_assert_error (error, G_IO_ERROR, rows[i].code);
  }
}

static void
test_absent (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_text_file_read (f->file, 8, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* The same for a file that holds no secret and for one that does. */
static void
test_kinds (Fixture *f, gconstpointer data)
{
  enum { FIFO, DIRECTORY, DEVICE_LINK, LINK, OPEN_FILE, CLOSED_FILE };
  static const struct {
    int kind;
    const char *error, *error_secret; /* beginnings; NULL: it is read */
  } rows[] = {
    { FIFO, "it is not a regular file", "it is not a regular file" },
    { DIRECTORY, "it is not a regular file", "it is not a regular file" },
    { DEVICE_LINK, "it is not a regular file", "it is a symbolic link" },
    { LINK, NULL, "it is a symbolic link" },
    { OPEN_FILE, NULL, "its mode 0604 lets other users" },
    { CLOSED_FILE, NULL, NULL },
  };
  g_autofree char *other = g_build_filename (f->dir, "other", NULL);

  g_assert_true (g_file_set_contents_full (other, "x", -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    remove_tree (f->file);
    if (rows[i].kind == FIFO)
      g_assert_cmpint (mkfifo (f->file, 0600), ==, 0);
    else if (rows[i].kind == DIRECTORY)
      g_assert_cmpint (g_mkdir (f->file, 0700), ==, 0);
    else if (rows[i].kind == DEVICE_LINK || rows[i].kind == LINK)
      g_assert_cmpint (symlink (rows[i].kind == LINK ? other : "/dev/zero", f->file), ==, 0);
    else
      write_bytes (f, "x", 1);
    if (rows[i].kind == OPEN_FILE || rows[i].kind == CLOSED_FILE)
      g_assert_cmpint (chmod (f->file, rows[i].kind == OPEN_FILE ? 0604 : 0600), ==, 0);
    for (int secret = 0; secret <= 1; secret++) {
      const char *expected = secret ? rows[i].error_secret : rows[i].error;
      g_autoptr (GError) error = NULL;
      g_autoptr (SvpnSecretText) text = svpn_text_file_read (f->file, 8, secret, &error);

      g_test_message ("row %" G_GSIZE_FORMAT "%s: %s", i, secret ? ", secret" : "",
                      error != NULL ? error->message : text);
      g_assert_cmpstr (text, ==, expected == NULL ? "x" : NULL);
      g_assert_true (expected == NULL || (error != NULL && g_str_has_prefix (error->message, expected)));
    }
  }
}

static void
test_pem (Fixture *f, gconstpointer data)
{
  g_autofree char *no_pem
      = g_strdup_printf ("tls-key-file: %s holds no PEM text ('-----BEGIN ...')", f->file);
  g_autofree char *prefix = g_strdup_printf ("tls-key-file: %s: ", f->file);
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_pem_read ("tls-key-file", f->file, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
  g_assert_true (g_str_has_prefix (error->message, prefix));
  g_clear_error (&error);
  write_bytes (f, "-----BEGIN", -1);
  g_assert_null (svpn_pem_read ("tls-key-file", f->file, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED);
  g_assert_cmpstr (error->message, ==, no_pem);
  g_clear_error (&error);
  write_bytes (f, "comment\n-----BEGIN X-----\n", -1);
  g_autoptr (SvpnSecretText) pem = svpn_pem_read ("tls-key-file", f->file, &error);
  g_assert_cmpstr (pem, ==, "comment\n-----BEGIN X-----\n");
}

int
main (int argc, char **argv)
{
  warnings_test_init (&argc, &argv);
  g_test_set_nonfatal_assertions ();
#define ADD(path, function) g_test_add ("/keys/" path, Fixture, NULL, set_up, function, tear_down)
  g_test_add_func ("/keys/public-key", test_public_key);
  g_test_add_func ("/keys/generate", test_generate);
  ADD ("texts", test_texts);
  ADD ("absent", test_absent);
  ADD ("kinds", test_kinds);
  ADD ("pem", test_pem);
  return g_test_run ();
}
