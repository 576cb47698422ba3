/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Why a state has changed or a session has ended. */
#include "reason.h"
#include "error.h"
#include "i18n.h"

#include <string.h>

static const struct {
  const char *code, *text;
} rows[] = {
#define ROW(name, code, text) [SVPN_REASON_##name] = { code, text },
  SVPN_REASONS (ROW)
#undef ROW
};

const char *
svpn_reason_code (SvpnReason reason)
{
  return rows[reason].code;
}

static char *
join (const char *code, const char *message)
{
  return message != NULL && *message != '\0' ? g_strconcat (code, ": ", message, NULL) : g_strdup (code);
}

char *
svpn_reason_text (SvpnReason reason, const char *message)
{
  return join (svpn_reason_code (reason), message);
}

char *
svpn_reason_of_error (const GError *error)
{
  return join (svpn_error_name (error), error->message);
}

/* The code at the beginning of @text, static; NULL: none. */
static const char *
find_code (const char *text, const char **message)
{
  const char *colon = strstr (text, ": ");
  g_autofree char *word = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : g_strdup (text);

  *message = colon != NULL ? colon + 2 : "";
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].code, word) == 0)
      return rows[i].code;
  return svpn_error_is_name (word) ? g_intern_string (word) : NULL;
}

const char *
svpn_reason_split (const char *text, SvpnReason otherwise, const char **message)
{
  const char *code = find_code (text, message);

  if (code != NULL)
    return code;
  *message = text;
  return svpn_reason_code (otherwise);
}

/* @goodbye if its code is one of @known, else as the message of @otherwise. */
static char *
take_goodbye (const char *goodbye, const SvpnReason *known, gsize n_known, SvpnReason otherwise)
{
  const char *message, *code = find_code (goodbye, &message);

  for (gsize i = 0; i < n_known; i++)
    if (code == svpn_reason_code (known[i]))
      return g_strdup (goodbye);
  return svpn_reason_text (otherwise, goodbye);
}

char *
svpn_reason_from_server (const char *goodbye)
{
  static const SvpnReason known[]
      = { SVPN_REASON_SERVER_STOPPED, SVPN_REASON_SERVER_ENDED, SVPN_REASON_REVOKED,
          SVPN_REASON_EXPIRED,        SVPN_REASON_REPLACED,     SVPN_REASON_EVICTED };

  /* what earlier servers say when they stop */
  if (strcmp (goodbye, "The server stops") == 0)
    return svpn_reason_text (SVPN_REASON_SERVER_STOPPED, goodbye);
  return take_goodbye (goodbye, known, G_N_ELEMENTS (known), SVPN_REASON_SERVER_ENDED);
}

char *
svpn_reason_from_client (const char *goodbye)
{
  static const SvpnReason known[] = { SVPN_REASON_CLIENT_LEFT };

  return take_goodbye (goodbye, known, G_N_ELEMENTS (known), SVPN_REASON_CLIENT_LEFT);
}

const char *
svpn_reason_message (const char *text)
{
  const char *message, *code = find_code (text, &message);

  if (code == NULL || *message != '\0')
    return code != NULL ? message : text;
  for (gsize i = SVPN_REASON_ESTABLISHED + 1; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].code == code)
      return rows[i].text;
  return "";
}

const char *
svpn_reason_error_name (const char *text)
{
  const char *message, *code = find_code (text, &message);

  return code != NULL && svpn_error_is_name (code) ? code : "";
}

GError *
svpn_reason_to_error (const char *text)
{
  const char *message, *code = find_code (text, &message);

  if (code == NULL || !svpn_error_is_name (code))
    return g_error_new_literal (SVPN_ERROR, SVPN_ERROR_FAILED, text);
  return svpn_error_new_by_name (code, message);
}

const char *
svpn_reason_for_person (const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].code, code) == 0)
      return _ (rows[i].text);
  return NULL;
}
