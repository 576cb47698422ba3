/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * invite: a profile for a new client, as JSON, link and QR code.
 *
 * How it works: everything that can fail without the server is done first, up to an empty output file. Then the server
 * authorizes the client, and the invitation is written and printed. If that fails, the server revokes the client, so that
 * the same command can be tried again. */
#include "commands.h"
#include "error.h"
#include "i18n.h"
#include "invite-url.h"
#include "print.h"
#include "profile-link.h"
#include "qr.h"
#include "secret.h"
#include "server-authorize.h"
#include "stored-settings.h"
#include "terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  SvpnInvocation *invocation;
  SmartvpnServer *server;
  const char *name;                     /* of the new client; NULL if it was not given */
  SmartvpnAuthorizedClient *authorized; /* NULL: the client needs no key */
  SvpnSecret *json, *link;
  char *picture; /* the QR code; NULL: the link is too long for one */
} Invitation;

static void
clear_invitation (Invitation *invitation)
{
  g_clear_object (&invitation->authorized);
  g_clear_pointer (&invitation->json, svpn_secret_free);
  g_clear_pointer (&invitation->link, svpn_secret_free);
  g_clear_pointer (&invitation->picture, svpn_secret_free); /* shows the key, too */
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Invitation, clear_invitation)

static gboolean
refuse_invitation (GError **error, const char *message)
{
  g_set_error_literal (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS, message);
  return FALSE;
}

/* ---- The profile in the invitation ---- */

static const char *
public_key_of (SmartvpnServer *server, GError **error)
{
  const char *key = smartvpn_server_get_public_key (server);

  if (key == NULL)
    g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_NOT_RUNNING,
                 _ ("server '%s' has no key yet; start it once with \"smartvpnctl server start\""),
                 smartvpn_profile_get_name (SMARTVPN_PROFILE (server)));
  return key;
}

static gboolean
check_extra_settings (GVariant *extra, GError **error)
{
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, extra);
  while (g_variant_iter_next (&iter, "{&sv}", &key, NULL))
    if (svpn_invite_sets (key))
      return svpn_error_refuse (error, key, "%s",
                                _ ("comes from the server; --url and --host change the URL"));
  return TRUE;
}

/* The profile of the new client, validated. */
static GVariant *
make_profile (const Invitation *invitation, GVariant *stored, const SvpnSecret *private_key, GError **error)
{
  g_autoptr (GVariant) extra
      = svpn_invocation_collect_settings (invitation->invocation, SVPN_SCOPE_CLIENT, 1, error);
  gboolean is_fit = extra != NULL && check_extra_settings (extra, error);
  const char *public_key = is_fit ? public_key_of (invitation->server, error) : NULL;
  g_autofree char *url = public_key != NULL
                             ? svpn_invite_url (invitation->invocation, invitation->server, stored, error)
                             : NULL;
  g_autoptr (GVariant) loose = NULL;
  GVariantDict dict;

  if (url == NULL)
    return NULL;
  g_variant_dict_init (&dict, extra);
  g_variant_dict_insert (&dict, "server-url", "s", url);
  g_variant_dict_insert (&dict, "server-public-key", "s", public_key);
  if (private_key != NULL)
    g_variant_dict_insert (&dict, "private-key", "s", private_key);
  loose = g_variant_ref_sink (g_variant_dict_end (&dict));
  return svpn_settings_validate (SVPN_SCOPE_CLIENT, loose, error);
}

/* ---- The new client ---- */

static gboolean
needs_authorization (SvpnInvocation *invocation, GVariant *stored)
{
  static const char *const options[] = { "authorize", "ipv4", "ipv6", "limit", "burst", "expires" };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (svpn_invocation_has (invocation, options[i]))
      return TRUE;
  return !g_str_equal (svpn_settings_get_string (SVPN_SCOPE_SERVER, stored, "client-auth"), "none");
}

/* The name must be new: authorizing a client again would replace its key, and lock it out. */
static gboolean
check_new_name (SmartvpnServer *server, const char *name, GError **error)
{
  g_autoptr (GPtrArray) clients = NULL;

  if (name == NULL)
    return refuse_invitation (error,
                              _ ("this server accepts known clients only; give a NAME for the new client"));
  clients = smartvpn_server_list_authorized_clients_sync (server, NULL, error);
  for (guint i = 0; clients != NULL && i < clients->len; i++)
    if (g_strcmp0 (smartvpn_authorized_client_get_name (clients->pdata[i]), name) == 0) {
      g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
                   _ ("client '%s' is already authorized; give another NAME, or revoke the client first"),
                   name);
      return FALSE;
    }
  return clients != NULL;
}

/* Makes a key pair, if the server demands it. @private_key remains NULL if not. */
static gboolean
prepare_client (Invitation *invitation, GVariant *stored, SvpnSecret **private_key, GError **error)
{
  g_autofree char *public_key = NULL;

  if (!needs_authorization (invitation->invocation, stored))
    return TRUE;
  if (!check_new_name (invitation->server, invitation->name, error))
    return FALSE;
  *private_key = svpn_secret_generate_key ();
  public_key = svpn_secret_to_public_key (*private_key);
  invitation->authorized
      = svpn_authorized_client_of (invitation->invocation, invitation->name, public_key, error);
  return invitation->authorized != NULL;
}

static gboolean
prepare_texts (Invitation *invitation, GVariant *profile, GError **error)
{
  invitation->json = smartvpn_settings_to_json (profile);
  invitation->link = svpn_profile_link_format (profile, error);
  if (invitation->link == NULL)
    return FALSE;
  invitation->picture = svpn_qr_to_text (invitation->link, svpn_has_colours (stdout), svpn_has_blocks ());
  return invitation->picture != NULL || !svpn_invocation_has (invitation->invocation, "qr")
         || refuse_invitation (error,
                               _ ("the link is too long for a QR code; leave out --qr, or some settings"));
}

