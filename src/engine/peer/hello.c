/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The JSON inside the handshake messages and of CONTROL and DISCONNECT frames. */
#include "hello.h"

#include <json-glib/json-glib.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#define PAD_MAX 256
#define BRACKETS_MAX 4096
#define NAME_SIZE_MAX 64
#define PACKET_SIZE_MAX 65535

void
svpn_hello_free (SvpnHello *hello)
{
  g_free (hello->name);
  g_free (hello->lease);
  g_free (hello);
}

void
svpn_welcome_free (SvpnWelcome *welcome)
{
  g_free (welcome->error);
  g_free (welcome->message);
  g_free (welcome->client_id);
  g_strfreev (welcome->dns);
  g_strfreev (welcome->routes);
  g_free (welcome->lease);
  g_free (welcome);
}

/* --- writing --- */

static void
add_string (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
}

static void
add_strings (JsonObject *object, const char *member, char *const *values)
{
  JsonArray *array = json_array_new ();

  for (; values != NULL && *values != NULL; values++)
    json_array_add_string_element (array, *values);
  json_object_set_array_member (object, member, array);
}

static void
add_capabilities (JsonObject *object, SvpnCapabilities capabilities)
{
  char *names[] = { NULL, NULL };

  if (capabilities & SVPN_CAPABILITY_REKEY)
    names[0] = (char *) "rekey";
  add_strings (object, "capabilities", names);
}

static void
add_address (JsonObject *object, const char *member, const SvpnPrefix *address, const SvpnPrefix *gateway)
{
  g_autofree char *address_text = NULL, *gateway_text = NULL;
  JsonObject *family;

  if (address->family == 0)
    return;
  address_text = svpn_address_to_string (address);
  gateway_text = svpn_address_to_string (gateway);
  family = json_object_new ();
  json_object_set_string_member (family, "address", address_text);
  json_object_set_int_member (family, "prefix", address->prefix);
  json_object_set_string_member (family, "gateway", gateway_text);
  json_object_set_object_member (object, member, family);
}

static char *
to_text (JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);

  return json_to_string (root, FALSE);
}

/* Text of @object with a pad of random length, so that the size of the handshake says little. */
static char *
to_padded_text (JsonObject *object)
{
  g_autofree char *bare = to_text (object);
  char pad[PAD_MAX + 1];
  guint size = randombytes_uniform (PAD_MAX + 1);

  if (strlen (bare) > SVPN_HELLO_SIZE_MAX)
    return NULL;
  if (strlen (bare) + size + strlen (",\"pad\":\"\"") > SVPN_HELLO_SIZE_MAX)
    return g_steal_pointer (&bare);
  memset (pad, '.', size);
  pad[size] = '\0';
  json_object_set_string_member (object, "pad", pad);
  return to_text (object);
}

char *
svpn_hello_to_json (const SvpnHello *hello)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_int_member (object, "version", hello->version);
  if (hello->mtu != 0)
    json_object_set_int_member (object, "mtu", hello->mtu);
  add_capabilities (object, hello->capabilities);
  add_string (object, "name", hello->name);
  add_string (object, "lease", hello->lease);
  return to_padded_text (object);
}

char *
svpn_welcome_to_json (const SvpnWelcome *welcome)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_int_member (object, "version", welcome->version);
  if (welcome->error != NULL) {
    add_string (object, "error", welcome->error);
    add_string (object, "message", welcome->message);
    return to_padded_text (object);
  }
  add_string (object, "client_id", welcome->client_id);
  json_object_set_int_member (object, "mtu", welcome->mtu);
  add_capabilities (object, welcome->capabilities);
  add_address (object, "ipv4", &welcome->ipv4, &welcome->ipv4_gateway);
  add_address (object, "ipv6", &welcome->ipv6, &welcome->ipv6_gateway);
  add_strings (object, "dns", welcome->dns);
  add_strings (object, "routes", welcome->routes);
  add_string (object, "lease", welcome->lease);
  return to_padded_text (object);
}

char *
svpn_reason_to_json (const char *reason)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "reason", reason);
  return to_text (object);
}

/* --- reading --- */

static gboolean
invalid (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s", what);
  return FALSE;
}

/* json-glib calls itself once for each bracket that is open. */
static gboolean
has_many_brackets (const uint8_t *json, gsize size)
{
  guint n = 0;

  for (gsize i = 0; i < size; i++)
    n += json[i] == '[' || json[i] == '{';
  return n > BRACKETS_MAX;
}

