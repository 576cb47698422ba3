/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * TCP segments put together to super-packets. */
#include "gro.h"
#include "checksum.h"
#include "tcp.h"

#include <stdlib.h>
#include <string.h>

#define PACKET_MAX 65535
#define IPV4_HEADER_SIZE 20
#define IPV6_HEADER_SIZE 40
#define DONT_FRAGMENT 0x40

/* What of a flow is held. */
typedef struct {
  SvpnPacket packet; /* size 0: nothing */
  uint32_t header_size;
  uint32_t next_sequence;
  uint32_t segments;
  uint16_t segment_size; /* of the first: what the others must have but the last */
  bool is_verified;      /* the first segment's checksum, which is looked at when a second one comes */
  uint8_t data[PACKET_MAX];
} Held;

struct SvpnGro {
  void (*emit) (const SvpnPacket *packet, const uint8_t *data, void *user_data);
  void *user_data;
  unsigned int n_held; /* flows that something is held of, as a hint for flushing */
  unsigned int next;   /* whose place the next new flow takes when there is none free */
  Held held[SVPN_GRO_FLOWS];
};

SvpnGro *
svpn_gro_new (void (*emit) (const SvpnPacket *packet, const uint8_t *data, void *user_data), void *user_data)
{
  SvpnGro *gro = calloc (1, sizeof *gro);

  if (gro != NULL) {
    gro->emit = emit;
    gro->user_data = user_data;
  }
  return gro;
}

void
svpn_gro_free (SvpnGro *gro)
{
  free (gro);
}

/* --- leaving --- */

static void
write_u16 (uint8_t *out, uint32_t value)
{
  out[0] = (uint8_t) (value >> 8);
  out[1] = (uint8_t) value;
}

/* Makes the header of several segments that of one super-packet. */
static void
finish_super_packet (Held *held)
{
  SvpnPacket *packet = &held->packet;
  uint8_t *field = held->data + packet->header_size + SVPN_TCP_CHECKSUM;

  if (packet->version == 4) {
    write_u16 (held->data + 2, packet->size);
    memset (held->data + 10, 0, 2);
    svpn_checksum_store (held->data + 10, svpn_checksum_add (0, held->data, IPV4_HEADER_SIZE));
  } else {
    write_u16 (held->data + 4, packet->size - IPV6_HEADER_SIZE);
  }
  uint16_t sum = svpn_checksum_fold (svpn_checksum_pseudo (packet, packet->size - packet->header_size));

  memcpy (field, &sum, sizeof sum);
  packet->checksum_partial = true;
  packet->segment_size = held->segment_size;
}

static void
emit_held (SvpnGro *gro, Held *held)
{
  if (held->packet.size == 0)
    return;
  if (held->segments > 1)
    finish_super_packet (held);
  gro->emit (&held->packet, held->data, gro->user_data);
  held->packet.size = 0;
  gro->n_held--;
}

void
svpn_gro_flush (SvpnGro *gro)
{
  for (Held *held = gro->held; held < gro->held + SVPN_GRO_FLOWS && gro->n_held > 0; held++)
    emit_held (gro, held);
}

/* --- coming --- */

static bool
is_flow_of (const Held *held, const SvpnPacket *packet)
{
  size_t address_size = packet->version == 4 ? 4 : 16;

  return held->packet.size > 0 && held->packet.source_port == packet->source_port
         && held->packet.destination_port == packet->destination_port
         && held->packet.version == packet->version
         && memcmp (held->packet.source, packet->source, address_size) == 0
         && memcmp (held->packet.destination, packet->destination, address_size) == 0;
}

static Held *
find_flow (SvpnGro *gro, const SvpnPacket *packet)
{
  for (Held *held = gro->held; held < gro->held + SVPN_GRO_FLOWS && gro->n_held > 0; held++)
    if (is_flow_of (held, packet))
      return held;
  return NULL;
}

/* The IP header has nothing that segments could differ in but their size and, for IPv4, an identification that means
 * nothing (RFC 6864). */
static bool
has_plain_ip_header (const SvpnPacket *packet, const uint8_t *data)
{
  if (packet->version == 4)
    return packet->header_size == IPV4_HEADER_SIZE && (data[6] & DONT_FRAGMENT) != 0;
  return packet->header_size == IPV6_HEADER_SIZE;
}

/* Whether a segment can be the first or a later one of several. One without ACK, or with a flag that is said once, or
 * that is empty, passes as it is. */
static bool
is_joinable (const SvpnPacket *packet, const uint8_t *data, uint32_t header_size)
{
  return header_size != 0 && packet->size > header_size && has_plain_ip_header (packet, data)
         && (data[packet->header_size + SVPN_TCP_FLAGS] & ~SVPN_TCP_PSH) == SVPN_TCP_ACK;
}

static bool
has_valid_checksum (const SvpnPacket *packet, const uint8_t *data)
{
  uint32_t size = packet->size - packet->header_size;

  return packet->checksum_partial
         || svpn_checksum_fold (
                svpn_checksum_add (svpn_checksum_pseudo (packet, size), data + packet->header_size, size))
                == 0xffff;
}

