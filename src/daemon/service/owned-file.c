/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Text files that we write and the administrator may edit. */
#include "owned-file.h"
#include "durable.h"
#include "error.h"
#include "i18n.h"

#include <string.h>

#define MARK "written by smartvpnd, sha256 " /* an XML comment must not have "--" */
#define NEW_SUFFIX ".new"

typedef enum {
  FILE_ABSENT,
  FILE_OURS,   /* as we wrote it */
  FILE_EDITED, /* or not written by us */
} FileState;

/* @text with the last line; XML has its own comments. */
static char *
sign (const char *text)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  gboolean xml = g_str_has_prefix (text, "<?xml");

  return g_strconcat (text, xml ? "<!-- " MARK : "# " MARK, hash, xml ? " -->\n" : "\n", NULL);
}

/* Whether the last line of @content is what sign() adds to the rest. */
static gboolean
is_signed (const char *content)
{
  gsize length = strlen (content);
  const char *last = length > 0 ? g_strrstr_len (content, (gssize) length - 1, "\n") : NULL;
  g_autofree char *text = last != NULL ? g_strndup (content, (gsize) (last + 1 - content)) : NULL;
  g_autofree char *expected = text != NULL ? sign (text) : NULL;

  return g_strcmp0 (expected, content) == 0;
}

/* *@content: the text, if it can be read. */
static FileState
inspect (const char *path, char **content)
{
  if (g_file_get_contents (path, content, NULL, NULL))
    return is_signed (*content) ? FILE_OURS : FILE_EDITED;
  return g_file_test (path, G_FILE_TEST_EXISTS) ? FILE_EDITED : FILE_ABSENT;
}

gboolean
svpn_owned_file_is_ours (const char *path)
{
  g_autofree char *content = NULL;

  return g_file_get_contents (path, &content, NULL, NULL) && strstr (content, MARK) != NULL;
}

/* Prints @did and the path. */
static gboolean
put_file (const char *path, const char *content, const char *did, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (!svpn_durable_make_folder (folder, 0755, error) || !svpn_durable_write (path, content, 0644, error))
    return FALSE;
  g_print ("%s %s\n", did, path);
  return TRUE;
}

gboolean
svpn_owned_file_write (const char *path, const char *text, gboolean force, GError **error)
{
  g_autofree char *content = NULL, *new_content = sign (text), *beside = g_strconcat (path, NEW_SUFFIX, NULL);
  FileState state = inspect (path, &content);

  if (g_strcmp0 (content, new_content) == 0 || g_strcmp0 (content, text) == 0) {
    g_print (_ ("%s is as it should be\n"), path);
    return TRUE;
  }
  switch (state) {
  case FILE_ABSENT:
    /* Translators: the path of a file follows; so it does after "Updated" and the like. */
    return put_file (path, new_content, _ ("Wrote"), error);
  case FILE_OURS:
    return put_file (path, new_content, _ ("Updated"), error);
  case FILE_EDITED:
    if (force) {
      g_print (_ ("%s was edited, but --force overwrites it\n"), path);
      return put_file (path, new_content, _ ("Overwrote"), error);
    }
    g_print (_ ("%s was edited and is kept; --force would overwrite it\n"), path);
    return put_file (beside, new_content, _ ("Wrote its new text to"), error);
  }
  g_return_val_if_reached (FALSE);
}

static gboolean
remove_one (const char *path, gboolean force, GError **error)
{
  g_autofree char *content = NULL;
  FileState state = inspect (path, &content);

  if (state == FILE_ABSENT)
    return TRUE;
  if (state == FILE_EDITED && !force) {
    g_print (_ ("%s was edited and is kept; --force would remove it\n"), path);
    return TRUE;
  }
  if (state == FILE_EDITED)
    g_print (_ ("%s was edited, but --force removes it\n"), path);
  if (!svpn_durable_unlink (path, error))
    return FALSE;
  g_print (_ ("Removed %s\n"), path);
  return TRUE;
}

gboolean
svpn_owned_file_remove (const char *path, gboolean force, GError **error)
{
  g_autofree char *beside = g_strconcat (path, NEW_SUFFIX, NULL);

  return remove_one (path, force, error) && remove_one (beside, force, error);
}
