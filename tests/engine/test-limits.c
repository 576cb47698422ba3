/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the limits of a server's process leave for its clients, and for those that are none yet. */
#include "cgroup-memory.h"
#include "resource-limits.h"
#include "secret-pool.h"
#include "table.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

/* --- control groups --- */

#define NO_LIMIT G_MAXUINT64

static const struct {
  const char *name, *own;  /* /proc/self/cgroup */
  const char *files[5][2]; /* below /sys/fs/cgroup: name and content */
  guint64 limit;
} groups[] = {
  { "no-control-groups", NULL, { { NULL } }, NO_LIMIT },
  { "no-limit",
    "0::/system.slice/w.service\n",
    { { "system.slice/w.service/memory.max", "max\n" } },
    NO_LIMIT },
  { "own",
    "0::/system.slice/w.service\n",
    { { "system.slice/w.service/memory.max", "50331648\n" } },
    50331648 },
  { "above",
    "0::/system.slice/w.service\n",
    { { "system.slice/w.service/memory.max", "50331648\n" }, { "system.slice/memory.max", "1000000\n" } },
    1000000 },
  { "container", "0::/\n", { { "memory.max", "2000000\n" } }, 2000000 },
  { "hybrid", "0::/w\n", { { "unified/w/memory.max", "3000000\n" } }, 3000000 },
  { "version-1",
    "12:pids:/\n4:cpu,memory:/a/b\n0::/\n",
    { { "memory/a/b/memory.limit_in_bytes", "9223372036854771712\n" },
      { "memory/a/memory.limit_in_bytes", "4000000\n" } },
    4000000 },
  { "another-controller", "4:pids:/a\n", { { "memory/a/memory.limit_in_bytes", "4000000\n" } }, NO_LIMIT },
  { "nonsense", "what?\n0::/w\n", { { "w/memory.max", "lots\n" } }, NO_LIMIT },
};

static void
put (const char *directory, const char *name, const char *content)
{
  g_autofree char *file = g_build_filename (directory, name, NULL);
  g_autofree char *parent = g_path_get_dirname (file);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_assert_true (g_file_set_contents (file, content, -1, NULL));
}

static void
test_group (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *directory = g_dir_make_tmp ("groups-XXXXXX", NULL);
  g_autofree char *own = g_build_filename (directory, "own", NULL);
  g_autofree char *remove = g_strdup_printf ("rm -r %s", directory);

  if (groups[i].own != NULL)
    put (directory, "own", groups[i].own);
  for (gsize file = 0; groups[i].files[file][0] != NULL; file++)
    put (directory, groups[i].files[file][0], groups[i].files[file][1]);
  g_assert_cmpuint (svpn_cgroup_memory_max (own, directory), ==, groups[i].limit);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
}

/* --- limits of the process --- */

#define SLAB (svpn_secret_locked_bytes (1)) /* of 63 clients */

static const struct {
  const char *name;
  __rlimit_resource_t resource;
  rlim_t limit;
  guint max_clients;
  const char *flaw; /* how it begins; NULL: none */
  guint strangers;  /* of 512 */
} limits[] = {
  { "plenty", RLIMIT_NOFILE, 20000, 10000, NULL, 512 },
  { "files-some", RLIMIT_NOFILE, 1000, 500, NULL, 150 },
  { "files-few", RLIMIT_NOFILE, 500, 404, NULL, 16 },
  { "files-too-few", RLIMIT_NOFILE, 500, 405,
    "max-clients: 405 clients need 501 file descriptors, and the worker may have 500; lower max-clients, or "
    "raise "
    "LimitNOFILE of smartvpn-worker@.service",
    16 },
  { "locked-some", RLIMIT_MEMLOCK, 65536 + 3 * 16384, 63, NULL, 126 },
  { "locked-few", RLIMIT_MEMLOCK, 65536 + 2 * 16384, 63, NULL, 63 },
  { "locked-too-few", RLIMIT_MEMLOCK, 65536 + 2 * 16384, 64,
    "max-clients: 64 clients need 114688 bytes of locked memory, and the worker may have 98304;", 16 },
};

static void
test_limit (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  struct rlimit before, few;
  g_autofree char *flaw = NULL;
  guint strangers;

  g_assert_cmpuint (SLAB, ==, 16384);
  g_assert_cmpint (getrlimit (limits[i].resource, &before), ==, 0);
  few = (struct rlimit){ .rlim_cur = MIN (limits[i].limit, before.rlim_max), .rlim_max = before.rlim_max };
  g_assert_cmpint (setrlimit (limits[i].resource, &few), ==, 0);
  flaw = svpn_limits_check (limits[i].max_clients);
  strangers = svpn_limits_strangers (limits[i].max_clients, 512);
  g_assert_cmpint (setrlimit (limits[i].resource, &before), ==, 0);
  if (limits[i].flaw != NULL)
    g_assert_true (flaw != NULL && g_str_has_prefix (flaw, limits[i].flaw));
  else
    g_assert_cmpstr (flaw, ==, NULL);
  g_assert_cmpuint (strangers, ==, limits[i].strangers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/limits/group/", groups, test_group);
  ADD_TABLE ("/limits/", limits, test_limit);
  return g_test_run ();
}
