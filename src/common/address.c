/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * IP addresses and CIDR prefixes as text and as bytes. */
#include "address.h"

#include <arpa/inet.h>
#include <string.h>

static unsigned int
full_length (int family)
{
  return family == AF_INET ? 32 : 128;
}

/* A decimal number as it is printed: digits alone, no leading zeros. */
static gboolean
parse_number (const char *text, unsigned int max, unsigned int *number)
{
  unsigned int value = 0;

  if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
    return FALSE;
  for (; *text != '\0'; text++) {
    if (!g_ascii_isdigit (*text))
      return FALSE;
    value = value * 10 + (unsigned int) (*text - '0');
    if (value > max)
      return FALSE;
  }
  *number = value;
  return TRUE;
}

/* inet_pton() takes no scope ids, no white space and no octets with leading zeros. */
gboolean
svpn_address_parse (const char *text, SvpnPrefix *address)
{
  SvpnPrefix parsed = { .family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET };

  if (inet_pton (parsed.family, text, parsed.bytes) != 1)
    return FALSE;
  parsed.prefix = full_length (parsed.family);
  *address = parsed;
  return TRUE;
}

/* The first @length bytes of @text as an address. */
static gboolean
parse_address_part (const char *text, size_t length, SvpnPrefix *address)
{
  char part[INET6_ADDRSTRLEN];

  if (length >= sizeof part)
    return FALSE;
  memcpy (part, text, length);
  part[length] = '\0';
  return svpn_address_parse (part, address);
}

gboolean
svpn_prefix_parse (const char *text, SvpnPrefix *prefix)
{
  const char *slash = strchr (text, '/');
  SvpnPrefix parsed;

  if (slash == NULL)
    return svpn_address_parse (text, prefix);
  if (!parse_address_part (text, (size_t) (slash - text), &parsed)
      || !parse_number (slash + 1, full_length (parsed.family), &parsed.prefix))
    return FALSE;
  *prefix = parsed;
  return TRUE;
}

gboolean
svpn_endpoint_parse (const char *text, SvpnPrefix *address, uint16_t *port)
{
  gboolean bracketed = text[0] == '[';
  const char *start = bracketed ? text + 1 : text;
  const char *end = strchr (text, bracketed ? ']' : ':');
  unsigned int number;
  SvpnPrefix parsed;

  if (end == NULL || !parse_address_part (start, (size_t) (end - start), &parsed))
    return FALSE;
  if (bracketed && (parsed.family != AF_INET6 || *++end != ':'))
    return FALSE;
  if (!parse_number (end + 1, UINT16_MAX, &number))
    return FALSE;
  *address = parsed;
  *port = (uint16_t) number;
  return TRUE;
}

char *
svpn_address_to_string (const SvpnPrefix *address)
{
  char text[INET6_ADDRSTRLEN];

  g_return_val_if_fail (inet_ntop (address->family, address->bytes, text, sizeof text) != NULL, NULL);
  return g_strdup (text);
}

char *
svpn_prefix_to_string (const SvpnPrefix *prefix)
{
  g_autofree char *address = svpn_address_to_string (prefix);

  return g_strdup_printf ("%s/%u", address, prefix->prefix);
}

gboolean
svpn_address_is_loopback (const SvpnPrefix *address)
{
  static const uint8_t loopback6[16] = { [15] = 1 };

  return address->family == AF_INET ? address->bytes[0] == 127 : memcmp (address->bytes, loopback6, 16) == 0;
}

gboolean
svpn_address_is_host (const SvpnPrefix *address)
{
  static const uint8_t zero[16];

  if (svpn_address_is_loopback (address))
    return FALSE;
  if (address->family == AF_INET)
    return address->bytes[0] != 0 && address->bytes[0] < 224;
  return address->bytes[0] != 0xff && memcmp (address->bytes, zero, 16) != 0;
}

void
svpn_prefix_mask (SvpnPrefix *prefix)
{
  for (unsigned int byte = 0; byte < sizeof prefix->bytes; byte++) {
    unsigned int kept = prefix->prefix > 8 * byte ? MIN (prefix->prefix - 8 * byte, 8) : 0;

    prefix->bytes[byte] &= (uint8_t) (0xff00 >> kept);
  }
}

gboolean
svpn_prefix_contains (const SvpnPrefix *prefix, const SvpnPrefix *address)
{
  SvpnPrefix network = *prefix, candidate = *address;

  if (network.family != candidate.family)
    return FALSE;
  candidate.prefix = network.prefix;
  svpn_prefix_mask (&network);
  svpn_prefix_mask (&candidate);
  return memcmp (network.bytes, candidate.bytes, full_length (network.family) / 8) == 0;
}

gboolean
svpn_prefix_is_private (const SvpnPrefix *prefix)
{
  static const SvpnPrefix ranges[] = {
    { AF_INET, { 10 }, 8 },        { AF_INET, { 172, 16 }, 12 }, { AF_INET, { 192, 168 }, 16 },
    { AF_INET, { 169, 254 }, 16 }, { AF_INET, { 100, 64 }, 10 }, { AF_INET6, { 0xfc }, 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (prefix->prefix >= ranges[i].prefix && svpn_prefix_contains (&ranges[i], prefix))
      return TRUE;
  return FALSE;
}
