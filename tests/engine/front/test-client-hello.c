/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The first bytes of a connection: what is a ClientHello, whole or not, and how the rest is answered. The answers are
 * those of OpenSSL 3 in nginx. */
#include "client-hello.h"
#include "table.h"

#include <gnutls/gnutls.h>
#include <string.h>

#define MORE SVPN_CLIENT_HELLO_MORE
#define WHOLE SVPN_CLIENT_HELLO_WHOLE
#define PLAIN SVPN_CLIENT_HELLO_PLAIN
#define REFUSED SVPN_CLIENT_HELLO_REFUSED
#define BYTES(text) text, sizeof (text) - 1

static const struct {
  const char *name, *bytes;
  gsize size;
  SvpnClientHelloState state;
  gsize need; /* or the alert */
} cases[] = {
  { "nothing", BYTES (""), MORE, 1 },
  { "one byte", BYTES ("\x16"), MORE, 5 },
  { "a record's header", BYTES ("\x16\x03\x01\x00\x20"), MORE, 37 },
  { "half a message", BYTES ("\x16\x03\x01\x00\x08\x01\x00\x00\x04\x03"), MORE, 13 },
  { "a whole message", BYTES ("\x16\x03\x01\x00\x08\x01\x00\x00\x04\x03\x03\x01\x02"), WHOLE, 0 },
  { "a record longer than its message", BYTES ("\x16\x03\x01\x00\x09\x01\x00\x00\x04\x03\x03\x01\x02\x0e"),
    WHOLE, 0 },
  { "a message longer than its record", BYTES ("\x16\x03\x01\x00\x08\x01\x00\x00\x08\x03\x03\x01\x02"), MORE,
    18 },
  { "two records",
    BYTES ("\x16\x03\x01\x00\x02\x01\x00"
           "\x16\x03\x01\x00\x06\x00\x04\x03\x03\x01\x02"),
    WHOLE, 0 },
  { "an empty record first",
    BYTES ("\x16\x03\x01\x00\x00"
           "\x16\x03\x01\x00\x08\x01\x00\x00\x04\x03\x03\x01\x02"),
    WHOLE, 0 },
  { "an empty record alone", BYTES ("\x16\x03\x01\x00\x00"), MORE, 10 },
  { "an unknown minor version", BYTES ("\x16\x03\xff\x00\x08\x01\x00\x00\x04\x03\x03\x01\x02"), WHOLE, 0 },
  { "HTTP", BYTES ("GET / HTTP/1.1\r\n"), PLAIN, 0 },
  { "SSH", BYTES ("SSH-2.0-"), PLAIN, 0 },
  { "a zero", BYTES ("\0"), PLAIN, 0 },
  { "an alert", BYTES ("\x15\x03\x03\x00\x02\x02\x28"), PLAIN, 0 },
  { "application data", BYTES ("\x17\x03\x03\x00\x01\x00"), PLAIN, 0 },
  { "perhaps SSL 2", BYTES ("\x80\x2e"), MORE, 3 },
  { "SSL 2", BYTES ("\x80\x2e\x01\x00\x02"), REFUSED, 70 },
  { "high bytes", BYTES ("\xff\xff\xff"), REFUSED, 0 },
  { "another major version", BYTES ("\x16\x02\x01\x00\x10"), REFUSED, 0 },
  { "a record too long", BYTES ("\x16\x03\x01\x40\x01"), REFUSED, 22 },
  { "a ServerHello", BYTES ("\x16\x03\x01\x00\x04\x02\x00\x00\x00"), REFUSED, 10 },
  { "a message too long", BYTES ("\x16\x03\x01\x00\x04\x01\xff\xff\xff"), REFUSED, 47 },
  { "another record inside",
    BYTES ("\x16\x03\x01\x00\x05\x01\x00\x00\x04\x03"
           "\x17\x03\x03\x00\x05"),
    REFUSED, 10 },
};

static void
check (const SvpnClientHelloLook *look, gsize i)
{
  g_assert_cmpint (look->state, ==, cases[i].state);
  if (look->state == MORE)
    g_assert_cmpuint (look->need, ==, cases[i].need);
  if (look->state == REFUSED)
    g_assert_cmpuint (look->alert, ==, cases[i].need);
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  SvpnClientHelloLook look = svpn_client_hello_look ((const uint8_t *) cases[i].bytes, cases[i].size);

  check (&look, i);
}

