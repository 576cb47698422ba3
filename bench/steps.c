/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the steps of one packet's way cost:
 *
 *   steps                 nanoseconds of each step
 *   steps STEP COUNT      takes one step COUNT times, for a tool that counts instructions */
#include "bucket.h"
#include "fast-aead.h"
#include "gro.h"
#include "qos.h"
#include "seal.h"
#include "tcp-packet.h"
#include "websocket.h"

#include <sodium.h>

#define PAYLOAD 1368 /* of a TCP segment in a packet of 1420 bytes with timestamps */
#define SUPER_PAYLOAD (PAYLOAD * 44)
#define ROUNDS 200000

static const TcpPacket plain_segment
    = { .version = 4, .payload = PAYLOAD, .flags = SVPN_TCP_ACK, .options = 12 };

static BuiltPacket *segment, *large;
static uint8_t out[SVPN_FRAME_HEADER_SIZE + SVPN_SEAL_OVERHEAD + TCP_PACKET_MAX], key[SVPN_KEY_SIZE];
static const uint8_t mask[4] = { 1, 2, 3, 4 };
static SvpnQosClassifier *classifier;
static SvpnBucket bucket;
static SvpnSealKey sending, receiving;
static SvpnGro *gro;
static guint64 now_us;
static volatile guint64 sink; /* nothing is optimised away */

static void
step_parse (void)
{
  SvpnPacket packet;

  sink += svpn_packet_parse (segment->data, segment->packet.size, &packet);
}

static void
step_classify (void)
{
  sink += svpn_qos_classify (classifier, &segment->packet, segment->data, now_us += 10);
}

static void
step_bucket (void)
{
  sink += svpn_bucket_wait_us (&bucket, PAYLOAD, now_us += 10);
  sink += svpn_bucket_take (&bucket, PAYLOAD, now_us);
}

static void
step_frame_header (void)
{
  SvpnFrameHeader header;

  svpn_frame_header_write (out, SVPN_FRAME_IP_PACKET, PAYLOAD);
  sink += svpn_frame_header_read (out, &header);
}

static void
step_websocket (void)
{
  SvpnWsParser parser;
  uint8_t *data = out;
  size_t size = svpn_ws_write_header (SVPN_WS_CLIENT, SVPN_WS_OPCODE_BINARY, PAYLOAD, mask, out) + PAYLOAD;

  svpn_ws_parser_init (&parser, SVPN_WS_SERVER, SVPN_MESSAGE_SIZE_MAX);
  sink += svpn_ws_parse (&parser, &data, &size).type;
}

static void
step_cut (void)
{
  SvpnPacket slice;

  svpn_gso_slice (&large->packet, large->data, 3, 1, TRUE, out, &slice);
  sink += slice.size;
}

static void
on_emit (const SvpnPacket *packet, const uint8_t *data, void *user_data)
{
  sink += packet->size;
}

static void
step_join (void)
{
  static guint32 sequence;
  uint8_t *tcp = segment->data + segment->packet.header_size;

  if (sequence++ % 40 == 0)
    svpn_gro_flush (gro);
  svpn_gro_push (gro, &segment->packet, segment->data);
  svpn_tcp_add_to_sequence (tcp, PAYLOAD);
}

static void
step_seal (void)
{
  static uint8_t nonce[SVPN_NONCE_SIZE];

  sink += svpn_seal (&sending, SVPN_FRAME_IP_PACKET, segment->data, segment->packet.size, nonce, out);
}

static void
step_seal_and_open (void)
{
  SvpnFrameHeader header;
  uint8_t *plain;

  step_seal ();
  if (!svpn_frame_header_read (out, &header)
      || svpn_open (&receiving, &header, out + SVPN_FRAME_HEADER_SIZE, &plain) < 0)
    g_error ("a frame does not open");
}

static void
step_seal_64k (void)
{
  static uint8_t nonce[SVPN_NONCE_SIZE];

  sink += svpn_seal (&sending, SVPN_FRAME_IP_SUPERPACKET, large->data, large->packet.size, nonce, out);
}

static const struct {
  const char *name;
  void (*take) (void);
} steps[] = {
  { "parse", step_parse },
  { "classify", step_classify },
  { "bucket", step_bucket },
  { "frame-header", step_frame_header },
  { "websocket", step_websocket },
  { "cut", step_cut },
  { "join", step_join },
  { "seal-1420", step_seal },
  { "seal-open-1420", step_seal_and_open },
  { "seal-64k", step_seal_64k },
};

static void
make_ready (const SvpnAead *aead)
{
  TcpPacket super = plain_segment;

  super.payload = SUPER_PAYLOAD;
  super.segment_size = PAYLOAD;
  segment = tcp_packet_new (&plain_segment);
  segment->packet.checksum_partial = true; /* the checksum is the kernel's work in the steps but "cut" */
  large = tcp_packet_new (&super);
  classifier = svpn_qos_classifier_new (key);
  svpn_bucket_init (&bucket, 1000000000, 1000000, 0);
  svpn_seal_key_init (&sending, aead);
  svpn_seal_key_init (&receiving, aead);
  svpn_seal_key_set (&sending, key);
  svpn_seal_key_set (&receiving, key);
  gro = svpn_gro_new (on_emit, NULL);
}

static void
print_times (void)
{
  g_print ("AEAD: %s\n", svpn_fast_aead ()->name);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    guint rounds = strstr (steps[i].name, "64k") != NULL ? ROUNDS / 40 : ROUNDS;
    gint64 start = g_get_monotonic_time ();

    for (guint n = 0; n < rounds; n++)
      steps[i].take ();
    g_print ("%-16s %8.1f ns\n", steps[i].name, (double) (g_get_monotonic_time () - start) * 1000 / rounds);
    make_ready (svpn_fast_aead ()); /* the sequence of the two ends is the same again */
  }
}

int
main (int argc, char **argv)
{
  if (sodium_init () < 0)
    g_error ("libsodium does not start");
  if (argc == 1) {
    make_ready (svpn_fast_aead ());
    print_times ();
    return 0;
  }
  make_ready (&svpn_aead_sodium); /* no choice by a clock, which would not count alike twice */
  for (gsize i = 0; argc == 3 && i < G_N_ELEMENTS (steps); i++) {
    if (!g_str_equal (argv[1], steps[i].name))
      continue;
    for (guint64 n = g_ascii_strtoull (argv[2], NULL, 10); n > 0; n--)
      steps[i].take ();
    return 0;
  }
  g_printerr ("usage: steps [STEP COUNT]\n");
  return 2;
}