/* ---- Showing it ---- */

static void
print_all_forms (const Invitation *invitation)
{
  svpn_print ("%s\n", _ ("On the new client, give one of these to: smartvpnctl profile import"));
  printf ("%s\n%s\n\n", invitation->json, invitation->link);
  fputs (invitation->picture != NULL ? invitation->picture : "", stdout);
  if (invitation->picture == NULL)
    svpn_say (_ ("the link is too long for a QR code; use the link or the profile"));
  if (invitation->authorized != NULL)
    svpn_say (_ ("the client's private key is in each of them: whoever sees one can connect as this client"));
}

/* Prints what the options ask for; with --output alone nothing. */
static gboolean
print_invitation (const Invitation *invitation, GError **error)
{
  SvpnInvocation *invocation = invitation->invocation;
  gboolean wants_link = svpn_invocation_has (invocation, "link");
  gboolean wants_qr = svpn_invocation_has (invocation, "qr");

  if (svpn_invocation_wants_json (invocation))
    fputs (invitation->json, stdout);
  else if (!wants_link && !wants_qr && !svpn_invocation_has (invocation, "output"))
    print_all_forms (invitation);
  if (wants_link)
    puts (invitation->link);
  if (wants_qr)
    fputs (invitation->picture, stdout);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, _ ("the invitation cannot be printed: %s"),
               g_strerror (errno));
  return FALSE;
}

/* Takes @fd, the empty output file, -1 without one. */
static gboolean
deliver (const Invitation *invitation, const char *file, int fd, GError **error)
{
  if (fd >= 0 && !svpn_secret_fill (file, fd, invitation->json, error))
    return FALSE;
  if (print_invitation (invitation, error))
    return TRUE;
  if (fd >= 0)
    unlink (file);
  return FALSE;
}

/* ---- The command ---- */

static void
take_back (const Invitation *invitation)
{
  g_autoptr (GError) error = NULL;

  if (!smartvpn_server_revoke_client_sync (invitation->server, invitation->name, NULL, &error))
    svpn_say (_ ("client '%s' stays authorized, without an invitation: %s"), invitation->name,
              error->message);
}

static gboolean
authorize_and_deliver (const Invitation *invitation, GError **error)
{
  const char *file = svpn_invocation_value (invitation->invocation, "output");
  int fd = file != NULL ? svpn_secret_create (file, error) : -1;

  if (file != NULL && fd < 0)
    return FALSE;
  if (invitation->authorized != NULL
      && !smartvpn_server_authorize_client_sync (invitation->server, invitation->authorized, NULL, error)) {
    if (fd >= 0) {
      close (fd);
      unlink (file);
    }
    return FALSE;
  }
  signal (SIGPIPE, SIG_IGN); /* without a reader, too, the authorization has to be taken back */
  if (deliver (invitation, file, fd, error))
    return TRUE;
  if (invitation->authorized != NULL)
    take_back (invitation);
  return FALSE;
}

/* Warns of what keeps invited clients out. Check() needs the right to see a server's clients; an invitation that authorizes
 * nobody needs no right, so it goes without the warning. */
static void
warn_of_server (const Invitation *invitation)
{
  static const char *const codes[] = { "pool-too-small: ", "certificate-", "chain-incomplete: " };
  g_auto (GStrv) findings
      = invitation->authorized != NULL ? smartvpn_server_check_sync (invitation->server, NULL, NULL) : NULL;

  for (char **finding = findings; finding != NULL && *finding != NULL; finding++)
    for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
      if (g_str_has_prefix (*finding, codes[i]))
        svpn_say (_ ("warning: %s"), *finding);
}

static gboolean
check_command_line (SvpnInvocation *invocation, GError **error)
{
  const char *name = svpn_invocation_argument (invocation, 0);

  if (svpn_invocation_wants_json (invocation)
      && (svpn_invocation_has (invocation, "link") || svpn_invocation_has (invocation, "qr")))
    return refuse_invitation (error,
                              _ ("--json does not go with --link or --qr; the profile in JSON is all"));
  if (name == NULL || strchr (name, '=') == NULL)
    return TRUE;
  g_set_error (error, SMARTVPN_ERROR, SMARTVPN_ERROR_INVALID_ARGUMENTS,
               _ ("'%s' is not a NAME; the NAME of the new client comes before KEY=VALUE"), name);
  return FALSE;
}

gboolean
svpn_run_invite (SvpnInvocation *invocation, GError **error)
{
  gboolean is_valid = check_command_line (invocation, error);
  g_auto (Invitation) invitation
      = { .invocation = invocation, .name = svpn_invocation_argument (invocation, 0) };
  g_autoptr (SvpnSecret) private_key = NULL;
  g_autoptr (GVariant) stored = NULL, profile = NULL;

  invitation.server = is_valid ? svpn_lookup_option_server (invocation, error) : NULL;
  stored = invitation.server != NULL
               ? svpn_stored_settings_get (SMARTVPN_PROFILE (invitation.server), NULL, error)
               : NULL;
  if (stored == NULL || !prepare_client (&invitation, stored, &private_key, error))
    return FALSE;
  profile = make_profile (&invitation, stored, private_key, error);
  if (profile == NULL || !prepare_texts (&invitation, profile, error)
      || !authorize_and_deliver (&invitation, error))
    return FALSE;
  warn_of_server (&invitation);
  return TRUE;
}