static JsonParser *
parse_object (const uint8_t *json, gsize size, gsize size_max, JsonObject **object, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (size == 0 || size > size_max || has_many_brackets (json, size)) {
    invalid (error, "JSON is empty or too large");
    return NULL;
  }
  if (memchr (json, '\0', size) != NULL || !g_utf8_validate ((const char *) json, size, NULL)) {
    invalid (error, "JSON is not UTF-8 text");
    return NULL;
  }
  if (!json_parser_load_from_data (parser, (const char *) json, size, NULL)) {
    invalid (error, "JSON does not parse"); /* json-glib's own message quotes foreign bytes */
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    invalid (error, "JSON is not an object");
    return NULL;
  }
  *object = json_node_get_object (root);
  return g_steal_pointer (&parser);
}

/* Member as a string, NULL if it is absent, no string, longer than @size_max, or made no UTF-8 by its escapes. */
static const char *
get_string (JsonObject *object, const char *member, gsize size_max)
{
  JsonNode *node = json_object_get_member (object, member);
  const char *text;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  text = json_node_get_string (node);
  return text != NULL && strlen (text) <= size_max && g_utf8_validate (text, -1, NULL) ? text : NULL;
}

static gboolean
get_int (JsonObject *object, const char *member, gint64 *value)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

/* @text with everything that could disturb a terminal or a log replaced, cut to @size_max bytes. */
static char *
printable (const char *text, gsize size_max)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (out->len + 6 > size_max)
      break;
    g_string_append_unichar (out, g_unichar_isprint (c) ? c : '?');
  }
  return g_string_free (out, FALSE);
}

static gboolean
get_mtu (JsonObject *object, guint *mtu, GError **error)
{
  gint64 value;

  if (!get_int (object, "mtu", &value))
    return json_object_has_member (object, "mtu") ? invalid (error, "\"mtu\" is not an integer") : TRUE;
  if (value < SVPN_MTU_MIN || value > PACKET_SIZE_MAX)
    return invalid (error, "\"mtu\" is out of range");
  *mtu = (guint) value;
  return TRUE;
}

/* Those we know; a member that is no array has none. */
static SvpnCapabilities
get_capabilities (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "capabilities");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  SvpnCapabilities capabilities = 0;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (json_node_get_value_type (element) == G_TYPE_STRING
        && g_str_equal (json_node_get_string (element), "rekey"))
      capabilities |= SVPN_CAPABILITY_REKEY;
  }
  return capabilities;
}

SvpnHello *
svpn_hello_from_json (const uint8_t *json, gsize size, GError **error)
{
  g_autoptr (SvpnHello) hello = g_new0 (SvpnHello, 1);
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object;
  const char *name;

  parser = parse_object (json, size, SVPN_HELLO_SIZE_MAX, &object, error);
  if (parser == NULL)
    return NULL;
  if (!get_int (object, "version", &hello->version)) {
    invalid (error, "\"version\" is missing");
    return NULL;
  }
  if (hello->version == SVPN_PROTOCOL_VERSION && !get_mtu (object, &hello->mtu, error))
    return NULL;
  hello->capabilities = get_capabilities (object);
  name = get_string (object, "name", SVPN_HELLO_SIZE_MAX);
  hello->name = name != NULL ? printable (name, NAME_SIZE_MAX) : NULL;
  hello->lease = g_strdup (get_string (object, "lease", SVPN_LEASE_SIZE_MAX));
  return g_steal_pointer (&hello);
}

static gboolean
get_address (JsonObject *object, const char *member, int family, SvpnPrefix *address, SvpnPrefix *gateway,
             GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  const char *address_text, *gateway_text;
  gint64 prefix;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return node == NULL ? TRUE : invalid (error, "an address is not an object");
  address_text = get_string (json_node_get_object (node), "address", 64);
  gateway_text = get_string (json_node_get_object (node), "gateway", 64);
  if (address_text == NULL || !svpn_address_parse (address_text, address) || address->family != family)
    return invalid (error, "\"address\" is not an address of its family");
  if (gateway_text == NULL || !svpn_address_parse (gateway_text, gateway) || gateway->family != family)
    return invalid (error, "\"gateway\" is not an address of its family");
  if (!get_int (json_node_get_object (node), "prefix", &prefix) || prefix < 1
      || prefix > (family == AF_INET ? 32 : 128))
    return invalid (error, "\"prefix\" is out of range");
  address->prefix = (unsigned int) prefix;
  return TRUE;
}

static gboolean
is_route (const char *text)
{
  SvpnPrefix prefix;

  return svpn_prefix_parse (text, &prefix) && !svpn_address_is_loopback (&prefix);
}

static gboolean
is_host (const char *text)
{
  SvpnPrefix address;

  return svpn_address_parse (text, &address) && svpn_address_is_host (&address);
}

