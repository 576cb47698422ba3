/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The PROXY protocol. */
#include "proxy-protocol.h"

#include <string.h>

#define V1_MAX 107 /* with CR LF */
#define V1_FIELDS 6
#define V2_SIGNATURE_SIZE 12
#define V2_FIXED_SIZE 16
#define V2_VERSION 0x20
#define V2_LOCAL 0
#define V2_PROXY 1
#define V2_UNSPECIFIED 0x00
#define V2_TCP4 0x11
#define V2_TCP6 0x21
#define V2_UNIX 0x31
#define V2_TCP4_SIZE 12
#define V2_TCP6_SIZE 36
#define TLV_HEADER 3

static const char v1_signature[] = "PROXY ";
static const guint8 v2_signature[V2_SIGNATURE_SIZE] = "\r\n\r\n\0\r\nQUIT\n";

static SvpnProxyState
want (SvpnProxyHeader *header, gsize size)
{
  header->size = size;
  return SVPN_PROXY_MORE;
}

/* --- version 1: a line of text --- */

static gboolean
parse_port (const char *text, guint16 *port)
{
  guint64 number;

  if (text[0] == '0' && text[1] != '\0')
    return FALSE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16) number;
  return TRUE;
}

/* "TCP4 SOURCE DESTINATION PORT PORT" */
static gboolean
parse_v1_fields (char **fields, SvpnProxyHeader *header)
{
  SvpnEndpoint source, destination;
  int family = g_str_equal (fields[1], "TCP4") ? AF_INET : AF_INET6;

  if (g_strv_length (fields) != V1_FIELDS || (family == AF_INET6 && !g_str_equal (fields[1], "TCP6")))
    return FALSE;
  if (!svpn_address_parse (fields[2], &source.address) || source.address.family != family
      || !svpn_address_parse (fields[3], &destination.address) || destination.address.family != family)
    return FALSE;
  if (!parse_port (fields[4], &source.port) || !parse_port (fields[5], &destination.port))
    return FALSE;
  header->source = source;
  header->destination = destination;
  return TRUE;
}

static SvpnProxyState
read_v1 (const guint8 *bytes, gsize size, SvpnProxyHeader *header)
{
  const guint8 *end = memchr (bytes, '\n', MIN (size, V1_MAX));
  g_autofree char *line = NULL;
  g_auto (GStrv) fields = NULL;

  if (end == NULL)
    return size < V1_MAX ? want (header, size + 1) : SVPN_PROXY_BAD;
  header->size = (gsize) (end + 1 - bytes);
  if (header->size < sizeof v1_signature + 1 || end[-1] != '\r' || memchr (bytes, '\0', header->size) != NULL)
    return SVPN_PROXY_BAD;
  line = g_strndup ((const char *) bytes, header->size - 2);
  fields = g_strsplit (line, " ", V1_FIELDS + 1);
  if (g_str_equal (fields[1], "UNKNOWN")) /* whatever follows (section 2.1) */
    return SVPN_PROXY_WHOLE;
  return parse_v1_fields (fields, header) ? SVPN_PROXY_WHOLE : SVPN_PROXY_BAD;
}

/* --- version 2: binary --- */

static guint16
get_uint16 (const guint8 *bytes)
{
  return (guint16) (bytes[0] << 8 | bytes[1]);
}

/* Both addresses and then both ports. */
static void
read_v2_addresses (const guint8 *bytes, int family, SvpnProxyHeader *header)
{
  gsize size = family == AF_INET ? 4 : 16;
  SvpnPrefix *source = &header->source.address, *destination = &header->destination.address;

  *source = *destination = (SvpnPrefix){ .family = family, .prefix = (unsigned int) size * 8 };
  memcpy (source->bytes, bytes, size);
  memcpy (destination->bytes, bytes + size, size);
  header->source.port = get_uint16 (bytes + 2 * size);
  header->destination.port = get_uint16 (bytes + 2 * size + 2);
}

/* Whether extensions fill the rest of the header exactly (section 2.2.7); what they say is ignored. */
static gboolean
check_extensions (const guint8 *bytes, gsize size)
{
  while (size >= TLV_HEADER) {
    gsize length = TLV_HEADER + get_uint16 (bytes + 1);

    if (length > size)
      return FALSE;
    bytes += length;
    size -= length;
  }
  return size == 0;
}

