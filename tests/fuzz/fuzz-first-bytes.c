/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: what a connection may begin with before HTTP, a PROXY header or a ClientHello. Whoever waits for what is
 * asked for gets to the same end as whoever sees all at once, in a bounded number of looks. */
#include "client-hello.h"
#include "proxy-protocol.h"

#include "fuzz.h"

/* PROXY headers of both versions; ClientHellos in one record and in two; SSL 2; HTTP. */
const char *const fuzz_seeds[] = {
  "50524f58592054435034203139322e302e322e31203139382e35312e3130302e322034303936203434330d0a",
  "50524f585920554e4b4e4f574e0d0a",
  "0d0a0d0a000d0a515549540a 21 11 000c c0000201 c6336402 1000 01bb",
  "0d0a0d0a000d0a515549540a 21 11 0013 c0000201 c6336402 1000 01bb 04000178 010000",
  "0d0a0d0a000d0a515549540a 20 00 0000",
  "16030100080100000403030102",
  "1603010002010016030100060004 03030102",
  "802e0100020015000000100100800200800300800400800500800600400700c0",
  "474554202f20485454502f312e310d0a",
  NULL,
};

static gboolean
is_same (const SvpnEndpoint *one, const SvpnEndpoint *other)
{
  return one->port == other->port && memcmp (&one->address, &other->address, sizeof one->address) == 0;
}

static void
check_written (const SvpnProxyHeader *header)
{
  for (guint version = 1; version <= 2; version++) {
    guint8 bytes[SVPN_PROXY_HEADER_WRITTEN_MAX];
    gsize size = svpn_proxy_write (version, &header->source, &header->destination, bytes);
    SvpnProxyHeader again;

    FUZZ_CHECK (size <= sizeof bytes);
    FUZZ_CHECK (svpn_proxy_read (bytes, size, &again) == SVPN_PROXY_WHOLE && again.size == size);
    FUZZ_CHECK (is_same (&again.source, &header->source));
    FUZZ_CHECK (is_same (&again.destination, &header->destination));
  }
}

static void
check_proxy (const uint8_t *data, size_t size)
{
  SvpnProxyHeader whole, stepwise;
  SvpnProxyState state = svpn_proxy_read (data, size, &whole), step;
  size_t at = 0;

  do {
    step = svpn_proxy_read (data, at, &stepwise);
    if (step == SVPN_PROXY_MORE)
      FUZZ_CHECK (stepwise.size > at && stepwise.size <= SVPN_PROXY_HEADER_MAX);
    at = stepwise.size;
  } while (step == SVPN_PROXY_MORE && at <= size);
  FUZZ_CHECK (step == state);
  if (state != SVPN_PROXY_WHOLE)
    return;
  FUZZ_CHECK (whole.size == stepwise.size && whole.size <= size);
  check_written (&whole);
}

static void
check_hello (const uint8_t *data, size_t size)
{
  SvpnClientHelloLook whole = svpn_client_hello_look (data, size), step;
  size_t at = 0;
  unsigned int n = 0;

  do {
    step = svpn_client_hello_look (data, at);
    if (step.state == SVPN_CLIENT_HELLO_MORE)
      FUZZ_CHECK (step.need > at && step.need <= SVPN_CLIENT_HELLO_MAX);
    FUZZ_CHECK (n++ <= 2 * SVPN_CLIENT_HELLO_RECORDS_MAX + 2);
    at = step.need;
  } while (step.state == SVPN_CLIENT_HELLO_MORE && at <= size);
  FUZZ_CHECK (step.state == whole.state && step.alert == whole.alert);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  check_proxy (data, size);
  check_hello (data, size);
  return 0;
}
