/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings table: every key of clients, servers and authorized clients with its type, range, default and
 * documentation. It alone decides what D-Bus calls and profile files may say, and writes the reference of the
 * settings. */
#pragma once

#include <gio/gio.h>

typedef enum {
  SVPN_SCOPE_CLIENT,
  SVPN_SCOPE_SERVER,
  SVPN_SCOPE_AUTHORIZED, /* what a server knows of one client; no profile of its own */
} SvpnScope;

typedef enum {
  SVPN_SETTING_BOOL,   /* b */
  SVPN_SETTING_UINT,   /* u on the way out; any integer type in range on the way in (gdbus sends i) */
  SVPN_SETTING_UINT64, /* t on the way out; the same on the way in */
  SVPN_SETTING_STRING, /* s, checked by the syntax of the entry */
  SVPN_SETTING_STRINGS, /* as (av of strings on the way in, too), each element checked by the syntax of the entry */
} SvpnSettingType;

typedef enum {
  SVPN_SETTING_SECRET = 1 << 0,       /* never shown; stored apart from the profile */
  SVPN_SETTING_CALL_ONLY = 1 << 1,    /* an option of Connect() or Start(), not stored (wait) */
  SVPN_SETTING_OR_ZERO = 1 << 2,      /* 0 is taken, too: none */
  SVPN_SETTING_PROFILE_ONLY = 1 << 3, /* no option of Connect() or Start() */
} SvpnSettingFlags;

typedef struct {
  const char *key;
  SvpnSettingType type;
  SvpnSettingFlags flags;
  guint64 min, max; /* value of a number, to G_MAXINT64; number of elements of SVPN_SETTING_STRINGS */
  const char *default_value; /* in GVariant text format; NULL: no default */
  /* Checks one string; NULL accepts all. Returns NULL or what is expected, to end the sentence "KEY: 'VALUE' is not".
   * The empty string, which every check refuses, yields what the reference says of the syntax. */
  const char *(*check) (const char *value);
  const char *doc; /* one or two sentences, English, plain text */
} SvpnSetting;

/* The entries of @scope, ended by one whose key is NULL. */
const SvpnSetting *svpn_settings_table (SvpnScope scope);

/* The entry of @key; NULL if there is none. */
const SvpnSetting *svpn_settings_find (SvpnScope scope, const char *key);

/* Rate limits of a client, each direction. */
#define SVPN_RATE_MIN 1000         /* bytes/s */
#define SVPN_RATE_MAX 100000000000 /* bytes/s */
#define SVPN_BURST_MIN 1500        /* bytes */
#define SVPN_BURST_MAX 1000000000  /* bytes */

/* Characters of the name of an authorized client. */
#define SVPN_AUTHORIZED_NAME_MAX 64

/* Most bytes of one string. */
#define SVPN_SETTING_STRING_MAX 4096

/* Checks every entry of @input (a{sv}) and returns the same in canonical types, keys sorted (full reference, not
 * floating). NULL with SVPN_ERROR_INVALID_ARGUMENTS naming the key and what is wrong: unknown key, key given twice,
 * wrong type, out of range, bad syntax. */
GVariant *svpn_settings_validate (SvpnScope scope, GVariant *input, GError **error);

/* @base with the entries of @overrides put over it; both canonical. Full reference. */
GVariant *svpn_settings_merge (GVariant *base, GVariant *overrides);

/* @settings with @changes over them and without the keys @unset; @changes as it came, the others canonical. Full reference;
 * NULL with SVPN_ERROR_INVALID_ARGUMENTS naming the key: as svpn_settings_validate() says, unknown, or in both. */
GVariant *svpn_settings_update (SvpnScope scope, GVariant *settings, GVariant *changes,
                                const char *const *unset, GError **error);

/* @settings without, or with only, the secret entries. Full reference. */
GVariant *svpn_settings_without_secrets (SvpnScope scope, GVariant *settings);
GVariant *svpn_settings_only_secrets (SvpnScope scope, GVariant *settings);

/* The first setting in @settings that has one of @flags; NULL if there is none. */
const SvpnSetting *svpn_settings_find_flagged (SvpnScope scope, GVariant *settings, SvpnSettingFlags flags);

/* Value of @key in canonical @settings, else the table's default. The key must be in the table with that type. Strings
 * are owned by the table or by @settings; NULL where there is neither value nor default. The strv is to be freed. */
const char *svpn_settings_get_string (SvpnScope scope, GVariant *settings, const char *key);
char **svpn_settings_get_strings (SvpnScope scope, GVariant *settings, const char *key);
guint svpn_settings_get_uint (SvpnScope scope, GVariant *settings, const char *key);
gboolean svpn_settings_get_bool (SvpnScope scope, GVariant *settings, const char *key);

/* The same, whatever the type. Full reference. */
GVariant *svpn_settings_get_value (SvpnScope scope, GVariant *settings, const char *key);

/* serverUrl, ServerUrl -> server-url. What has a '-' is itself. Free with g_free(). */
char *svpn_kebab_case (const char *name);

/* @loose, the a{sv} that is a JSON object, with the keys in kebab-case that are in camelCase: serverUrl is server-url. Full
 * reference; NULL with SVPN_ERROR_INVALID_ARGUMENTS naming both if one setting is there in both spellings. */
GVariant *svpn_settings_in_kebab_case (SvpnScope scope, GVariant *loose, GError **error);

/* JSON object <-> canonical settings, the same keys; from_json() takes them in camelCase, too, and validates. Its error says
 * the line and the reason. */
char *svpn_settings_to_json (GVariant *settings);
GVariant *svpn_settings_from_json (SvpnScope scope, const char *json, GError **error);

/* SHA-256 (hex) of the canonical settings, secrets included. */
char *svpn_settings_hash (GVariant *settings);

/* The reference of all settings of @scope as a Markdown table. */
char *svpn_settings_document (SvpnScope scope);

/* The same of all scopes, a chapter each. */
char *svpn_settings_reference (void);
