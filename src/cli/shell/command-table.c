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
  set = { "set", 's', N_("KEY=VALUE"), N_("Override a setting of the profile, this time only; can be given more than once"), SVPN_ARGUMENT_SETTING },
  no_wait = { "no-wait", 0, NULL, N_("Return at once, without waiting for the connection") },
  private_key_file = { "private-key-file", 0, N_("FILE"), N_("Read the private key from FILE, or with - from standard input"), SVPN_ARGUMENT_FILE },
  of_servers = { "server", 0, NULL, N_("A server's profile instead of a client's") },
  on_server = { "server", 0, N_("NAME"), N_("The server; without it, the server \"default\""), SVPN_ARGUMENT_SERVER },
  unset = { "unset", 'u', N_("KEY"), N_("Remove a setting, so that its default applies; can be given more than once"), SVPN_ARGUMENT_KEY },
  output = { "output", 'o', N_("FILE"), N_("Write to a new FILE that only you can read"), SVPN_ARGUMENT_FILE },
  replace = { "replace", 0, NULL, N_("Replace all settings of an existing profile") },
  interval = { "interval", 'i', N_("SECONDS"), N_("Time between two samples, 1 to 3600 (1)") },
  count = { "count", 'n', N_("NUMBER"), N_("Stop after this many samples") },
  burst = { "burst", 0, N_("BYTES"), N_("Burst size in bytes, for each direction") },
  limit = { "limit", 0, N_("RATE"), N_("Rate limit for each direction, such as 500k or 10Mbit") },
  reconnect = { "reconnect", 0, NULL, N_("Have the client come back by itself") },
  keep = { "keep", 'k', NULL, N_("Store the limit in the server's list of authorized clients") },
  ipv4 = { "ipv4", 0, N_("ADDRESS"), N_("A fixed address from ipv4-pool") },
  ipv6 = { "ipv6", 0, N_("ADDRESS"), N_("A fixed address from ipv6-pool") },
  expires = { "expires", 0, N_("TIME"), N_("Refuse the client from this time on, such as 30d or 2030-01-31") },
  host = { "host", 0, N_("NAME"), N_("Host name that clients connect to, instead of the one in the certificate") },
  url = { "url", 0, N_("URL"), N_("URL that clients connect to, such as that of the web server in front; public-url in the server's profile stores it") },
  only_link = { "link", 0, NULL, N_("Print the link, instead of all forms") },
  only_qr = { "qr", 0, NULL, N_("Print the QR code, instead of all forms") },
  authorize = { "authorize", 0, NULL, N_("Make a key for the client even if the server accepts unknown clients; limits and addresses imply it") };

