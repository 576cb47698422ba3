/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings table: every key of clients, servers and authorized clients with its type, range, default and documentation.
 * It alone decides what D-Bus calls and files of profiles may contain; the reference of the settings comes from it. */
#pragma once

#include <gio/gio.h>

typedef enum {
  SVPN_SCOPE_CLIENT,
  SVPN_SCOPE_SERVER,
  SVPN_SCOPE_AUTHORIZED, /* an authorized client of a server; not a profile */
} SvpnScope;

typedef enum {
  SVPN_SETTING_BOOL,   /* b */
  SVPN_SETTING_UINT,   /* canonical: u; input: any integer type in range (gdbus sends i) */
  SVPN_SETTING_UINT64, /* canonical: t; input: the same */
  SVPN_SETTING_STRING, /* s, checked by the entry's function */
  SVPN_SETTING_STRINGS, /* canonical: as; input: also av of strings; each element checked by the entry's function */
} SvpnSettingType;

typedef enum {
  SVPN_SETTING_SECRET = 1 << 0,       /* never shown; stored apart from the profile */
  SVPN_SETTING_CALL_ONLY = 1 << 1,    /* an option of Connect() or Start(), not stored (wait) */
  SVPN_SETTING_OR_ZERO = 1 << 2,      /* 0 is valid, too, below the range: none */
  SVPN_SETTING_PROFILE_ONLY = 1 << 3, /* not an option of Connect() or Start() */
  SVPN_SETTING_LIVE = 1 << 4,         /* Reload() applies a change of it to a running server */
  SVPN_SETTING_RATE = 1 << 5,         /* a number in bytes/s; input also as text, 10Mbit (amount.h) */
  SVPN_SETTING_SIZE = 1 << 6,         /* a number of bytes; input also as text, 64k */
} SvpnSettingFlags;

typedef struct {
  const char *key;
  SvpnSettingType type;
  SvpnSettingFlags flags;
  guint64 min,
      max; /* value of a number, to G_MAXINT64; number of elements of SVPN_SETTING_STRINGS; most bytes of a string, 0:
                     * SVPN_SETTING_STRING_MAX */
  const char *default_value; /* in GVariant text format; NULL: no default */
  /* Checks one string; NULL accepts all. Returns NULL, or what is expected, to end the sentence "KEY: 'VALUE' is not". Every
   * check refuses the empty string: its answer to that is the syntax in the reference. */
  const char *(*check) (const char *value);
  const char *const
      *choices;      /* the only strings that are valid, ended by NULL; NULL: any that @check accepts */
  const char *group; /* for forms, a word of docs/dbus-api.md */
  const char *doc;   /* one or two sentences, English, plain text */
} SvpnSetting;

/* The entries of @scope, ended by one whose key is NULL. */
const SvpnSetting *svpn_settings_table (SvpnScope scope);

/* The entry of @key; NULL if there is none. */
const SvpnSetting *svpn_settings_find (SvpnScope scope, const char *key);

/* The D-Bus type of a setting. */
const char *svpn_setting_type (const SvpnSetting *setting);

/* What is expected of a string that is refused, to end the sentence "KEY: 'VALUE' is not"; NULL: it is valid. Of "" always
 * something, unless any string is valid. */
char *svpn_setting_expects (const SvpnSetting *setting, const char *value) G_GNUC_WARN_UNUSED_RESULT;

/* All settings of all scopes, as org.smartvpn.Manager.DescribeSettings() returns them: aa{sv}, floating. */
GVariant *svpn_settings_describe (void) G_GNUC_WARN_UNUSED_RESULT;

/* Rate limits of a client, each direction. */
#define SVPN_RATE_MIN 1000         /* bytes/s */
#define SVPN_RATE_MAX 100000000000 /* bytes/s */
#define SVPN_BURST_MIN 1500        /* bytes */
#define SVPN_BURST_MAX 1000000000  /* bytes */

/* Characters of the name of an authorized client. */
#define SVPN_AUTHORIZED_NAME_MAX 64