static SvpnProxyState
read_v2 (const guint8 *bytes, gsize size, SvpnProxyHeader *header)
{
  guint8 command, family;
  gsize length, addresses;

  if (size < V2_FIXED_SIZE)
    return want (header, V2_FIXED_SIZE);
  command = bytes[12];
  family = bytes[13];
  length = get_uint16 (bytes + 14);
  header->size = V2_FIXED_SIZE + length;
  if (header->size > SVPN_PROXY_HEADER_MAX || (command & 0xf0) != V2_VERSION || (command & 0x0f) > V2_PROXY)
    return SVPN_PROXY_BAD;
  if (size < header->size)
    return SVPN_PROXY_MORE;
  if ((command & 0x0f) == V2_LOCAL || family == V2_UNSPECIFIED || family == V2_UNIX)
    return SVPN_PROXY_WHOLE;
  if (family != V2_TCP4 && family != V2_TCP6)
    return SVPN_PROXY_BAD;
  addresses = family == V2_TCP4 ? V2_TCP4_SIZE : V2_TCP6_SIZE;
  if (length < addresses || !check_extensions (bytes + V2_FIXED_SIZE + addresses, length - addresses))
    return SVPN_PROXY_BAD;
  read_v2_addresses (bytes + V2_FIXED_SIZE, family == V2_TCP4 ? AF_INET : AF_INET6, header);
  return SVPN_PROXY_WHOLE;
}

SvpnProxyState
svpn_proxy_read (const guint8 *bytes, gsize size, SvpnProxyHeader *header)
{
  const gsize v1_size = sizeof v1_signature - 1;

  *header = (SvpnProxyHeader){ .size = 0 };
  if (size == 0)
    return want (header, 1);
  if (memcmp (bytes, v1_signature, MIN (size, v1_size)) == 0)
    return size < v1_size ? want (header, size + 1) : read_v1 (bytes, size, header);
  if (memcmp (bytes, v2_signature, MIN (size, sizeof v2_signature)) == 0)
    return size < sizeof v2_signature ? want (header, size + 1) : read_v2 (bytes, size, header);
  return SVPN_PROXY_ABSENT;
}

/* --- writing --- */

static gboolean
is_known (const SvpnEndpoint *source, const SvpnEndpoint *destination)
{
  return source->address.family != 0 && source->address.family == destination->address.family;
}

static gsize
write_v1 (const SvpnEndpoint *source, const SvpnEndpoint *destination,
          guint8 out[SVPN_PROXY_HEADER_WRITTEN_MAX])
{
  g_autofree char *from = NULL, *to = NULL, *line = NULL;
  gsize size;

  if (is_known (source, destination)) {
    from = svpn_address_to_string (&source->address);
    to = svpn_address_to_string (&destination->address);
    line = g_strdup_printf ("PROXY TCP%d %s %s %u %u\r\n", source->address.family == AF_INET ? 4 : 6, from,
                            to, source->port, destination->port);
  } else {
    line = g_strdup ("PROXY UNKNOWN\r\n");
  }
  size = strlen (line);
  memcpy (out, line, size);
  return size;
}

static void
put_uint16 (guint8 *out, gsize value)
{
  out[0] = (guint8) (value >> 8);
  out[1] = (guint8) value;
}

static gsize
write_v2 (const SvpnEndpoint *source, const SvpnEndpoint *destination,
          guint8 out[SVPN_PROXY_HEADER_WRITTEN_MAX])
{
  gsize size = source->address.family == AF_INET ? 4 : 16;
  guint8 *addresses = out + V2_FIXED_SIZE;

  memcpy (out, v2_signature, sizeof v2_signature);
  out[12] = V2_VERSION | V2_PROXY;
  if (!is_known (source, destination)) {
    memset (out + 13, 0, 3); /* unspecified, and no addresses */
    return V2_FIXED_SIZE;
  }
  out[13] = source->address.family == AF_INET ? V2_TCP4 : V2_TCP6;
  put_uint16 (out + 14, 2 * size + 4);
  memcpy (addresses, source->address.bytes, size);
  memcpy (addresses + size, destination->address.bytes, size);
  put_uint16 (addresses + 2 * size, source->port);
  put_uint16 (addresses + 2 * size + 2, destination->port);
  return V2_FIXED_SIZE + 2 * size + 4;
}

gsize
svpn_proxy_write (guint version, const SvpnEndpoint *source, const SvpnEndpoint *destination,
                  guint8 out[SVPN_PROXY_HEADER_WRITTEN_MAX])
{
  return version == 1 ? write_v1 (source, destination, out) : write_v2 (source, destination, out);
}