/* Waiting for what each look asks for leads to the same end as seeing all at once. */
static void
test_step_by_step (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), size = 0;
  SvpnClientHelloLook look;

  do {
    look = svpn_client_hello_look ((const uint8_t *) cases[i].bytes, size);
    if (look.state == MORE)
      g_assert_cmpuint (look.need, >, size);
    size = look.need;
  } while (look.state == MORE && size <= cases[i].size);
  check (&look, i);
}

/* A record for each byte: as many as there may be, and no more. */
static void
test_most_records (void)
{
  guint8 hello[] = { 1, 0, 0, SVPN_CLIENT_HELLO_RECORDS_MAX - 4, [SVPN_CLIENT_HELLO_RECORDS_MAX] = 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  SvpnClientHelloLook look;

  for (guint i = 0; i < SVPN_CLIENT_HELLO_RECORDS_MAX; i++) {
    const guint8 record[] = { 22, 3, 1, 0, 1, hello[i] };

    look = svpn_client_hello_look (bytes->data, bytes->len);
    g_assert_cmpint (look.state, ==, MORE);
    g_byte_array_append (bytes, record, sizeof record);
  }
  look = svpn_client_hello_look (bytes->data, bytes->len);
  g_assert_cmpint (look.state, ==, WHOLE);
  bytes->data[3 * 6 + 5]++; /* the message's length */
  look = svpn_client_hello_look (bytes->data, bytes->len);
  g_assert_cmpint (look.state, ==, REFUSED);
  g_assert_cmpuint (look.alert, ==, 10);
}

/* As long as a record, and longer. */
static void
test_longest (void)
{
  g_autofree guint8 *bytes = g_malloc0 (SVPN_CLIENT_HELLO_MAX);
  const guint8 record[] = { 22, 3, 1, 16384 >> 8, 0, 1, 0, (16384 - 4) >> 8, (16384 - 4) & 0xff };
  SvpnClientHelloLook look;

  memcpy (bytes, record, sizeof record);
  look = svpn_client_hello_look (bytes, sizeof record);
  g_assert_cmpint (look.state, ==, MORE);
  g_assert_cmpuint (look.need, ==, 16389);
  look = svpn_client_hello_look (bytes, look.need);
  g_assert_cmpint (look.state, ==, WHOLE);
  bytes[7] = SVPN_CLIENT_HELLO_MAX >> 8; /* would need another record, and be longer than is taken */
  bytes[8] = SVPN_CLIENT_HELLO_MAX & 0xff;
  look = svpn_client_hello_look (bytes, 16389);
  g_assert_cmpint (look.state, ==, REFUSED);
  g_assert_cmpuint (look.alert, ==, 47);
}

static ssize_t
push (gnutls_transport_ptr_t pointer, const void *data, size_t size)
{
  g_byte_array_append (pointer, data, (guint) size);
  return (ssize_t) size;
}

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *data, size_t size)
{
  errno = EAGAIN;
  return -1;
}

/* That of a real client. */
static void
test_real (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gnutls_session_t session;

  g_assert_cmpint (gnutls_init (&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK), ==, 0);
  g_assert_cmpint (gnutls_set_default_priority (session), ==, 0);
  gnutls_transport_set_ptr (session, bytes);
  gnutls_transport_set_push_function (session, push);
  gnutls_transport_set_pull_function (session, pull);
  g_assert_cmpint (gnutls_handshake (session), ==, GNUTLS_E_AGAIN);
  for (guint size = 0; size < bytes->len; size++)
    g_assert_cmpint (svpn_client_hello_look (bytes->data, size).state, ==, MORE);
  g_assert_cmpint (svpn_client_hello_look (bytes->data, bytes->len).state, ==, WHOLE);
  gnutls_deinit (session);
}

static void
test_alert (void)
{
  const uint8_t expected[SVPN_TLS_ALERT_SIZE] = { 0x15, 3, 3, 0, 2, 2, 70 };
  uint8_t record[SVPN_TLS_ALERT_SIZE];

  svpn_client_hello_write_alert (70, record);
  g_assert_cmpmem (record, sizeof record, expected, sizeof expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TABLE ("/client-hello/", cases, test_case);
  ADD_TABLE ("/client-hello/step by step/", cases, test_step_by_step);
  g_test_add_func ("/client-hello/most records", test_most_records);
  g_test_add_func ("/client-hello/longest", test_longest);
  g_test_add_func ("/client-hello/real", test_real);
  g_test_add_func ("/client-hello/alert", test_alert);
  return g_test_run ();
}
