/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * For the tests of what a tunnel changes in the kernel: a namespace of its own for each test, with real packets.
 *
 *        +------------------- the namespace -------------------+
 *   fd ==| svpn0   10.8.0.2/24           uplink  192.0.2.2/24  |== fd    default route via 192.0.2.1
 *        |         fd00:8::2/64                  2001:db8::2/64|         and 2001:db8::1
 *        |                                       192.168.7.2/24|         and a private LAN
 *        |                                       fd00:77::2/64 |
 *        +-----------------------------------------------------+
 *
 * Both are TUN devices, and the test reads from their other ends what leaves by them. */
#pragma once

#include "netns.h"
#include "network.h"

#define WORKER_UID 4711
#define USER_UID 1000
#define PROBE_PORT 5353
#define PEER "198.51.100.1"

typedef struct {
  char *state_dir;
  int uplink;
  char *before; /* snapshot */
  SvpnNetwork *network;
  int tun; /* -1: none */
} Fixture;

void fixture_set_up (Fixture *f, gconstpointer data);
void fixture_tear_down (Fixture *f, gconstpointer data); /* no warning must be left */

#define ADD_TEST(path, data, test)                                                                           \
  g_test_add ("/network/" path, Fixture, data, fixture_set_up, test, fixture_tear_down)

/* Takes the snapshot again, after a change that is the test's own. */
void fixture_look_again (Fixture *f);
void assert_as_before (Fixture *f);
void fixture_assert_no_file (Fixture *f); /* of a tunnel in the state directory */
void assert_sysctl (const char *key, const char *expected);

SvpnPrefix prefix (const char *text); /* NULL: family 0 */

void create_tun (Fixture *f);
void close_tun (Fixture *f); /* as when the worker ends */

typedef struct {
  const char *ipv4, *ipv6, *peer;
  const char *routes[4];
  uid_t worker_uid;
  guint mtu; /* 0: 1420 */
  gboolean own_routes, local_networks_blocked;
} ClientCase;

extern const ClientCase split_case, full_case, covering_case;

gboolean try_client (Fixture *f, const ClientCase *c, GError **error);
void apply_client (Fixture *f, const ClientCase *c);
void apply_server (Fixture *f, gboolean nat);

/* A datagram socket of a user. */
int open_socket (int family, uid_t uid);

/* By which device a packet of @uid to @text really leaves: "uplink", "tunnel", or "unreachable". */
const char *way (Fixture *f, uid_t uid, const char *text);
#define assert_way(f, uid, to, expected) g_assert_cmpstr (way (f, uid, to), ==, expected)

/* A UDP packet with one byte of data arrives by @fd; one of an experimental protocol, which needs no checksum. */
void inject_ipv4 (int fd, const char *from, const char *to, uint16_t port);
void inject_ipv6 (int fd, const char *from, const char *to);

/* The source address of the next packet to @text that leaves by the uplink. */
char *forwarded_source (Fixture *f, const char *text);
