/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON text (RFC 8259), read strictly.
 *
 * How it works: json-glib parses, but it accepts more than JSON (comments, octal numbers, JavaScript assignments, repeated
 * keys, text after the end), recurses as deep as the text, and quotes the text, perhaps a secret, in its messages. So
 * find_fault() reads the text first and refuses what json-glib must not see; then json-glib makes a dictionary of loosely
 * typed values. */
#include "json.h"

#include "error.h"
#include "printable.h"

#include <json-glib/json-glib.h>
#include <sodium.h>
#include <string.h>

#define DEPTH_MAX 4
#define KEY_SHOWN_MAX 64 /* characters of a key that a message shows */

/* The UTF-16 code unit of the escape "uXXXX" at @text; -1 if it is none. */
static int
code_unit (const char *text)
{
  int unit = 0;

  if (text[0] != 'u')
    return -1;
  for (int i = 1; i <= 4; i++) {
    if (!g_ascii_isxdigit (text[i]))
      return -1;
    unit = unit << 4 | g_ascii_xdigit_value (text[i]);
  }
  return unit;
}

/* Size of the escape whose backslash is before @text, 0 if it is none. No NUL; surrogates only as a pair (RFC 8259,
 * section 7). */
static gsize
escape_size (const char *text)
{
  int unit = code_unit (text);

  if (text[0] != 'u')
    return text[0] != '\0' && strchr ("\"\\/bfnrt", text[0]) != NULL ? 1 : 0;
  if (unit <= 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return 0;
  if (unit < 0xd800 || unit > 0xdbff)
    return 5;
  return text[5] == '\\' && code_unit (text + 6) >= 0xdc00 && code_unit (text + 6) <= 0xdfff ? 11 : 0;
}

/* Moves *@text from a backslash to the last character of its escape; FALSE if it is none. */
static gboolean
skip_escape (const char **text)
{
  gsize size = escape_size (*text + 1);

  *text += size;
  return size > 0;
}

/* Whether @text begins with a word of JSON that ends there. */
static gboolean
is_word (const char *text)
{
  static const char *const words[] = { "true", "false", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_str_has_prefix (text, words[i]) && !g_ascii_isalnum (text[strlen (words[i])]))
      return TRUE;
  }
  return FALSE;
}

/* Why @text is refused, and where; NULL: json-glib may parse it. */
static const char *
find_fault (const char *text, const char **where)
{
  gboolean in_string = FALSE, ended = FALSE;
  unsigned int depth = 0;
  char last = ' ';

  for (const char *p = text; *p != '\0'; last = *p++) {
    *where = p;
    if (in_string) {
      if ((guchar) *p < ' ')
        return "control character in a string, or no quote at its end";
      if (*p == '"')
        in_string = FALSE;
      else if (*p == '\\' && !skip_escape (&p))
        return "unknown escape in a string";
    } else if (strchr (" \t\r\n", *p) != NULL) {
      continue;
    } else if (ended) {
      return "text after the end";
    } else if (*p == '"') {
      in_string = TRUE;
    } else if (*p == '{' || *p == '[') {
      if (++depth > DEPTH_MAX)
        return "nested too deep";
    } else if (*p == '}' || *p == ']') {
      if (depth == 0)
        return "closing bracket without an opening one";
      ended = --depth == 0;
    } else if (*p == '0' && g_ascii_isalnum (p[1]) && !g_ascii_isalnum (last) && last != '.') {
      return "number with a leading zero";
    } else if (g_ascii_isalpha (*p) && !g_ascii_isalnum (last) && last != '.' && !is_word (p)) {
      return "word or text without quotes, or in the wrong place";
    } else if (!g_ascii_isalnum (*p) && strchr (",:.+-", *p) == NULL) {
      return "unexpected character";
    }
  }
  return in_string || depth > 0 ? "text ends early" : NULL;
}

static unsigned int
line_of (const char *text, const char *where)
{
  unsigned int line = 1;

  for (; text < where; text++)
    line += *text == '\n';
  return line;
}

