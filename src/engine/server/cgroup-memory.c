/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * How much memory the control groups around this process let it have. */
#include "cgroup-memory.h"

#include <string.h>

/* The number in the file; G_MAXUINT64 if there is none ("max"). */
static guint64
read_limit (const char *directory, const char *name)
{
  g_autofree char *file = g_build_filename (directory, name, NULL);
  g_autofree char *text = NULL;
  guint64 limit;

  if (!g_file_get_contents (file, &text, NULL, NULL)
      || !g_ascii_string_to_unsigned (g_strchomp (text), 10, 0, G_MAXUINT64, &limit, NULL))
    return G_MAXUINT64;
  return limit;
}

/* Of the group @path below @root, and of those above it. */
static guint64
least_limit (const char *root, const char *path, const char *name)
{
  guint64 least = read_limit (root, name);
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autofree char *directory = g_strdup (root);

  for (char **part = parts; *part != NULL; part++) {
    g_autofree char *above = g_steal_pointer (&directory);

    directory = g_build_filename (above, *part, NULL);
    least = MIN (least, read_limit (directory, name));
  }
  return least;
}

/* A line of /proc/self/cgroup: "0::PATH" of version 2, "NUMBER:CONTROLLER,...:PATH" of version 1. */
static guint64
limit_of_line (const char *line, const char *mount)
{
  g_auto (GStrv) fields = g_strsplit (line, ":", 3);
  g_autofree char *hybrid = g_build_filename (mount, "unified", NULL);
  g_autofree char *memory = g_build_filename (mount, "memory", NULL);
  g_auto (GStrv) controllers = NULL;

  if (g_strv_length (fields) != 3)
    return G_MAXUINT64;
  if (*fields[1] == '\0')
    return MIN (least_limit (mount, fields[2], "memory.max"), least_limit (hybrid, fields[2], "memory.max"));
  controllers = g_strsplit (fields[1], ",", -1);
  return g_strv_contains ((const char *const *) controllers, "memory")
             ? least_limit (memory, fields[2], "memory.limit_in_bytes")
             : G_MAXUINT64;
}

guint64
svpn_cgroup_memory_max (const char *own, const char *mount)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint64 least = G_MAXUINT64;

  if (!g_file_get_contents (own, &text, NULL, NULL))
    return least;
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    least = MIN (least, limit_of_line (*line, mount));
  return least;
}
