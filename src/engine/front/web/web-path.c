/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Paths of URLs as paths of files. */
#include "web-path.h"

#include <string.h>

/* Resolves the part, which is decoded, against what has been resolved. */
static SvpnWebPathResult
add_part (GPtrArray *parts, const char *part)
{
  if (g_str_equal (part, "") || g_str_equal (part, "."))
    return SVPN_WEB_PATH_OK;
  if (g_str_equal (part, "..")) {
    if (parts->len == 0)
      return SVPN_WEB_PATH_BAD;
    g_ptr_array_set_size (parts, (int) parts->len - 1);
    return SVPN_WEB_PATH_OK;
  }
  g_ptr_array_add (parts, g_strdup (part));
  return SVPN_WEB_PATH_OK;
}

static gboolean
is_hidden (const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    if (((const char *) parts->pdata[i])[0] == '.')
      return TRUE;
  return FALSE;
}

/* Whether the last part stands for a directory: nothing, "." or "..". */
static gboolean
ends_in_directory (const char *decoded)
{
  const char *last = strrchr (decoded, '/') + 1;

  return g_str_equal (last, "") || g_str_equal (last, ".") || g_str_equal (last, "..");
}

SvpnWebPathResult
svpn_web_path_resolve (const char *path, gsize size, char **file, gboolean *is_directory)
{
  /* Decoded as a whole, as web servers do, so that an encoded slash separates parts, too. NULL for an encoded zero. */
  g_autofree char *decoded = g_uri_unescape_segment (path, path + size, NULL);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) pieces = NULL;

  if (decoded == NULL || decoded[0] != '/')
    return SVPN_WEB_PATH_BAD;
  pieces = g_strsplit (decoded, "/", -1);
  for (guint i = 0; pieces[i] != NULL; i++)
    if (add_part (parts, pieces[i]) != SVPN_WEB_PATH_OK)
      return SVPN_WEB_PATH_BAD;
  if (is_hidden (parts))
    return SVPN_WEB_PATH_HIDDEN;
  *is_directory = ends_in_directory (decoded);
  g_ptr_array_add (parts, NULL);
  *file = g_strjoinv ("/", (char **) parts->pdata);
  return SVPN_WEB_PATH_OK;
}