/* The headers are those of the flow's segments before: all but size, identification, checksums, sequence and PSH. */
static bool
has_same_headers (const Held *held, const uint8_t *data)
{
  const uint8_t *a = held->data, *b = data;
  uint32_t ip_size = held->packet.header_size;
  const uint8_t *tcp_a = a + ip_size, *tcp_b = b + ip_size;

  if (held->packet.version == 4 ? a[1] != b[1] || memcmp (a + 6, b + 6, 3) != 0
                                : memcmp (a, b, 4) != 0 || a[7] != b[7])
    return false;
  return memcmp (tcp_a + SVPN_TCP_ACKNOWLEDGMENT, tcp_b + SVPN_TCP_ACKNOWLEDGMENT, 5) == 0
         && memcmp (tcp_a + SVPN_TCP_WINDOW, tcp_b + SVPN_TCP_WINDOW, 2) == 0
         && memcmp (tcp_a + SVPN_TCP_HEADER_SIZE, tcp_b + SVPN_TCP_HEADER_SIZE,
                    held->header_size - ip_size - SVPN_TCP_HEADER_SIZE)
                == 0;
}

/* How many segments come with @packet if it follows what is held; 0 if it does not. */
static uint32_t
count_following (const Held *held, const SvpnPacket *packet, const uint8_t *data, uint32_t header_size)
{
  uint32_t payload = packet->size - header_size;
  uint32_t segments = (payload + held->segment_size - 1) / held->segment_size;

  if (header_size != held->header_size
      || svpn_tcp_sequence (data + packet->header_size) != held->next_sequence
      || (packet->segment_size != 0 ? packet->segment_size != held->segment_size
                                    : payload > held->segment_size)
      || held->packet.size + payload > PACKET_MAX || held->segments + segments > SVPN_GSO_SEGMENTS_MAX)
    return 0;
  return has_same_headers (held, data) ? segments : 0;
}

static bool
join (Held *held, const SvpnPacket *packet, const uint8_t *data, uint32_t header_size)
{
  uint32_t payload = packet->size - header_size;
  uint32_t segments = count_following (held, packet, data, header_size);

  if (segments == 0 || !has_valid_checksum (packet, data))
    return false;
  if (!held->is_verified && !has_valid_checksum (&held->packet, held->data))
    return false;
  held->is_verified = true;
  memcpy (held->data + held->packet.size, data + header_size, payload);
  held->data[held->packet.header_size + SVPN_TCP_FLAGS] |= data[packet->header_size + SVPN_TCP_FLAGS];
  held->packet.size += payload;
  held->next_sequence += payload;
  held->segments += segments;
  return true;
}

static Held *
take_place (SvpnGro *gro)
{
  for (Held *held = gro->held; held < gro->held + SVPN_GRO_FLOWS; held++)
    if (held->packet.size == 0)
      return held;
  gro->next = (gro->next + 1) % SVPN_GRO_FLOWS;
  emit_held (gro, &gro->held[gro->next]);
  return &gro->held[gro->next];
}

static uint16_t
segment_size (const SvpnPacket *packet, uint32_t header_size)
{
  return (uint16_t) (packet->segment_size != 0 ? packet->segment_size : packet->size - header_size);
}

static void
hold (SvpnGro *gro, const SvpnPacket *packet, const uint8_t *data, uint32_t header_size)
{
  Held *held = take_place (gro);

  memcpy (held->data, data, packet->size);
  held->packet = *packet;
  held->packet.source = held->data + (packet->source - data);
  held->packet.destination = held->data + (packet->destination - data);
  held->header_size = header_size;
  held->segment_size = segment_size (packet, header_size);
  held->segments = svpn_gso_segments (packet, data);
  held->next_sequence = svpn_tcp_sequence (data + packet->header_size) + packet->size - header_size;
  held->is_verified = packet->checksum_partial;
  gro->n_held++;
}

/* Whether no segment can follow this one: it says PSH, or is shorter than those before it. */
static bool
is_last (const SvpnPacket *packet, const uint8_t *data, uint32_t header_size, uint16_t segment_size)
{
  return (data[packet->header_size + SVPN_TCP_FLAGS] & SVPN_TCP_PSH) != 0
         || (packet->size - header_size) % segment_size != 0;
}

void
svpn_gro_push (SvpnGro *gro, const SvpnPacket *packet, const uint8_t *data)
{
  if (packet->protocol != SVPN_PROTOCOL_TCP || !packet->has_ports) {
    gro->emit (packet, data, gro->user_data);
    return;
  }
  uint32_t header_size = svpn_gso_header_size (packet, data);
  bool joinable = is_joinable (packet, data, header_size);
  Held *held = find_flow (gro, packet);

  if (held != NULL && joinable && join (held, packet, data, header_size)) {
    if (is_last (packet, data, header_size, held->segment_size))
      emit_held (gro, held);
    return;
  }
  if (held != NULL)
    emit_held (gro, held);
  if (joinable && packet->size <= PACKET_MAX / 2
      && !is_last (packet, data, header_size, segment_size (packet, header_size)))
    hold (gro, packet, data, header_size);
  else
    gro->emit (packet, data, gro->user_data);
}
