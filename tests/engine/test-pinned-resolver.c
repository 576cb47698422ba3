/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The resolver that remembers: it answers where the real one fails, or first, and only for its host. */
#include "pinned-resolver.h"

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* First address of @host as text, NULL if there is none. */
static char *
look_up (const char *host)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GAsyncResult) result = NULL;
  GList *addresses;
  char *text = NULL;

  g_resolver_lookup_by_name_with_flags_async (resolver, host, G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY, NULL, on_done,
                                              &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  addresses = g_resolver_lookup_by_name_with_flags_finish (resolver, result, NULL);
  if (addresses != NULL)
    text = g_inet_address_to_string (addresses->data);
  g_resolver_free_addresses (addresses);
  return text;
}

static void
expect (const char *host, const char *expected)
{
  g_autofree char *text = look_up (host);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_pin (void)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string ("192.0.2.7");
  g_autoptr (GInetAddress) other = g_inet_address_new_from_string ("2001:db8::7");

  svpn_pinned_resolver_install ();
  expect ("vpn.invalid", NULL);
  svpn_pinned_resolver_pin ("vpn.invalid", address);
  expect ("vpn.invalid", "192.0.2.7"); /* the lookup fails */
  expect ("VPN.invalid", "192.0.2.7");
  expect ("other.invalid", NULL);
  svpn_pinned_resolver_prefer (TRUE);
  expect ("vpn.invalid", "192.0.2.7");
  expect ("other.invalid", NULL);
  svpn_pinned_resolver_pin ("vpn.invalid", other);
  expect ("vpn.invalid", NULL); /* another family than was asked for */
  svpn_pinned_resolver_pin (NULL, NULL);
  expect ("vpn.invalid", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pinned-resolver/pin", test_pin);
  return g_test_run ();
}
