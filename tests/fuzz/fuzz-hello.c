/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: the JSON of the handshake, in both directions, and of CONTROL and DISCONNECT. What is taken is within
 * its bounds, and what we write of it we read again. */
#include "goodbye.h"
#include "hello.h"
#include "welcome.h"

#include "fuzz.h"

const char *const fuzz_seeds[] = {
  /* {"version":1,"mtu":1420,"name":"a","lease":"b"} */
  "7b2276657273696f6e223a312c226d7475223a313432302c226e616d65223a2261222c226c65617365223a2262227d",
  /* {"version":1,"client_id":"c","mtu":1420,"ipv4":{"address":"10.8.0.2","prefix":24,"gateway":"10.8.0.1"}} */
  "7b2276657273696f6e223a312c22636c69656e745f6964223a2263222c226d7475223a313432302c2269707634223a7b2261646472"
  "657373223a22"
  "31302e382e302e32222c22707265666978223a32342c2267617465776179223a2231302e382e302e31227d7d",
  /* {"version":1,"error":"server-full"} */
  "7b2276657273696f6e223a312c226572726f72223a227365727665722d66756c6c227d",
  /* {"type":"config","mtu":1300,"dns":["9.9.9.9"],"routes":["::/0"]} */
  "7b2274797065223a22636f6e666967222c226d7475223a313330302c22646e73223a5b22392e392e392e39225d2c22726f75746573"
  "223a5b223a3a2f30"
  "225d7d",
  /* {"reason":"x"} */
  "7b22726561736f6e223a2278227d",
  NULL,
};

static void
check_hello (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnHello) hello = svpn_hello_from_json (data, size, &error);
  g_autofree char *json = NULL;

  FUZZ_CHECK ((hello == NULL) == (error != NULL));
  if (hello == NULL || hello->version != SVPN_PROTOCOL_VERSION)
    return;
  FUZZ_CHECK (hello->mtu == 0 || (hello->mtu >= SVPN_MTU_MIN && hello->mtu <= 65535));
  FUZZ_CHECK (hello->name == NULL || g_utf8_strlen (hello->name, -1) <= SVPN_NAME_MAX);
  FUZZ_CHECK (hello->lease == NULL || strlen (hello->lease) <= SVPN_LEASE_SIZE_MAX);
  json = svpn_hello_to_json (hello);
  FUZZ_CHECK (json != NULL);
  svpn_hello_free (svpn_hello_from_json ((uint8_t *) json, strlen (json), &error));
  FUZZ_CHECK (error == NULL);
}

static void
check_welcome (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnWelcome) welcome = svpn_welcome_from_json (data, size, &error);

  FUZZ_CHECK ((welcome == NULL) == (error != NULL));
  if (welcome == NULL || welcome->error != NULL)
    return;
  FUZZ_CHECK (welcome->client_id[0] != '\0');
  FUZZ_CHECK (welcome->mtu >= SVPN_MTU_MIN && welcome->mtu <= 65535);
  FUZZ_CHECK (welcome->ipv4.family == AF_INET && welcome->ipv4.prefix <= 32);
  FUZZ_CHECK (welcome->ipv6.family == 0 || (welcome->ipv6.family == AF_INET6 && welcome->ipv6.prefix <= 128));
  FUZZ_CHECK (g_strv_length (welcome->routes) <= SVPN_ROUTES_MAX
              && g_strv_length (welcome->dns) <= SVPN_DNS_MAX);
}

static void
check_config (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvpnWelcome) welcome = g_new0 (SvpnWelcome, 1);
  bool taken;

  welcome->mtu = 1400;
  taken = svpn_welcome_update (welcome, data, size, 1420, &error);
  FUZZ_CHECK (taken == (error == NULL));
  FUZZ_CHECK (welcome->mtu >= SVPN_MTU_MIN && welcome->mtu <= 1420);
  FUZZ_CHECK (taken || (welcome->mtu == 1400 && welcome->dns == NULL && welcome->routes == NULL));
  FUZZ_CHECK (welcome->routes == NULL || g_strv_length (welcome->routes) <= SVPN_ROUTES_MAX);
  FUZZ_CHECK (welcome->dns == NULL || g_strv_length (welcome->dns) <= SVPN_DNS_MAX);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gboolean is_final;
  g_autofree char *reason = svpn_goodbye_from_json (data, size, &is_final);

  FUZZ_CHECK (g_utf8_validate (reason, -1, NULL) && g_utf8_strlen (reason, -1) <= SVPN_REASON_MAX);
  check_hello (data, size);
  check_welcome (data, size);
  check_config (data, size);
  return 0;
}
