/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Notices changes by hand to the files of profiles. */
#include "store-watch.h"
#include "durable.h"

#define SETTLE_MS 200 /* one save of an editor is several changes */

struct _SvpnStoreWatch {
  GPtrArray *monitors;
  guint source; /* of the call of @changed that is due; 0: none */
  void (*changed) (gpointer user_data);
  gpointer user_data;
};

static gboolean
on_settled (gpointer user_data)
{
  SvpnStoreWatch *watch = user_data;

  watch->source = 0;
  watch->changed (watch->user_data);
  return G_SOURCE_REMOVE;
}

static void
on_event (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer user_data)
{
  SvpnStoreWatch *watch = user_data;

  if (watch->source == 0)
    watch->source = g_timeout_add (SETTLE_MS, on_settled, watch);
}

static void
add_folder (SvpnStoreWatch *watch, const char *config_dir, const char *name, int mode)
{
  g_autofree char *path = g_build_filename (config_dir, name, NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor
      = svpn_durable_make_folder (config_dir, 0755, &error) && svpn_durable_make_folder (path, mode, &error)
            ? g_file_monitor_directory (folder, G_FILE_MONITOR_NONE, NULL, &error)
            : NULL;

  if (monitor == NULL) {
    g_warning ("Changes by hand in %s go unnoticed: %s", path, error->message);
    return;
  }
  g_signal_connect (monitor, "changed", G_CALLBACK (on_event), watch);
  g_ptr_array_add (watch->monitors, monitor);
}

SvpnStoreWatch *
svpn_store_watch_new (const char *config_dir, void (*changed) (gpointer user_data), gpointer user_data)
{
  SvpnStoreWatch *watch = g_new0 (SvpnStoreWatch, 1);

  watch->monitors = g_ptr_array_new_with_free_func (g_object_unref);
  watch->changed = changed;
  watch->user_data = user_data;
  add_folder (watch, config_dir, "clients", 0755);
  add_folder (watch, config_dir, "servers", 0755);
  add_folder (watch, config_dir, "secrets", 0700);
  return watch;
}

void
svpn_store_watch_free (SvpnStoreWatch *watch)
{
  for (guint i = 0; i < watch->monitors->len; i++)
    g_signal_handlers_disconnect_by_data (watch->monitors->pdata[i], watch);
  g_clear_handle_id (&watch->source, g_source_remove);
  g_ptr_array_unref (watch->monitors);
  g_free (watch);
}
