/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The client behind proxies. */
#include "forwarded.h"

#include <string.h>

#define ENTRY_MAX 63 /* "[IPv6]:port" and then some */

gboolean
svpn_forwarded_is_trusted (const SvpnPrefix *address, const SvpnPrefix *trusted, guint n_trusted)
{
  for (guint i = 0; i < n_trusted; i++)
    if (svpn_prefix_contains (&trusted[i], address))
      return TRUE;
  return FALSE;
}

/* An address as proxies write it: alone, with a port, in brackets. */
static gboolean
parse_entry (const char *start, const char *end, SvpnPrefix *address)
{
  char text[ENTRY_MAX + 1];
  gsize size;
  uint16_t port;

  while (start < end && (*start == ' ' || *start == '\t'))
    start++;
  while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  size = (gsize) (end - start);
  if (size > ENTRY_MAX)
    return FALSE;
  memcpy (text, start, size);
  text[size] = '\0';
  if (size > 2 && text[0] == '[' && text[size - 1] == ']') {
    text[size - 1] = '\0';
    return svpn_address_parse (text + 1, address);
  }
  return svpn_address_parse (text, address) || svpn_endpoint_parse (text, address, &port);
}

/* Goes through one header from the right. Whether to go on with the header before it. */
static gboolean
walk (SvpnSlice list, SvpnPrefix *client, const SvpnPrefix *trusted, guint n_trusted)
{
  const char *end = list.text + list.size;

  for (;;) {
    const char *comma = memrchr (list.text, ',', (gsize) (end - list.text));

    if (!svpn_forwarded_is_trusted (client, trusted, n_trusted)
        || !parse_entry (comma != NULL ? comma + 1 : list.text, end, client))
      return FALSE;
    if (comma == NULL)
      return TRUE;
    end = comma;
  }
}

SvpnPrefix
svpn_forwarded_client (const SvpnRequestHead *head, const SvpnPrefix *peer, const SvpnPrefix *trusted,
                       guint n_trusted)
{
  SvpnSlice headers[SVPN_REQUEST_HEADERS_MAX], name, value;
  SvpnPrefix client = *peer;
  guint n = 0;

  for (size_t at = 0; svpn_request_head_next (head, &at, &name, &value);)
    if (svpn_slice_equal_nocase (name, "X-Forwarded-For"))
      headers[n++] = value;
  while (n > 0 && walk (headers[n - 1], &client, trusted, n_trusted))
    n--;
  return client;
}
