/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The one table of what a session counts: a counter that is added here is counted, summed up, sent to smartvpnd, checked
 * there and shown on D-Bus (type t). */
#pragma once

/* name in C, name on D-Bus */
#define SVPN_COUNTERS(X)                                                                                     \
  X (bytes_sent, "bytes-sent")                                                                               \
  X (bytes_received, "bytes-received")                                                                       \
  X (packets_sent, "packets-sent")                                                                           \
  X (packets_received, "packets-received")                                                                   \
  X (frames_sent, "frames-sent")                                                                             \
  X (frames_received, "frames-received")                                                                     \
  X (wire_bytes_sent, "wire-bytes-sent")                                                                     \
  X (wire_bytes_received, "wire-bytes-received")                                                             \
  X (drops_queue_full, "drops-queue-full") /* our queues to the peer were full: the sum of the next three */ \
  X (drops_qos_high, "drops-qos-high")                                                                       \
  X (drops_qos_normal, "drops-qos-normal")                                                                   \
  X (drops_qos_low, "drops-qos-low")                                                                         \
  X (drops_rate_limit, "drops-rate-limit") /* came faster than the client's limit allows */                  \
  X (drops_malformed, "drops-malformed")   /* no IP packet */                                                \
  X (drops_spoofed, "drops-spoofed")       /* source is not an address of the client */                      \
  X (drops_no_route, "drops-no-route")     /* no client has the destination */                               \
  X (drops_too_big, "drops-too-big")       /* over the MTU; answered by ICMP */                              \
  X (rekeys, "rekeys")

/* Only in a server's sum. */
#define SVPN_SERVER_COUNTERS(X)                                                                              \
  X (drops_client_to_client, "drops-client-to-client") /* clients may not reach each other */
