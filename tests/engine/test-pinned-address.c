/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The address that remembers where a server was, with a resolver that answers what the test wants; and a client that
 * finds back with it. */
#include "client-scene.h"
#include "host.h"
#include "pinned-address.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* --- a resolver --- */

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver {
  GResolver parent_instance;
  const char *answer; /* for every name; NULL: it fails */
  guint asked;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
lookup_with_flags_async (GResolver *resolver, const char *host, GResolverNameLookupFlags flags,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->asked++;
  if (self->answer == NULL || flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "no DNS");
  else
    g_task_return_pointer (task, g_list_append (NULL, g_inet_address_new_from_string (self->answer)),
                           free_addresses);
}

static void
lookup_async (GResolver *resolver, const char *host, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer user_data)
{
  lookup_with_flags_async (resolver, host, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback,
                           user_data);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver = G_RESOLVER_CLASS (klass);

  resolver->lookup_by_name_async = lookup_async;
  resolver->lookup_by_name_finish = lookup_finish;
  resolver->lookup_by_name_with_flags_async = lookup_with_flags_async;
  resolver->lookup_by_name_with_flags_finish = lookup_finish;
}

static TestResolver *resolver;

/* --- the address --- */

static void
on_next (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* The addresses that @connectable gives, "ADDRESS:PORT ", and behind them "error" if there is one. */
static char *
enumerate (GSocketConnectable *connectable)
{
  g_autoptr (GSocketAddressEnumerator) enumerator = g_socket_connectable_enumerate (connectable);
  GString *text = g_string_new (NULL);

  for (;;) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GSocketAddress) address = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *one = NULL;

    g_socket_address_enumerator_next_async (enumerator, NULL, on_next, &result);
    WAIT_FOR (result != NULL);
    address = g_socket_address_enumerator_next_finish (enumerator, result, &error);
    if (error != NULL)
      g_string_append (text, "error");
    if (address == NULL)
      return g_string_free (text, FALSE);
    one = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
    g_string_append_printf (text, "%s ", one);
  }
}

static void
expect (const char *answer, const char *pinned, gboolean prefer, const char *expected, gboolean asks)
{
  g_autoptr (GInetAddress) address = pinned != NULL ? g_inet_address_new_from_string (pinned) : NULL;
  g_autoptr (GSocketConnectable) connectable
      = svpn_pinned_address_new ("https", "vpn.test", 4433, address, prefer);
  g_autofree char *text = NULL;

  resolver->answer = answer;
  resolver->asked = 0;
  text = enumerate (connectable);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (resolver->asked > 0, ==, asks);
}

static void
test_address (void)
{
  expect ("192.0.2.1", NULL, FALSE, "192.0.2.1:4433 ", TRUE);
  expect (NULL, NULL, FALSE, "error", TRUE);
  expect (NULL, NULL, TRUE, "error", TRUE);
  expect ("192.0.2.1", "192.0.2.7", FALSE, "192.0.2.1:4433 ", TRUE); /* it may have moved */
  expect (NULL, "192.0.2.7", FALSE, "192.0.2.7:4433 ", TRUE);
  expect ("192.0.2.1", "192.0.2.7", TRUE, "192.0.2.7:4433 ", FALSE);
  expect (NULL, "2001:db8::7", FALSE, "[2001:db8::7]:4433 ", TRUE);
}

/* For TLS and proxies it is the name that it is for. */
static void
test_name (void)
{
  g_autoptr (GSocketConnectable) connectable
      = svpn_pinned_address_new ("https", "vpn.test", 4433, NULL, FALSE);
  g_autoptr (GSocketAddressEnumerator) proxies = g_socket_connectable_proxy_enumerate (connectable);

  g_assert_cmpstr (g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable)), ==, "vpn.test");
  g_assert_cmpuint (g_network_address_get_port (G_NETWORK_ADDRESS (connectable)), ==, 4433);
  g_assert_cmpstr (g_network_address_get_scheme (G_NETWORK_ADDRESS (connectable)), ==, "https");
  g_assert_true (G_IS_PROXY_ADDRESS_ENUMERATOR (proxies));
}

/* --- a client --- */

/* The name is looked up once. When the session is lost and DNS with it, the client finds back: at first without asking,
 * and where the pinned address does not answer, every other attempt asks again. */
static void
test_reconnect (void)
{
  g_autoptr (Host) host = host_new ();
  SvpnClientConfig *config = client_config (FALSE, host->port, "/p", host->public_key);
  g_autoptr (ClientScene) client = NULL;
  g_autofree char *welcome = host_welcome_json ("");
  Hand *hand;

  g_free (config->server_url);
  config->server_url = g_strdup_printf ("ws://vpn.test:%u/p", host->port);
  resolver->answer = "127.0.0.1";
  client = client_scene_new (config, 0);
  hand = host_welcome (host, welcome);
  client_expect (client, "connected ");
  g_assert_cmpuint (resolver->asked, >, 0);

  resolver->answer = NULL;
  resolver->asked = 0;
  hand_free (hand);
  client_expect (client, "reconnecting: ");
  virtual_time_pass_ms (300);
  hand = host_welcome (host, welcome); /* the first attempt */
  client_expect (client, "reconnected ");
  g_assert_cmpuint (resolver->asked, ==, 0);
  virtual_time_pass_ms (10000); /* or it would count as one that failed */
  hand_free (hand);

  client_expect (client, "reconnecting: ");
  virtual_time_pass_ms (1000);      /* two sessions in a row that did not last: the wait is longer */
  close (host_accept (host, NULL)); /* the first fails, */
  WAIT_FOR (virtual_clock_next_ms (client->clock) <= 2000);
  virtual_time_pass_ms (2000);
  hand = host_welcome (host, welcome); /* the second asks, in vain, and comes here as well */
  client_expect (client, "reconnected ");
  g_assert_cmpuint (resolver->asked, >, 0);
  hand_free (hand);
}

/* A name that was never found is an error that says so. */
static void
test_unknown (void)
{
  SvpnClientConfig *config = client_config (FALSE, 1, "", (const uint8_t[32]){ 9 });
  g_autoptr (ClientScene) client = NULL;

  g_free (config->server_url);
  config->server_url = g_strdup ("ws://vpn.test/p");
  resolver->answer = NULL;
  client = client_scene_new (config, 0);
  client_expect_exactly (client, "failed: cannot connect to ws://vpn.test/p: no DNS");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  g_resolver_set_default (G_RESOLVER (resolver));
  g_test_add_func ("/pinned-address/address", test_address);
  g_test_add_func ("/pinned-address/name", test_name);
  g_test_add_func ("/pinned-address/reconnect", test_reconnect);
  g_test_add_func ("/pinned-address/unknown", test_unknown);
  return g_test_run ();
}
