/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * quality and mtu: the line of a client. */
#include "commands.h"
#include "format.h"
#include "i18n.h"
#include "lookup.h"
#include "print.h"
#include "terminal.h"

#include <inttypes.h>

/* ---- quality ---- */

static void add_printf (SvpnTable *table, const char *title, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_printf (SvpnTable *table, const char *title, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  svpn_table_add (table, title, text);
}

static void
print_quality (SmartvpnQuality *quality)
{
  const char *health = smartvpn_quality_get_health_word (quality);
  g_autoptr (SvpnTable) table = svpn_table_new ("ll");
  g_autofree char *rtt = svpn_format_ms (smartvpn_quality_get_rtt_ms (quality));
  g_autofree char *last = svpn_format_ms (smartvpn_quality_get_rtt_last_ms (quality));
  g_autofree char *jitter = svpn_format_ms (smartvpn_quality_get_jitter_ms (quality));

  svpn_table_add (table, _ ("Health"), health != NULL ? svpn_word (health) : NULL);
  svpn_table_add (table, _ ("RTT, smoothed"), rtt);
  svpn_table_add (table, _ ("RTT, last"), last);
  svpn_table_add (table, _ ("Jitter"), jitter);
  add_printf (table, _ ("Loss"), "%.1f %%", 100 * smartvpn_quality_get_loss_ratio (quality));
  add_printf (table, _ ("Keepalives"), _ ("%" PRIu64 " sent, %" PRIu64 " answered, %" PRIu64 " timed out"),
              smartvpn_quality_get_keepalives_sent (quality),
              smartvpn_quality_get_keepalives_answered (quality),
              smartvpn_quality_get_keepalives_timed_out (quality));
  add_printf (table, _ ("Next keepalive"), _ ("in %.0f s, every %g s"),
              smartvpn_quality_get_next_keepalive_s (quality),
              smartvpn_quality_get_keepalive_interval_s (quality));
  svpn_print_table (table);
}

gboolean
svpn_run_quality (SvpnInvocation *invocation, GError **error)
{
  SmartvpnClient *client = svpn_lookup_client_in_use (invocation, error);
  g_autoptr (SmartvpnQuality) quality
      = client != NULL ? smartvpn_client_get_connection_quality_sync (client, NULL, error) : NULL;

  if (quality == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation))
    svpn_print_dictionary (smartvpn_record_to_variant (SMARTVPN_RECORD (quality)));
  else
    print_quality (quality);
  return TRUE;
}

/* ---- mtu ---- */

static void
print_mtu (SmartvpnMtuInfo *info)
{
  const struct {
    const char *title;
    guint bytes;
  } rows[] = {
    { _ ("MTU of the link"), smartvpn_mtu_info_get_link_mtu (info) },
    { _ ("- IP header"), smartvpn_mtu_info_get_overhead_ip (info) },
    { _ ("- TCP header with timestamps"), smartvpn_mtu_info_get_overhead_tcp (info) },
    { _ ("- WebSocket header"), smartvpn_mtu_info_get_overhead_websocket (info) },
    { _ ("- frame header"), smartvpn_mtu_info_get_overhead_frame (info) },
    { _ ("- authentication tag"), smartvpn_mtu_info_get_overhead_tag (info) },
    { _ ("= largest MTU of the tunnel"), smartvpn_mtu_info_get_max_mtu (info) },
    { _ ("MTU of the tunnel"), smartvpn_mtu_info_get_mtu (info) },
    { _ ("not included: a TLS record"), smartvpn_mtu_info_get_extra_tls (info) },
    { _ ("not included: a nonce"), smartvpn_mtu_info_get_extra_nonce (info) },
  };
  g_autoptr (SvpnTable) table = svpn_table_new ("lr");
  g_autofree char *too_big = g_strdup_printf ("%" PRIu64, smartvpn_mtu_info_get_packets_too_big (info));

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *bytes = g_strdup_printf ("%u", rows[i].bytes);

    svpn_table_add (table, rows[i].title, rows[i].bytes > 0 ? bytes : NULL);
  }
  svpn_table_add (table, _ ("packets that exceeded the MTU"), too_big);
  svpn_print_table (table);
}

gboolean
svpn_run_mtu (SvpnInvocation *invocation, GError **error)
{
  SmartvpnClient *client = svpn_lookup_client_in_use (invocation, error);
  g_autoptr (SmartvpnMtuInfo) info
      = client != NULL ? smartvpn_client_get_mtu_info_sync (client, NULL, error) : NULL;

  if (info == NULL)
    return FALSE;
  if (svpn_invocation_wants_json (invocation))
    svpn_print_dictionary (smartvpn_record_to_variant (SMARTVPN_RECORD (info)));
  else
    print_mtu (info);
  return TRUE;
}