/* In place of json-glib's message, which quotes the text. */
static const char *
describe_code (int code)
{
  switch (code) {
  case JSON_PARSER_ERROR_TRAILING_COMMA:
    return "comma without a value after it";
  case JSON_PARSER_ERROR_MISSING_COMMA:
    return "missing comma";
  case JSON_PARSER_ERROR_MISSING_COLON:
    return "missing colon";
  case JSON_PARSER_ERROR_INVALID_BAREWORD:
    return "word or text without quotes, or in the wrong place";
  default:
    return "syntax error";
  }
}

typedef struct {
  GHashTable *keys; /* each with its object */
  char *repeated;   /* the error of the first repeated key; NULL: none */
  unsigned int repeated_line, error_line;
} Reading;

static void
on_object_member (JsonParser *parser, JsonObject *object, const char *key, void *data)
{
  Reading *reading = data;

  if (!g_hash_table_add (reading->keys, g_strdup_printf ("%p %s", (void *) object, key))
      && reading->repeated == NULL) {
    g_autofree char *shown = svpn_printable (key, KEY_SHOWN_MAX);

    reading->repeated = g_strdup_printf ("%s: given twice", shown);
    reading->repeated_line = json_parser_get_current_line (parser);
  }
}

static void
on_error (JsonParser *parser, void *error, void *data)
{
  Reading *reading = data;

  reading->error_line = json_parser_get_current_line (parser);
}

static GVariant *
refuse_line (unsigned int line, const char *reason, GError **error)
{
  g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "line %u: %s", line, reason);
  return NULL;
}

static GVariant *
parse_members (const char *json, Reading *reading, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local = NULL;
  JsonNode *root;

  g_signal_connect (parser, "object-member", G_CALLBACK (on_object_member), reading);
  g_signal_connect (parser, "error", G_CALLBACK (on_error), reading);
  if (!json_parser_load_from_data (parser, json, -1, &local))
    return refuse_line (MAX (reading->error_line, 1), describe_code (local->code), error);
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return refuse_line (1, "not a JSON object", error);
  if (reading->repeated != NULL)
    return refuse_line (reading->repeated_line, reading->repeated, error);
  return json_gvariant_deserialize (root, "a{sv}", error);
}

GVariant *
svpn_json_parse (const char *json, gsize max_bytes, GError **error)
{
  Reading reading = { 0 };
  GVariant *loose;
  const char *where = json, *fault;

  if (strnlen (json, max_bytes + 1) > max_bytes) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_INVALID_ARGUMENTS, "longer than %" G_GSIZE_FORMAT " bytes",
                 max_bytes);
    return NULL;
  }
  if (!g_utf8_validate (json, -1, &where))
    return refuse_line (line_of (json, where), "not valid UTF-8", error);
  fault = find_fault (json, &where);
  if (fault != NULL)
    return refuse_line (line_of (json, where), fault, error);

  reading.keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  loose = parse_members (json, &reading, error);
  g_hash_table_unref (reading.keys);
  g_free (reading.repeated);
  return loose != NULL ? g_variant_take_ref (loose) : NULL;
}

guint
svpn_json_line_of (const char *json, const char *key)
{
  gsize length = strlen (key);
  gboolean in_string = FALSE;
  guint depth = 0;
  char last = ' '; /* the last character that is not white space */

  for (const char *p = json; *p != '\0'; p++) {
    if (in_string && *p == '\\')
      p++;
    else if (*p == '"') {
      in_string = !in_string;
      if (in_string && depth == 1 && last != ':' && strncmp (p + 1, key, length) == 0 && p[length + 1] == '"')
        return line_of (json, p);
    } else if (!in_string)
      depth += *p == '{' || *p == '[' ? 1 : *p == '}' || *p == ']' ? -1u : 0;
    if (!g_ascii_isspace (*p))
      last = *p;
  }
  return 0;
}

char *
svpn_json_print (GVariant *dictionary)
{
  g_autoptr (JsonNode) node = json_gvariant_serialize (dictionary);
  char *text = json_to_string (node, TRUE);
  char *line = g_strconcat (text, "\n", NULL);

  sodium_memzero (text, strlen (text));
  g_free (text);
  return line;
}
