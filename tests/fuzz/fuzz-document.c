/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: what is imported, JSON or a link. What is taken is checked, and survives being written as a link. */
#include "profile-text.h"
#include "profile-link.h"

#include "fuzz.h"

const char *const fuzz_seeds[] = {
  /* smartvpn://v/?mtu=1400&dns=192.0.2.53,192.0.2.54 */
  "736d61727476706e3a2f2f762f3f6d74753d3134303026646e733d3139322e302e322e35332c3139322e302e322e3534",
  /* smartvpn+ws://[::1]:80/a?qos=false&tls-ca-file=/a%20b */
  "736d61727476706e2b77733a2f2f5b3a3a315d3a38302f613f716f733d66616c736526746c732d63612d66696c653d2f61253230"
  "62",
  /* {"serverUrl": "wss://v/", "mtu": 1400} */
  "7b2273657276657255726c223a20227773733a2f2f762f222c20226d7475223a20313430307d",
  NULL,
};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) settings = svpn_profile_text_parse (SVPN_SCOPE_CLIENT, text, &error), valid = NULL;
  g_autofree char *link = NULL;

  FUZZ_CHECK ((settings == NULL) == (error != NULL));
  if (settings == NULL)
    return 0;
  link = svpn_profile_link_format (settings, NULL);
  if (link == NULL)
    return 0;
  valid = svpn_profile_link_parse (link, &error);
  FUZZ_CHECK (valid != NULL && g_variant_equal (valid, settings));
  return 0;
}
