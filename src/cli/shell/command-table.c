/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The table of all commands. */
#include "command-table.h"
#include "commands.h"
#include "i18n.h"

/* clang-format off */
static const SvpnOption
  json = { "json", 'j', NULL, N_("Print JSON") },
  set = { "set", 's', N_("KEY=VALUE"), N_("A setting for this time, over the profile's own; may be given more than once"), SVPN_ARGUMENT_SETTING },
  no_wait = { "no-wait", 0, NULL, N_("Do not wait for the connection") },
  private_key_file = { "private-key-file", 0, N_("FILE"), N_("Take the private key from FILE, - for standard input"), SVPN_ARGUMENT_FILE },
  of_servers = { "server", 0, NULL, N_("A server profile in place of a client's") },
  on_server = { "server", 0, N_("NAME"), N_("The server (default)"), SVPN_ARGUMENT_SERVER },
  unset = { "unset", 'u', N_("KEY"), N_("Remove a setting, so that its default counts; may be given more than once"), SVPN_ARGUMENT_KEY },
  output = { "output", 'o', N_("FILE"), N_("Write to a new FILE that only you can read"), SVPN_ARGUMENT_FILE },
  replace = { "replace", 0, NULL, N_("Replace the settings of a profile that is there") },
  interval = { "interval", 'i', N_("SECONDS"), N_("Time between samples (1)") },
  count = { "count", 'n', N_("NUMBER"), N_("End after this many samples") },
  burst = { "burst", 0, N_("BYTES"), N_("How far a direction may get ahead of its limit") },
  limit = { "limit", 0, N_("RATE"), N_("A limit for each direction, such as 500k or 10Mbit") },
  ipv4 = { "ipv4", 0, N_("ADDRESS"), N_("A fixed address from ipv4-pool") },
  ipv6 = { "ipv6", 0, N_("ADDRESS"), N_("A fixed address from ipv6-pool") },
  expires = { "expires", 0, N_("TIME"), N_("Refuse the client from then on, such as 30d or 2030-01-31") },
  host = { "host", 0, N_("NAME"), N_("Where clients reach the server (the name in its certificate)") },
  url = { "url", 0, N_("URL"), N_("The same as a whole URL, for a server behind a proxy") },
  only_link = { "link", 0, NULL, N_("Print the link alone") },
  only_qr = { "qr", 0, NULL, N_("Print the QR code alone") },
  authorize = { "authorize", 0, NULL, N_("Make a key for CLIENT even if the server lets in unknown ones; the limits and addresses imply it") };

#define RATES N_("RATE is in bytes a second, with k, M or G for powers of 1000, or in bits with kbit, Mbit or Gbit. It counts for each direction.")

