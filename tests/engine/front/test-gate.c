/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Who is let in. */
#include "gate.h"
#include "head.h"
#include "table.h"

#include <sodium.h>

#define TIME 1767225600
#define PATH "/live/feed"
#define UPGRADE                                                                                              \
  "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                    \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static const uint8_t server_private[32] = { [1] = 1 };

typedef struct {
  SvpnGate gate;
  unsigned int n_proofs;
  char proof[SVPN_ADMISSION_SIZE + 1];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const uint8_t table_key[16] = { 3 }, e_private[32] = { [1] = 2 };
  uint8_t server_public[32];

  crypto_scalarmult_base (server_public, server_private);
  g_assert_true (svpn_admission_make (fixture->proof, e_private, server_public, TIME));
  fixture->n_proofs = 0;
  fixture->gate = (SvpnGate){ .path = PATH,
                              .private_key = server_private,
                              .require_proof = true,
                              .admissions = svpn_admission_table_new (table_key) };
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  svpn_admission_table_free (fixture->gate.admissions);
}

/* Decides on a request with @cookie, NULL: none. */
static SvpnGateDecision
decide (Fixture *fixture, const char *request_line, const char *headers, const char *cookie)
{
  g_autofree char *cookie_line
      = cookie != NULL ? g_strdup_printf ("Cookie: lang=en; sid=%s\r\n", cookie) : g_strdup ("");
  g_autofree char *text = g_strconcat (request_line, "\r\n", headers, cookie_line, "\r\n", NULL);
  SvpnGateDecision decision;
  SvpnRequestHead head;

  head_parse (&head, text);
  decision = svpn_gate_decide (&fixture->gate, &head, TIME, &fixture->n_proofs);
  svpn_request_head_clear (&head);
  return decision;
}

static void
test_admitted (Fixture *fixture, gconstpointer data)
{
  const char *line = "GET " PATH " HTTP/1.1";

  g_assert_cmpint (decide (fixture, line, UPGRADE, fixture->proof), ==, SVPN_GATE_UPGRADE);
  g_assert_cmpint (decide (fixture, line, UPGRADE, fixture->proof), ==, SVPN_GATE_WEBSITE);
  g_assert_cmpuint (fixture->gate.replayed, ==, 1);
  g_assert_cmpuint (fixture->gate.refused, ==, 0);
}

static void
test_query (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (decide (fixture, "GET " PATH "?a=b HTTP/1.1", UPGRADE, fixture->proof), ==,
                   SVPN_GATE_UPGRADE);
}

static void
test_without_proof (Fixture *fixture, gconstpointer data)
{
  const char *line = "GET " PATH " HTTP/1.1";

  g_assert_cmpint (decide (fixture, line, UPGRADE, NULL), ==, SVPN_GATE_WEBSITE);
  fixture->proof[50] ^= 1;
  g_assert_cmpint (decide (fixture, line, UPGRADE, fixture->proof), ==, SVPN_GATE_WEBSITE);
  g_assert_cmpuint (fixture->gate.refused, ==, 2);
  fixture->gate.require_proof = false;
  g_assert_cmpint (decide (fixture, line, UPGRADE, NULL), ==, SVPN_GATE_UPGRADE);
  g_assert_cmpint (decide (fixture, "GET / HTTP/1.1", UPGRADE, NULL), ==, SVPN_GATE_WEBSITE);
}

/* Whoever tries again and again on one connection is not looked at any more, wherever he tries. */
static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wrong = g_strdup (fixture->proof);

  wrong[50] ^= 1;
  for (guint i = 0; i < SVPN_GATE_PROOFS_MAX - 1; i++)
    decide (fixture, i % 2 == 0 ? "GET / HTTP/1.1" : "GET " PATH " HTTP/1.1", UPGRADE, wrong);
  g_assert_cmpint (decide (fixture, "GET " PATH " HTTP/1.1", UPGRADE, fixture->proof), ==, SVPN_GATE_UPGRADE);
  tear_down (fixture, NULL);
  set_up (fixture, NULL);
  for (guint i = 0; i < SVPN_GATE_PROOFS_MAX; i++)
    decide (fixture, i % 2 == 0 ? "GET / HTTP/1.1" : "GET " PATH " HTTP/1.1", UPGRADE, wrong);
  g_assert_cmpint (decide (fixture, "GET " PATH " HTTP/1.1", UPGRADE, fixture->proof), ==, SVPN_GATE_WEBSITE);
}

/* Requests that are not for the tunnel. The proof in each is looked at nevertheless, or the time that takes would tell
 * them from the others: it cannot be used a second time. */
static const struct {
  const char *name, *line, *headers;
} others[] = {
  { "another path", "GET / HTTP/1.1", UPGRADE },
  { "a longer path", "GET " PATH "/ HTTP/1.1", UPGRADE },
  { "the path encoded", "GET /live/%66eed HTTP/1.1", UPGRADE },
  { "another case", "GET /Live/feed HTTP/1.1", UPGRADE },
  { "no upgrade", "GET " PATH " HTTP/1.1", "Host: a\r\n" },
  { "another method", "POST " PATH " HTTP/1.1", UPGRADE },
  { "an old version", "GET " PATH " HTTP/1.0", UPGRADE },
};

static void
test_other (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  Fixture fixture;

  set_up (&fixture, NULL);
  g_assert_cmpint (decide (&fixture, others[i].line, others[i].headers, fixture.proof), ==,
                   SVPN_GATE_WEBSITE);
  g_assert_cmpuint (fixture.gate.refused + fixture.gate.replayed, ==, 0);
  g_assert_cmpint (decide (&fixture, "GET " PATH " HTTP/1.1", UPGRADE, fixture.proof), ==, SVPN_GATE_WEBSITE);
  g_assert_cmpuint (fixture.gate.replayed, ==, 1);
  tear_down (&fixture, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add ("/gate/admitted once", Fixture, NULL, set_up, test_admitted, tear_down);
  g_test_add ("/gate/with a query", Fixture, NULL, set_up, test_query, tear_down);
  g_test_add ("/gate/without a proof", Fixture, NULL, set_up, test_without_proof, tear_down);
  g_test_add ("/gate/too many proofs", Fixture, NULL, set_up, test_too_many, tear_down);
  ADD_TABLE ("/gate/", others, test_other);
  return g_test_run ();
}