static gboolean
get_strings (JsonObject *object, const char *member, guint max, gboolean (*is_valid) (const char *),
             char ***out, GError **error)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n > max || (node != NULL && array == NULL))
    return invalid (error, "\"dns\" or \"routes\" is no array or too long");
  for (guint i = 0; i < n; i++) {
    JsonNode *element = json_array_get_element (array, i);
    const char *text
        = json_node_get_value_type (element) == G_TYPE_STRING ? json_node_get_string (element) : NULL;

    if (text == NULL || !is_valid (text))
      return invalid (error, "\"dns\" or \"routes\" holds something else than addresses");
    g_ptr_array_add (strings, g_strdup (text));
  }
  g_ptr_array_add (strings, NULL);
  *out = (char **) g_ptr_array_steal (strings, NULL);
  return TRUE;
}

static gboolean
read_assignment (JsonObject *object, SvpnWelcome *welcome, GError **error)
{
  const char *id = get_string (object, "client_id", 64);

  if (id == NULL || id[0] == '\0')
    return invalid (error, "\"client_id\" is missing");
  welcome->client_id = printable (id, 64 + 6);
  if (!get_mtu (object, &welcome->mtu, error))
    return FALSE;
  if (welcome->mtu == 0)
    return invalid (error, "\"mtu\" is missing");
  if (!json_object_has_member (object, "ipv4"))
    return invalid (error, "\"ipv4\" is missing");
  welcome->capabilities = get_capabilities (object);
  welcome->lease = g_strdup (get_string (object, "lease", SVPN_LEASE_SIZE_MAX));
  return get_address (object, "ipv4", AF_INET, &welcome->ipv4, &welcome->ipv4_gateway, error)
         && get_address (object, "ipv6", AF_INET6, &welcome->ipv6, &welcome->ipv6_gateway, error)
         && get_strings (object, "dns", SVPN_DNS_MAX, is_host, &welcome->dns, error)
         && get_strings (object, "routes", SVPN_ROUTES_MAX, is_route, &welcome->routes, error);
}

SvpnWelcome *
svpn_welcome_from_json (const uint8_t *json, gsize size, GError **error)
{
  g_autoptr (SvpnWelcome) welcome = g_new0 (SvpnWelcome, 1);
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object;
  const char *text;

  parser = parse_object (json, size, SVPN_HELLO_SIZE_MAX, &object, error);
  if (parser == NULL)
    return NULL;
  if (!get_int (object, "version", &welcome->version)) {
    invalid (error, "\"version\" is missing");
    return NULL;
  }
  if (!json_object_has_member (object, "error"))
    return read_assignment (object, welcome, error) ? g_steal_pointer (&welcome) : NULL;

  text = get_string (object, "error", SVPN_REASON_SIZE_MAX);
  welcome->error = printable (text != NULL ? text : "?", SVPN_REASON_SIZE_MAX);
  text = get_string (object, "message", SVPN_REASON_SIZE_MAX);
  welcome->message = printable (text != NULL ? text : "", SVPN_REASON_SIZE_MAX);
  return g_steal_pointer (&welcome);
}

/* Puts @value, if there is one, in the place of *@strings. */
static void
replace (char ***strings, char **value)
{
  if (value == NULL)
    return;
  g_strfreev (*strings);
  *strings = value;
}

gboolean
svpn_welcome_update (SvpnWelcome *welcome, const uint8_t *json, gsize size, guint mtu_max, GError **error)
{
  g_auto (GStrv) dns = NULL, routes = NULL;
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object;
  guint mtu = welcome->mtu;

  parser = parse_object (json, size, SVPN_FRAME_LENGTH_MAX, &object, error);
  if (parser == NULL)
    return FALSE;
  if (g_strcmp0 (get_string (object, "type", SVPN_HELLO_SIZE_MAX), "config") != 0)
    return TRUE;
  if (!get_mtu (object, &mtu, error)
      || (json_object_has_member (object, "dns")
          && !get_strings (object, "dns", SVPN_DNS_MAX, is_host, &dns, error))
      || (json_object_has_member (object, "routes")
          && !get_strings (object, "routes", SVPN_ROUTES_MAX, is_route, &routes, error)))
    return FALSE;
  welcome->mtu = MIN (mtu, mtu_max);
  replace (&welcome->dns, g_steal_pointer (&dns));
  replace (&welcome->routes, g_steal_pointer (&routes));
  return TRUE;
}

char *
svpn_reason_from_json (const uint8_t *json, gsize size)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object;
  const char *reason;

  parser = parse_object (json, size, SVPN_HELLO_SIZE_MAX, &object, NULL);
  reason = parser != NULL ? get_string (object, "reason", SVPN_HELLO_SIZE_MAX) : NULL;
  return printable (reason != NULL && *reason != '\0' ? reason : "no reason given", SVPN_REASON_SIZE_MAX);
}