const SvpnCommand svpn_commands[] = {
  { "connect", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Connects a client, and tells when packets flow."),
    N_("Without NAME it is the client \"default\". Ctrl-C ends the attempt."),
    { &set, &private_key_file, &no_wait, &json }, svpn_run_connect },
  { "disconnect", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Disconnects a client."),
    N_("Without NAME it is the only one that is connected, else \"default\"."),
    { NULL }, svpn_run_disconnect },
  { "status", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Shows how a client is; without NAME, all clients and servers."),
    N_("The exit status tells whether the client NAME is connected."),
    { &json }, svpn_run_status },
  { "quality", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Shows how good the line to the server is."), NULL,
    { &json }, svpn_run_quality },
  { "monitor", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Shows a client live: state, health, round trips, throughput and drops."),
    N_("On a terminal it draws over itself; q or Ctrl-C ends it. Elsewhere it prints a line, or with --json an object, for each sample."),
    { &interval, &count, &json }, svpn_run_monitor },
  { "mtu", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Shows how the MTU of the tunnel comes about."), NULL,
    { &json }, svpn_run_mtu },

  { "profile list", NULL, 0, 0, { SVPN_ARGUMENT_OTHER },
    N_("Lists the profiles."), NULL,
    { &of_servers, &json }, svpn_run_profile_list },
  { "profile add", N_("NAME [KEY=VALUE]..."), 1, G_MAXUINT, { SVPN_ARGUMENT_OTHER, SVPN_ARGUMENT_SETTING },
    N_("Stores a new profile."),
    N_("Elements of lists stand between commas."),
    { &of_servers, &private_key_file }, svpn_run_profile_add },
  { "profile edit", N_("NAME [KEY=VALUE]..."), 1, G_MAXUINT, { SVPN_ARGUMENT_PROFILE, SVPN_ARGUMENT_SETTING },
    N_("Changes settings of a profile, or opens all of them in an editor."),
    N_("The editor is $VISUAL or $EDITOR. Secrets are not shown in it, and stay as they are. Changes take effect with the next connect or start."),
    { &of_servers, &unset, &private_key_file }, svpn_run_profile_edit },
  { "profile show", N_("NAME"), 1, 1, { SVPN_ARGUMENT_PROFILE },
    N_("Shows what a profile sets."), NULL,
    { &of_servers, &json }, svpn_run_profile_show },
  { "profile remove", N_("NAME"), 1, 1, { SVPN_ARGUMENT_PROFILE },
    N_("Removes a profile with its keys."), NULL,
    { &of_servers }, svpn_run_profile_remove },
  { "profile import", N_("[SOURCE [NAME]]"), 0, 2, { SVPN_ARGUMENT_FILE, SVPN_ARGUMENT_OTHER },
    N_("Stores a profile from a file, standard input or a link."),
    N_("SOURCE is a file, - for standard input (the default), or a smartvpn:// link without a private key. It holds an invitation, as a link or as JSON with keys like server-url or serverUrl. Without NAME the profile is \"default\"."),
    { &of_servers, &replace }, svpn_run_profile_import },
  { "profile export", N_("NAME"), 1, 1, { SVPN_ARGUMENT_PROFILE },
    N_("Prints a profile as JSON, without secrets."),
    N_("Private keys can be stored, but not read again."),
    { &of_servers, &output }, svpn_run_profile_export },

  { "server start", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Starts a server."), NULL,
    { &set, &private_key_file, &json }, svpn_run_server_start },
  { "server stop", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Stops a server."), NULL,
    { NULL }, svpn_run_server_stop },
  { "server status", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Shows how a server is."),
    N_("The exit status tells whether it runs."),
    { &json }, svpn_run_server_status },
  { "server clients", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Lists who is connected to a server."), NULL,
    { &json }, svpn_run_server_clients },
  { "server limit", N_("CLIENT RATE|none"), 2, 2, { SVPN_ARGUMENT_SESSION, SVPN_ARGUMENT_OTHER },
    N_("Limits a connected client, at once and for as long as its session lives."), RATES,
    { &on_server, &burst }, svpn_run_server_limit },
  { "server kick", N_("CLIENT"), 1, 1, { SVPN_ARGUMENT_SESSION },
    N_("Ends the session of a connected client."),
    N_("CLIENT is an id, name, address or public key that \"server clients\" shows. The client may connect again."),
    { &on_server }, svpn_run_server_kick },
  { "server authorize", N_("CLIENT PUBLIC-KEY"), 2, 2, { SVPN_ARGUMENT_AUTHORIZED, SVPN_ARGUMENT_OTHER },
    N_("Lets in a client, or replaces what is said of it."), RATES,
    { &on_server, &ipv4, &ipv6, &limit, &burst, &expires }, svpn_run_server_authorize },
  { "server revoke", N_("CLIENT"), 1, 1, { SVPN_ARGUMENT_AUTHORIZED },
    N_("Lets a client in no more, and ends its session."),
    N_("CLIENT is a name or a public key that \"server keys\" shows."),
    { &on_server }, svpn_run_server_revoke },
  { "server keys", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Shows the public key of a server, and whom it lets in."), NULL,
    { &json }, svpn_run_server_keys },
  { "server reload", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Has a server read its certificate anew; nobody is disconnected."), NULL,
    { NULL }, svpn_run_server_reload },

  { "invite", N_("[CLIENT [KEY=VALUE]...]"), 0, G_MAXUINT, { SVPN_ARGUMENT_OTHER, SVPN_ARGUMENT_SETTING },
    N_("Prints what a new client needs: as a profile, a link and a QR code."),
    N_("If the server lets in known clients only (client-auth=required), a key pair is made for CLIENT, which is authorized; the private key is in the invitation. KEY=VALUE are settings of the new client. The URL is made of the stored settings of the server."),
    { &on_server, &host, &url, &authorize, &ipv4, &ipv6, &limit, &burst, &expires, &only_link, &only_qr, &output, &json }, svpn_run_invite },
  { "genkey", NULL, 0, 0, { SVPN_ARGUMENT_OTHER },
    N_("Makes a private key, and prints it."),
    N_("With --output it goes to the file, and the public key is printed."),
    { &output, &json }, svpn_run_genkey },
  { "pubkey", N_("[FILE]"), 0, 1, { SVPN_ARGUMENT_FILE },
    N_("Prints the public key that belongs to the private key in FILE or standard input."), NULL,
    { &json }, svpn_run_pubkey },
  { NULL },
};
/* clang-format on */

static gboolean
is_name (const char *name, const char *const *words, guint n_words)
{
  g_auto (GStrv) parts = g_strsplit (name, " ", -1);

  if (g_strv_length (parts) != n_words)
    return FALSE;
  for (guint i = 0; i < n_words; i++)
    if (!g_str_equal (parts[i], words[i]))
      return FALSE;
  return TRUE;
}

const SvpnCommand *
svpn_command_find (const char *const *words, guint *n_words)
{
  guint n = g_strv_length ((char **) words);

  for (*n_words = MIN (n, 2); *n_words > 0; --*n_words)
    for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++)
      if (is_name (command->name, words, *n_words))
        return command;
  return NULL;
}
