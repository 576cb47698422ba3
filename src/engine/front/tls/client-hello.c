/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The first bytes of a connection to a TLS server.
 *
 * How it works: TLS records (RFC 8446, section 5.1) are walked through from the start at each look. A look asks for the
 * end of the record that is unfinished, so there are at most two a record, and few records. What is refused, and with
 * which alert, is what OpenSSL in nginx does: bytes that no TLS client would begin with are taken for HTTP, another
 * protocol version closes the connection without a word, and what comes in the place of a ClientHello is answered with
 * an alert. */
#include "client-hello.h"

#include <stdbool.h>
#include <string.h>

#define RECORD_HEADER 5
#define RECORD_MAX 16384
#define TYPE_ALERT 21
#define TYPE_HANDSHAKE 22
#define MAJOR_VERSION 3
#define MESSAGE_HEADER 4
#define MESSAGE_CLIENT_HELLO 1
/* The header of an SSLv2 ClientHello (RFC 5246, appendix E.2): two bytes of length with the top bit set, then 1. */
#define SSL2_LENGTH_BIT 0x80
#define SSL2_HEADER 3

#define ALERT_NONE 0
#define ALERT_UNEXPECTED_MESSAGE 10
#define ALERT_RECORD_OVERFLOW 22
#define ALERT_ILLEGAL_PARAMETER 47
#define ALERT_PROTOCOL_VERSION 70

/* The message inside the records, as far as it has been seen. */
typedef struct {
  uint8_t header[MESSAGE_HEADER];
  size_t size; /* of what has been seen, header included */
} Message;

static SvpnClientHelloLook
refuse (uint8_t alert)
{
  return (SvpnClientHelloLook){ .state = SVPN_CLIENT_HELLO_REFUSED, .alert = alert };
}

static SvpnClientHelloLook
want (size_t need)
{
  if (need > SVPN_CLIENT_HELLO_MAX)
    return refuse (ALERT_ILLEGAL_PARAMETER);
  return (SvpnClientHelloLook){ .state = SVPN_CLIENT_HELLO_MORE, .need = need };
}

static size_t
message_length (const Message *message)
{
  return MESSAGE_HEADER + ((size_t) message->header[1] << 16 | message->header[2] << 8 | message->header[3]);
}

static bool
is_whole (const Message *message)
{
  return message->size >= MESSAGE_HEADER && message->size >= message_length (message);
}

/* Adds a fragment; returns the alert that it deserves. */
static uint8_t
add_fragment (Message *message, const uint8_t *fragment, size_t size)
{
  for (size_t i = 0; i < size && message->size + i < MESSAGE_HEADER; i++)
    message->header[message->size + i] = fragment[i];
  message->size += size;

  if (message->size > 0 && message->header[0] != MESSAGE_CLIENT_HELLO)
    return ALERT_UNEXPECTED_MESSAGE;
  if (message->size >= MESSAGE_HEADER && message_length (message) > SVPN_CLIENT_HELLO_MAX)
    return ALERT_ILLEGAL_PARAMETER;
  return ALERT_NONE;
}

/* What the first byte, or the first three, show to be no TLS record. WHOLE: nothing of the kind. */
static SvpnClientHelloLook
check_protocol (const uint8_t *bytes, size_t size)
{
  if (bytes[0] == TYPE_HANDSHAKE)
    return (SvpnClientHelloLook){ .state = SVPN_CLIENT_HELLO_WHOLE };
  if (!(bytes[0] & SSL2_LENGTH_BIT))
    return (SvpnClientHelloLook){ .state = SVPN_CLIENT_HELLO_PLAIN };
  if (size < SSL2_HEADER)
    return want (SSL2_HEADER);
  return refuse (bytes[2] == MESSAGE_CLIENT_HELLO ? ALERT_PROTOCOL_VERSION : ALERT_NONE);
}

SvpnClientHelloLook
svpn_client_hello_look (const uint8_t *bytes, size_t size)
{
  Message message = { .size = 0 };
  size_t at = 0;
  SvpnClientHelloLook look;

  if (size == 0)
    return want (1);
  look = check_protocol (bytes, size);
  if (look.state != SVPN_CLIENT_HELLO_WHOLE)
    return look;

  for (unsigned int records = 0; records < SVPN_CLIENT_HELLO_RECORDS_MAX && !is_whole (&message); records++) {
    const uint8_t *record = bytes + at;
    size_t length;
    uint8_t alert;

    if (size < at + RECORD_HEADER)
      return want (at + RECORD_HEADER);
    if (record[0] != TYPE_HANDSHAKE)
      return refuse (ALERT_UNEXPECTED_MESSAGE);
    if (record[1] != MAJOR_VERSION)
      return refuse (ALERT_NONE);
    length = (size_t) record[3] << 8 | record[4];
    if (length > RECORD_MAX)
      return refuse (ALERT_RECORD_OVERFLOW);
    at += RECORD_HEADER + length;
    if (size < at)
      return want (at);
    alert = add_fragment (&message, record + RECORD_HEADER, length);
    if (alert != ALERT_NONE)
      return refuse (alert);
  }
  return is_whole (&message) ? look : refuse (ALERT_UNEXPECTED_MESSAGE);
}

void
svpn_client_hello_write_alert (uint8_t alert, uint8_t out[SVPN_TLS_ALERT_SIZE])
{
  const uint8_t record[SVPN_TLS_ALERT_SIZE] = { TYPE_ALERT, MAJOR_VERSION, 3, 0, 2, 2 /* fatal */, alert };

  memcpy (out, record, sizeof record);
}