const SvpnCommand svpn_commands[] = {
  { "connect", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Connects a client, and waits until packets flow."),
    N_("Without NAME it connects the client \"default\". Ctrl-C ends the attempt."),
    { &set, &private_key_file, &no_wait, &json }, svpn_run_connect, .aliases = "up" },
  { "disconnect", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Disconnects a client."),
    N_("Without NAME it disconnects the only client that is connected, else \"default\"."),
    { NULL }, svpn_run_disconnect, .is_destructive = TRUE, .aliases = "down" },
  { "reconnect", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Replaces the session of a client with a new one, without a gap."),
    N_("Without NAME it reconnects the only client that is connected, else \"default\". A client that has lost its session tries at once."),
    { NULL }, svpn_run_reconnect },
  { "status", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Shows the state of a client, or without NAME of all clients and servers."),
    N_("The exit status is 0 if the client NAME is connected, 4 if it is not, and 10 if its state is one of a later version."),
    { &json }, svpn_run_status, .aliases = "list, ls" },
  { "check", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_ANY_PROFILE },
    N_("Looks for what is wrong, or soon will be, and says what to do."),
    N_("With NAME it looks at the client and the server of that name: their settings, keys, files and certificates, and the last error. Without NAME it looks at all of them, and at this machine: the versions of smartvpnd and smartvpnctl, the TUN device and the clock. The exit status is 0 if nothing is wrong, and 12 if something is."),
    { &json }, svpn_run_check },
  { "quality", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Shows the quality of the line to the server."), NULL,
    { &json }, svpn_run_quality },
  { "monitor", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Shows a client live: state, health, round trips, throughput and drops."),
    N_("On a terminal it redraws the screen until q or Ctrl-C. Elsewhere it prints a line for each sample, or with --json an object."),
    { &interval, &count, &json }, svpn_run_monitor, .aliases = "watch, top" },
  { "mtu", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_CLIENT },
    N_("Shows how the tunnel's MTU is calculated."), NULL,
    { &json }, svpn_run_mtu },

  { "lockdown", N_("MODE [NAME]"), 1, 2, { SVPN_ARGUMENT_OTHER, SVPN_ARGUMENT_CLIENT },
    N_("Keeps the traffic of this machine inside tunnels: always, while connected, or not."),
    N_("MODE is off, while-connected or always. It is stored in the profile NAME (\"default\"), and takes effect at once; off lets traffic out again."),
    { NULL }, svpn_run_lockdown, .is_destructive = TRUE },

  { "profile list", NULL, 0, 0, { SVPN_ARGUMENT_OTHER },
    N_("Lists the profiles of clients, or with --server of servers."), NULL,
    { &of_servers, &json }, svpn_run_profile_list, .aliases = "profile ls" },
  { "profile add", N_("NAME [KEY=VALUE]..."), 1, G_MAXUINT, { SVPN_ARGUMENT_OTHER, SVPN_ARGUMENT_SETTING },
    N_("Stores a new profile."),
    N_("Commas separate the elements of a list."),
    { &of_servers, &private_key_file }, svpn_run_profile_add, .aliases = "profile new, profile create" },
  { "profile edit", N_("NAME [KEY=VALUE]..."), 1, G_MAXUINT, { SVPN_ARGUMENT_PROFILE, SVPN_ARGUMENT_SETTING },
    N_("Changes settings of a profile, or opens all of them in an editor."),
    N_("Without settings it opens the editor $VISUAL or $EDITOR, which does not show secrets, and keeps them. Changes take effect with the next connect or start."),
    { &of_servers, &unset, &private_key_file }, svpn_run_profile_edit, .aliases = "profile set, profile change" },
  { "profile show", N_("NAME"), 1, 1, { SVPN_ARGUMENT_PROFILE },
    N_("Shows the settings of a profile."), NULL,
    { &of_servers, &json }, svpn_run_profile_show, .aliases = "profile get, profile cat" },
  { "profile rename", N_("NAME NEW-NAME"), 2, 2, { SVPN_ARGUMENT_PROFILE, SVPN_ARGUMENT_OTHER },
    N_("Gives a profile another name, with its keys and the clients that a server has authorized."),
    N_("A client that is connected, or a server that runs, is not renamed. Of the profile \"default\" the settings and keys go to the new name, and an empty \"default\" remains."),
    { &of_servers }, svpn_run_profile_rename, .aliases = "profile mv, profile move" },
  { "profile remove", N_("NAME"), 1, 1, { SVPN_ARGUMENT_PROFILE },
    N_("Removes a profile with its keys."), NULL,
    { &of_servers }, svpn_run_profile_remove, .is_destructive = TRUE, .aliases = "profile delete, profile del, profile rm" },
  { "profile import", N_("[SOURCE [NAME]]"), 0, 2, { SVPN_ARGUMENT_FILE, SVPN_ARGUMENT_OTHER },
    N_("Stores a profile from a file, standard input or a link."),
    N_("SOURCE is a file, - for standard input (the default), or a smartvpn:// link without a private key. A file contains an invitation: a link, or JSON with keys such as server-url or serverUrl. Without NAME the profile is \"default\"."),
    { &of_servers, &replace }, svpn_run_profile_import, .aliases = "import" },
  { "profile export", N_("NAME"), 1, 1, { SVPN_ARGUMENT_PROFILE },
    N_("Prints a profile as JSON, without secrets."),
    N_("Secrets, such as private keys, can be stored but not read."),
    { &of_servers, &output }, svpn_run_profile_export, .aliases = "export" },

  { "server start", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Starts a server."), NULL,
    { &set, &private_key_file, &json }, svpn_run_server_start },
  { "server stop", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Stops a server."), NULL,
    { NULL }, svpn_run_server_stop, .is_destructive = TRUE },
  { "server status", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Shows the state of a server."),
    N_("The exit status is 0 if the server runs, 4 if it does not, and 10 if its state is one of a later version."),
    { &json }, svpn_run_server_status },
  { "server clients", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Lists the clients that are connected to a server."), NULL,
    { &json }, svpn_run_server_clients },
  { "server limit", N_("CLIENT RATE|none"), 2, 2, { SVPN_ARGUMENT_SESSION, SVPN_ARGUMENT_OTHER },
    N_("Limits a connected client at once, until the server stops, or with --keep for good."),
    N_("A limit that is not kept lasts over reconnects. --keep stores it in the server's list of authorized clients; none with --keep removes the stored one, so that the server's rate-limit-bytes-per-s applies. RATE is in bytes per second, with k, M or G for powers of 1000, or in bits per second with kbit, Mbit or Gbit. It applies to each direction."),
    { &on_server, &burst, &keep }, svpn_run_server_limit },
  { "server kick", N_("CLIENT"), 1, 1, { SVPN_ARGUMENT_SESSION },
    N_("Ends the session of a connected client."),
    N_("CLIENT is an id, name, address or public key that \"server clients\" shows. The client may connect again, but does not do so by itself, unless --reconnect asks it to."),
    { &on_server, &reconnect }, svpn_run_server_kick, .is_destructive = TRUE, .aliases = "server disconnect" },
  { "server authorize", N_("CLIENT [PUBLIC-KEY]"), 1, 2, { SVPN_ARGUMENT_AUTHORIZED, SVPN_ARGUMENT_OTHER },
    N_("Authorizes a client, or changes its entry (key, addresses, limit, expiry)."),
    N_("A client that is authorized already keeps what is not given; the value none takes an address, the limit or the expiry away. RATE is in bytes per second, with k, M or G for powers of 1000, or in bits per second with kbit, Mbit or Gbit. It applies to each direction."),
    { &on_server, &ipv4, &ipv6, &limit, &burst, &expires }, svpn_run_server_authorize },
  { "server revoke", N_("CLIENT"), 1, 1, { SVPN_ARGUMENT_AUTHORIZED },
    N_("Revokes the authorization of a client, and ends its session."),
    N_("CLIENT is a name or a public key that \"server keys\" shows."),
    { &on_server }, svpn_run_server_revoke, .is_destructive = TRUE, .aliases = "server unauthorize, server deauthorize" },
  { "server keys", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Shows the public key of a server, and the clients that it has authorized."), NULL,
    { &json }, svpn_run_server_keys },
  { "server reload", N_("[NAME]"), 0, 1, { SVPN_ARGUMENT_SERVER },
    N_("Makes a server read its certificate again; clients stay connected."), NULL,
    { NULL }, svpn_run_server_reload },

  { "invite", N_("[NAME [KEY=VALUE]...]"), 0, G_MAXUINT, { SVPN_ARGUMENT_OTHER, SVPN_ARGUMENT_SETTING },
    N_("Prints an invitation for a new client: a profile, a link and a QR code."),
    N_("If the server accepts known clients only (client-auth=required), NAME gets a key pair and is authorized; the invitation contains the private key. KEY=VALUE are settings of the new client. The URL is the server's public-url; without that it is made of the name in the server's certificate. If the invitation cannot be written or printed, NAME is not authorized."),
    { &on_server, &host, &url, &authorize, &ipv4, &ipv6, &limit, &burst, &expires, &only_link, &only_qr, &output, &json }, svpn_run_invite },
  { "genkey", NULL, 0, 0, { SVPN_ARGUMENT_OTHER },
    N_("Makes a private key, and prints it."),
    N_("With --output it writes the private key to the file, and prints the public key."),
    { &output, &json }, svpn_run_genkey },
  { "pubkey", N_("[FILE]"), 0, 1, { SVPN_ARGUMENT_FILE },
    N_("Prints the public key of the private key in FILE or on standard input."), NULL,
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

static gboolean
is_name_or_alias (const SvpnCommand *command, const char *const *words, guint n_words)
{
  g_auto (GStrv) aliases = g_strsplit (command->aliases != NULL ? command->aliases : "", ", ", -1);

  if (is_name (command->name, words, n_words))
    return TRUE;
  for (char **alias = aliases; *alias != NULL; alias++)
    if (is_name (*alias, words, n_words))
      return TRUE;
  return FALSE;
}

const SvpnCommand *
svpn_command_find (const char *const *words, guint *n_words)
{
  guint n = g_strv_length ((char **) words);

  for (*n_words = MIN (n, 2); *n_words > 0; --*n_words)
    for (const SvpnCommand *command = svpn_commands; command->name != NULL; command++)
      if (is_name_or_alias (command, words, *n_words))
        return command;
  return NULL;
}