/* Most bytes of one string, and of PEM. */
#define SVPN_SETTING_STRING_MAX 4096
#define SVPN_SETTING_PEM_MAX 65536

/* Checks every entry of @input (a{sv}) and returns the same in canonical types, keys sorted (full reference, not
 * floating). NULL with SVPN_ERROR_UNKNOWN_SETTING or SVPN_ERROR_INVALID_SETTING, "KEY: what is wrong": unknown key, key given twice,
 * wrong type, out of range, bad syntax. */
GVariant *svpn_settings_validate (SvpnScope scope, GVariant *input, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @base with the entries of @overrides over it; both canonical. Full reference. */
GVariant *svpn_settings_merge (GVariant *base, GVariant *overrides) G_GNUC_WARN_UNUSED_RESULT;

/* Canonical @settings with @changes (not checked yet) over them and without the keys @unset. Full reference; NULL with
 * the errors of svpn_settings_validate(), "KEY: what is wrong": svpn_settings_validate() refuses it, it is unknown, or in both. */
GVariant *svpn_settings_update (SvpnScope scope, GVariant *settings, GVariant *changes,
                                const char *const *unset, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The entries of @settings that are not secret; those that are. Full reference. */
GVariant *svpn_settings_without_secrets (SvpnScope scope, GVariant *settings) G_GNUC_WARN_UNUSED_RESULT;
GVariant *svpn_settings_only_secrets (SvpnScope scope, GVariant *settings) G_GNUC_WARN_UNUSED_RESULT;

/* The first setting in @settings that has one of @flags; NULL if there is none. */
const SvpnSetting *svpn_settings_find_flagged (SvpnScope scope, GVariant *settings, SvpnSettingFlags flags);

/* The keys whose values, or defaults, differ between the canonical settings @running and @stored: those that Reload() applies
 * (@live), or those that it cannot. Secrets, options of calls and what concerns no running tunnel are left out. */
char **svpn_settings_changed (SvpnScope scope, GVariant *running, GVariant *stored, gboolean live);

/* @running with the values that @stored has for settings that Reload() applies. Full reference. */
GVariant *svpn_settings_take_live (SvpnScope scope, GVariant *running,
                                   GVariant *stored) G_GNUC_WARN_UNUSED_RESULT;

/* The value of @key in canonical @settings, else its default. The table must have the key with that type. NULL: there is
 * neither value nor default. A string belongs to the table or to @settings; a strv is the caller's. */
const char *svpn_settings_get_string (SvpnScope scope, GVariant *settings, const char *key);
char **svpn_settings_get_strings (SvpnScope scope, GVariant *settings, const char *key);
guint svpn_settings_get_uint (SvpnScope scope, GVariant *settings, const char *key);
gboolean svpn_settings_get_bool (SvpnScope scope, GVariant *settings, const char *key);

/* The same for every type. Full reference. */
GVariant *svpn_settings_get_value (SvpnScope scope, GVariant *settings, const char *key);

/* serverUrl, ServerUrl -> server-url. A name that has a '-' stays as it is. */
char *svpn_kebab_case (const char *name);

/* @loose, the a{sv} of a JSON object, with keys in camelCase turned into kebab-case: serverUrl is server-url. Full reference;
 * NULL with SVPN_ERROR_INVALID_SETTING naming both keys if a setting has both spellings. */
GVariant *svpn_settings_in_kebab_case (SvpnScope scope, GVariant *loose,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Canonical settings as a JSON object with the same keys, and back. from_json() accepts keys in camelCase, too, and validates;
 * its error names the line and the reason. */
char *svpn_settings_to_json (GVariant *settings) G_GNUC_WARN_UNUSED_RESULT;
GVariant *svpn_settings_from_json (SvpnScope scope, const char *json,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SHA-256 (hex) of the canonical settings, secrets included. */
char *svpn_settings_hash (GVariant *settings);

/* The reference of all settings in Markdown, with a chapter for each scope. */
char *svpn_settings_reference (void);
