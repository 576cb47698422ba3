/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * monitor: a live view of a client.
 *
 * How it works: a timer asks for quality and statistics, which needs no authorization, and shows a sample when both
 * answers have come. It asks only while smartvpnd runs, since a call would start smartvpnd. Changes of state come as
 * signals of the library, which follows smartvpnd over its restarts. */
#include "commands.h"
#include "format.h"
#include "i18n.h"
#include "lookup.h"
#include "monitor-picture.h"
#include "overview.h"
#include "print.h"
#include "reason-words.h"
#include "screen.h"
#include "terminal.h"
#include "text.h"

#include <glib-unix.h>
#include <unistd.h>

#define INTERVAL_MAX_S 3600

typedef struct {
  SmartvpnManager *manager;
  SmartvpnClient *client;
  SvpnMonitorView view;
  GMainLoop *loop;
  gboolean is_live, is_json;
  guint n_left;      /* samples to show; 0: no end */
  guint n_pending;   /* answers to wait for */
  gint64 sampled_us; /* monotonic time of the last statistics; 0: none yet */
  GCancellable *cancellable;
  GError *error;
} Monitor;

/* ---- Showing ---- */

static void
read_properties (Monitor *monitor)
{
  monitor->view.state = svpn_client_state_word (monitor->client);
  monitor->view.health = smartvpn_client_get_health_word (monitor->client);
  monitor->view.server_url = smartvpn_client_get_server_url (monitor->client);
  monitor->view.address = smartvpn_client_get_assigned_ip (monitor->client);
  monitor->view.interface = smartvpn_profile_get_interface (SMARTVPN_PROFILE (monitor->client));
  monitor->view.service_is_running = smartvpn_manager_get_running (monitor->manager);
  monitor->view.time_s = g_get_real_time () / G_USEC_PER_SEC;
}

static void
draw_view (Monitor *monitor)
{
  g_autofree char *picture = NULL;
  guint columns, rows;

  read_properties (monitor);
  svpn_screen_get_size (&columns, &rows);
  picture = svpn_monitor_picture (&monitor->view, columns, rows, svpn_has_colours (stdout));
  svpn_screen_draw (picture);
}

static void
show_sample (Monitor *monitor)
{
  g_autofree char *line = NULL;

  read_properties (monitor);
  if (monitor->is_live)
    draw_view (monitor);
  else {
    line = monitor->is_json ? svpn_monitor_view_to_json (&monitor->view)
                            : svpn_monitor_view_to_line (&monitor->view);
    if (monitor->is_json)
      puts (line);
    else
      svpn_print ("%s\n", line);
    fflush (stdout);
  }
  if (ferror (stdout) || (monitor->n_left > 0 && --monitor->n_left == 0))
    g_main_loop_quit (monitor->loop);
}

static void
print_event (const char *text)
{
  g_autofree char *time = svpn_format_time ((guint64) (g_get_real_time () / G_USEC_PER_SEC));
  g_autofree char *printable = svpn_text_printable (text);

  svpn_print ("%s  %s\n", time, printable);
  fflush (stdout);
}

static void show_event (Monitor *monitor, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
show_event (Monitor *monitor, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  svpn_monitor_view_add_event (&monitor->view, text);
  if (monitor->is_live)
    draw_view (monitor);
  else if (!monitor->is_json)
    print_event (text);
}

/* ---- Samples ---- */

/* Called with each answer, also with the error that the client is not connected any more. */
static void
finish_call (Monitor *monitor)
{
  if (--monitor->n_pending == 0)
    show_sample (monitor);
}

static void
on_quality_answer (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Monitor *monitor = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmartvpnQuality) quality
      = smartvpn_client_get_connection_quality_finish (SMARTVPN_CLIENT (client), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (quality != NULL)
    svpn_monitor_view_take_quality (&monitor->view, quality);
  finish_call (monitor);
}

static void
on_statistics_answer (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Monitor *monitor = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmartvpnStatistics) statistics
      = smartvpn_client_get_statistics_finish (SMARTVPN_CLIENT (client), result, &error);
  gint64 now_us = g_get_monotonic_time ();

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (statistics != NULL) {
    double elapsed_s = monitor->sampled_us > 0 ? (double) (now_us - monitor->sampled_us) / G_USEC_PER_SEC : 0;

    svpn_monitor_view_take_statistics (&monitor->view, statistics, elapsed_s);
    monitor->sampled_us = now_us;
  }
  finish_call (monitor);
}

static gboolean
has_session (SmartvpnClient *client)
{
  SmartvpnClientState state = smartvpn_client_get_state (client);

  return state == SMARTVPN_CLIENT_STATE_CONNECTED || state == SMARTVPN_CLIENT_STATE_RECONNECTING;
}

static gboolean
is_removed (Monitor *monitor)
{
  return smartvpn_manager_get_running (monitor->manager)
         && smartvpn_manager_get_client (monitor->manager, monitor->view.name) != monitor->client;
}

static gboolean
on_sample_timer (gpointer user_data)
{
  Monitor *monitor = user_data;

  if (is_removed (monitor)) {
    g_set_error (&monitor->error, SMARTVPN_ERROR, SMARTVPN_ERROR_NO_SUCH_PROFILE,
                 _ ("client '%s' was removed"), monitor->view.name);
    g_main_loop_quit (monitor->loop);
    return G_SOURCE_REMOVE;
  }
  if (monitor->n_pending > 0)
    return G_SOURCE_CONTINUE;
  if (smartvpn_manager_get_running (monitor->manager) && has_session (monitor->client)) {
    monitor->n_pending = 2;
    smartvpn_client_get_connection_quality_async (monitor->client, monitor->cancellable, on_quality_answer,
                                                  monitor);
    smartvpn_client_get_statistics_async (monitor->client, monitor->cancellable, on_statistics_answer,
                                          monitor);
    return G_SOURCE_CONTINUE;
  }
  if (!has_session (monitor->client)) {
    svpn_monitor_view_take_nothing (&monitor->view);
    monitor->sampled_us = 0;
  }
  show_sample (monitor);
  return G_SOURCE_CONTINUE;
}

static void
on_first_sample (gpointer user_data)
{
  on_sample_timer (user_data);
}

/* ---- Events ---- */

static void
on_monitored_state_changed (SmartvpnClient *client, SmartvpnClientState state, SmartvpnClientState before,
                            const char *reason, GVariant *details, Monitor *monitor)
{
  const char *word = svpn_word (svpn_client_new_state_word (client, state));
  g_autofree char *why = svpn_reason_in_words (reason, details);

  if (before == SMARTVPN_CLIENT_STATE_RECONNECTING && state == SMARTVPN_CLIENT_STATE_CONNECTED)
    show_event (monitor, "%s", _ ("reconnected"));
  else if (why != NULL)
    show_event (monitor, "%s: %s", word, why);
  else
    show_event (monitor, "%s", word);
}

static void
on_monitored_health_changed (SmartvpnClient *client, SmartvpnHealth health, SmartvpnHealth before,
                             Monitor *monitor)
{
  const char *word = health != SMARTVPN_HEALTH_UNKNOWN ? smartvpn_health_to_string (health)
                                                       : svpn_client_health_word (client);

  show_event (monitor, _ ("health: %s"), svpn_word (word));
}

static void
on_running_changed (Monitor *monitor)
{
  show_event (monitor, "%s",
              smartvpn_manager_get_running (monitor->manager) ? _ ("smartvpnd is back")
                                                              : _ ("smartvpnd is gone"));
}

static gboolean
on_end_signal (gpointer user_data)
{
  g_main_loop_quit (((Monitor *) user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_resize (gpointer user_data)
{
  draw_view (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_monitor_key (int fd, GIOCondition condition, gpointer user_data)
{
  Monitor *monitor = user_data;
  char key = '\0';

  if (read (fd, &key, 1) <= 0)
    return G_SOURCE_REMOVE;
  if (key == 'q' || key == 'Q' || key == 'C' - '@' || key == 'D' - '@')
    g_main_loop_quit (monitor->loop);
  if (key == 'Z' - '@') {
    svpn_screen_suspend ();
    draw_view (monitor);
  }
  return G_SOURCE_CONTINUE;
}

/* ---- The command ---- */

static void
run_live (Monitor *monitor)
{
  guint resize = g_unix_signal_add (SIGWINCH, on_resize, monitor);
  guint keys = svpn_is_terminal (stdin)
                   ? g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_monitor_key, monitor)
                   : 0;

  svpn_screen_open ();
  draw_view (monitor);
  g_main_loop_run (monitor->loop);
  svpn_screen_close ();
  g_source_remove (resize);
  if (keys != 0 && g_main_context_find_source_by_id (NULL, keys) != NULL)
    g_source_remove (keys);
}

static void
run_monitor (Monitor *monitor, guint interval_s)
{
  static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
  guint sources[G_N_ELEMENTS (ends) + 1];

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    sources[i] = g_unix_signal_add (ends[i], on_end_signal, monitor);
  sources[G_N_ELEMENTS (ends)] = g_timeout_add_seconds (interval_s, on_sample_timer, monitor);
  g_idle_add_once (on_first_sample, monitor);
  g_signal_connect (monitor->client, "state-changed", G_CALLBACK (on_monitored_state_changed), monitor);
  g_signal_connect (monitor->client, "health-changed", G_CALLBACK (on_monitored_health_changed), monitor);
  g_signal_connect_swapped (monitor->manager, "notify::running", G_CALLBACK (on_running_changed), monitor);
  if (monitor->is_live)
    run_live (monitor);
  else
    g_main_loop_run (monitor->loop);
  g_cancellable_cancel (monitor->cancellable);
  g_signal_handlers_disconnect_by_data (monitor->client, monitor);
  g_signal_handlers_disconnect_by_data (monitor->manager, monitor);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    if (g_main_context_find_source_by_id (NULL, sources[i]) != NULL)
      g_source_remove (sources[i]);
}

static gboolean
parse_number_option (SvpnInvocation *invocation, const char *option, guint max, guint *number, GError **error)
{
  const char *text = svpn_invocation_value (invocation, option);
  guint64 parsed;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 1, max, &parsed, NULL)) {
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                 _ ("--%s: '%s' is not a number from 1 to %u"), option, text, max);
    return FALSE;
  }
  *number = (guint) parsed;
  return TRUE;
}

gboolean
svpn_run_monitor (SvpnInvocation *invocation, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Monitor monitor
      = { .loop = loop, .cancellable = cancellable, .is_json = svpn_invocation_wants_json (invocation) };
  guint interval_s = 1;

  if (!parse_number_option (invocation, "interval", INTERVAL_MAX_S, &interval_s, error)
      || !parse_number_option (invocation, "count", G_MAXINT, &monitor.n_left, error))
    return FALSE;
  monitor.client = svpn_lookup_client_in_use (invocation, error);
  if (monitor.client == NULL)
    return FALSE;
  monitor.manager = invocation->manager;
  monitor.is_live
      = !monitor.is_json && svpn_is_terminal (stdout) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
  svpn_monitor_view_init (&monitor.view);
  monitor.view.name = smartvpn_profile_get_name (SMARTVPN_PROFILE (monitor.client));
  g_object_ref (monitor.client);
  run_monitor (&monitor, interval_s);
  g_object_unref (monitor.client);
  svpn_monitor_view_clear (&monitor.view);
  if (monitor.error != NULL)
    g_propagate_error (error, monitor.error);
  return monitor.error == NULL;
}
