/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a tunnel changes in the kernel, in a namespace of its own for each test, with real packets:
 *
 *        +------------------- the namespace -------------------+
 *   fd ==| svpn0   10.8.0.2/24           uplink  192.0.2.2/24  |== fd    default route via 192.0.2.1
 *        |         fd00:8::2/64                  2001:db8::2/64|         and 2001:db8::1
 *        +-----------------------------------------------------+
 *
 * Both are TUN devices, and the test reads from their other ends what leaves by them. */
#include "netns.h"
#include "network.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/fsuid.h>
#include <unistd.h>

#define WORKER_UID 4711
#define USER_UID 1000
#define PROBE_PORT 5353
#define PEER "198.51.100.1"
#define TIMEOUT_MS 2000

typedef struct {
  char *record_dir;
  int uplink;
  char *before; /* snapshot */
  SvpnNetwork *network;
  int tun;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  netns_enter ();
  f->record_dir = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  f->uplink = netns_open_tun ("uplink");
  netns_do ("ip addr add 192.0.2.2/24 dev uplink; ip route add default via 192.0.2.1;"
            "ip addr add 2001:db8::2/64 dev uplink nodad; ip route add default via 2001:db8::1;"
            "echo 0 | tee /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv4/ip_forward");
  f->before = netns_snapshot ();
  f->network = svpn_network_new ("client-test", f->record_dir, NULL);
  f->tun = -1;
}

static void
close_tun (Fixture *f)
{
  if (f->tun >= 0)
    close (f->tun);
  f->tun = -1;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  netns_assert_no_warning ();
  svpn_network_free (f->network);
  close_tun (f);
  close (f->uplink);
  netns_do ("rm -r %s", f->record_dir);
  g_free (f->record_dir);
  g_free (f->before);
}

static SvpnPrefix
prefix (const char *text)
{
  SvpnPrefix parsed = { 0 };

  if (text)
    g_assert_true (svpn_prefix_parse (text, &parsed));
  return parsed;
}

static void
create_tun (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->tun = svpn_network_create_tun (f->network, &error);
  g_assert_no_error (error);
  g_assert_cmpint (f->tun, >=, 0);
}

typedef struct {
  const char *ipv4, *ipv6, *peer;
  const char *routes[4];
  uid_t worker_uid;
} ClientCase;

static const ClientCase split = {
  .ipv4 = "10.8.0.2/24",
  .ipv6 = "fd00:8::2/64",
  .peer = PEER,
  .worker_uid = WORKER_UID,
  .routes = { "10.20.0.0/16", "fd00:20::/32" },
};
static const ClientCase full = {
  .ipv4 = "10.8.0.2/24",
  .ipv6 = "fd00:8::2/64",
  .peer = PEER,
  .worker_uid = WORKER_UID,
  .routes = { "0.0.0.0/0", "::/0", "10.20.0.0/16" },
};

static const ClientCase covering = {
  .ipv4 = "10.9.0.2/24",
  .peer = PEER,
  .worker_uid = WORKER_UID,
  .routes = { "198.51.100.0/24" },
};

static gboolean
try_client (Fixture *f, const ClientCase *c, GError **error)
{
  SvpnPrefix routes[G_N_ELEMENTS (c->routes)];
  SvpnClientNetwork config = { .ipv4 = prefix (c->ipv4),
                               .ipv6 = prefix (c->ipv6),
                               .peer = prefix (c->peer),
                               .mtu = 1420,
                               .routes = routes,
                               .worker_uid = c->worker_uid };

  for (; config.n_routes < G_N_ELEMENTS (c->routes) && c->routes[config.n_routes]; config.n_routes++)
    routes[config.n_routes] = prefix (c->routes[config.n_routes]);
  return svpn_network_apply_client (f->network, &config, error);
}

static void
apply_client (Fixture *f, const ClientCase *c)
{
  g_autoptr (GError) error = NULL;

  if (f->tun < 0)
    create_tun (f);
  g_assert_true (try_client (f, c, &error));
  g_assert_no_error (error);
}

static void
apply_server (Fixture *f, gboolean nat)
{
  g_autoptr (GError) error = NULL;
  SvpnServerNetwork config
      = { .ipv4 = prefix ("10.8.0.0/24"), .ipv6 = prefix ("fd00:8::/64"), .mtu = 1420, .nat = nat };

  create_tun (f);
  g_assert_true (svpn_network_apply_server (f->network, &config, &error));
  g_assert_no_error (error);
}

static void
assert_as_before (Fixture *f)
{
  g_autofree char *after = netns_snapshot ();

  g_assert_cmpstr (after, ==, f->before);
}

static void
assert_sysctl (const char *key, const char *expected)
{
  g_autofree char *value = netns_run ("cat /proc/sys/%s", key);

  g_assert_cmpstr (g_strchomp (value), ==, expected);
}

/* --- Packets --- */

static int
open_socket (int family, uid_t uid)
{
  int fd;

  setfsuid (uid); /* a socket belongs to the user who made it */
  fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  setfsuid (0);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static int
send_probe (int fd, const SvpnPrefix *to)
{
  struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons (PROBE_PORT) };
  struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons (PROBE_PORT) };
  gboolean is_ipv6 = to->family == AF_INET6;

  memcpy (is_ipv6 ? (void *) &ipv6.sin6_addr : (void *) &ipv4.sin_addr, to->bytes, is_ipv6 ? 16 : 4);
  return (int) sendto (fd, "?", 1, 0, is_ipv6 ? (struct sockaddr *) &ipv6 : (struct sockaddr *) &ipv4,
                       is_ipv6 ? sizeof ipv6 : sizeof ipv4);
}

/* Reads a packet to @to; others (the kernel's own) are passed over. @from: its source, if not NULL. */
static gboolean
read_packet (int fd, const SvpnPrefix *to, SvpnPrefix *from)
{
  gsize size = to->family == AF_INET6 ? 16 : 4;
  gsize source = to->family == AF_INET6 ? 8 : 12;
  guint8 packet[2048];

  while (read (fd, packet, sizeof packet) > (ssize_t) (source + 2 * size)) {
    if (packet[0] >> 4 != (to->family == AF_INET6 ? 6 : 4)
        || memcmp (packet + source + size, to->bytes, size) != 0)
      continue;
    if (from) {
      *from = (SvpnPrefix){ .family = to->family, .prefix = (guint) size * 8 };
      memcpy (from->bytes, packet + source, size);
    }
    return TRUE;
  }
  return FALSE;
}

/* By which device a packet of @uid to @text really leaves: "uplink", "tunnel", or "unreachable". */
static const char *
way (Fixture *f, uid_t uid, const char *text)
{
  SvpnPrefix to = prefix (text);
  struct pollfd fds[] = { { .fd = f->uplink, .events = POLLIN }, { .fd = f->tun, .events = POLLIN } };
  int fd = open_socket (to.family, uid);
  int sent = send_probe (fd, &to);
  int code = errno;

  close (fd);
  if (sent < 0) {
    g_assert_true (code == ENETUNREACH || code == EHOSTUNREACH);
    return "unreachable";
  }
  while (poll (fds, f->tun < 0 ? 1 : 2, TIMEOUT_MS) > 0) {
    if (read_packet (f->uplink, &to, NULL))
      return "uplink";
    if (f->tun >= 0 && read_packet (f->tun, &to, NULL))
      return "tunnel";
  }
  return "lost";
}

#define assert_way(f, uid, to, expected) g_assert_cmpstr (way (f, uid, to), ==, expected)

static void
write_packet (int fd, const void *packet, gsize size)
{
  g_assert_cmpint (write (fd, packet, size), ==, size);
}

static uint16_t
checksum (const void *data, gsize size)
{
  const uint16_t *words = data;
  uint32_t sum = 0;

  for (gsize i = 0; i < size / 2; i++)
    sum += words[i];
  sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t) ~(sum + (sum >> 16));
}

/* A UDP packet with one byte of data arrives by @fd. */
static void
inject_ipv4 (int fd, const char *from, const char *to, uint16_t port)
{
  SvpnPrefix source = prefix (from), destination = prefix (to);
  struct {
    struct iphdr ip;
    struct udphdr udp;
    char data[1];
  } __attribute__ ((packed)) packet = {
    .ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .tot_len = htons (sizeof packet) },
    .udp = { .source = htons (PROBE_PORT), .dest = port, .len = htons (sizeof packet.udp + 1) },
  };
  struct iphdr ip;

  memcpy (&packet.ip.saddr, source.bytes, 4);
  memcpy (&packet.ip.daddr, destination.bytes, 4);
  ip = packet.ip;
  packet.ip.check = checksum (&ip, sizeof ip);
  write_packet (fd, &packet, sizeof packet);
}

/* A packet of an experimental protocol, which needs no checksum. */
static void
inject_ipv6 (int fd, const char *from, const char *to)
{
  SvpnPrefix source = prefix (from), destination = prefix (to);
  struct ip6_hdr packet[2] = {
    { .ip6_flow = htonl (6u << 28), .ip6_plen = htons (sizeof packet[1]), .ip6_nxt = 253, .ip6_hlim = 64 }
  };

  memcpy (&packet[0].ip6_src, source.bytes, 16);
  memcpy (&packet[0].ip6_dst, destination.bytes, 16);
  write_packet (fd, packet, sizeof packet);
}

/* The source address of the next packet to @text that leaves by the uplink. */
static char *
forwarded_source (Fixture *f, const char *text)
{
  SvpnPrefix to = prefix (text), from;
  struct pollfd fds = { .fd = f->uplink, .events = POLLIN };

  while (poll (&fds, 1, TIMEOUT_MS) > 0)
    if (read_packet (f->uplink, &to, &from))
      return svpn_address_to_string (&from);
  return g_strdup ("lost");
}

/* --- The device --- */

static void
test_tun (Fixture *f, gconstpointer data)
{
  g_autofree char *addresses = NULL;

  g_assert_null (svpn_network_get_interface (f->network));
  create_tun (f);
  g_assert_cmpstr (svpn_network_get_interface (f->network), ==, "svpn0");
  g_assert_cmpint (fcntl (f->tun, F_GETFL) & O_NONBLOCK, !=, 0);
  g_assert_cmpint (fcntl (f->tun, F_GETFD) & FD_CLOEXEC, !=, 0);
  netns_do ("ip -o link show svpn0 | grep -qv ,UP");
  netns_do ("ip link set svpn0 up");
  addresses = netns_run ("ip -o addr show svpn0");
  g_assert_cmpstr (addresses, ==, ""); /* no link-local one either */
  svpn_network_undo (f->network);
  g_assert_null (svpn_network_get_interface (f->network));
  assert_as_before (f);
}

/* --- Clients --- */

static void
test_split (Fixture *f, gconstpointer data)
{
  g_autofree char *rules = netns_run ("ip rule; ip -6 rule");
  g_autofree char *rules_after = NULL;
  g_autofree char *link = NULL;

  apply_client (f, &split);
  assert_way (f, USER_UID, "10.20.1.1", "tunnel");
  assert_way (f, USER_UID, "10.8.0.1", "tunnel");
  assert_way (f, USER_UID, "fd00:20::1", "tunnel");
  assert_way (f, USER_UID, "fd00:8::1", "tunnel");
  assert_way (f, USER_UID, "203.0.113.1", "uplink");
  assert_way (f, USER_UID, "2001:db8:ffff::1", "uplink");
  assert_way (f, WORKER_UID, PEER, "uplink");
  rules_after = netns_run ("ip rule; ip -6 rule");
  g_assert_cmpstr (rules_after, ==, rules);
  link = netns_run ("ip -o link show svpn0");
  g_assert_nonnull (strstr (link, "mtu 1420"));
  g_assert_nonnull (strstr (link, "qlen 500"));
}

static void
test_full (Fixture *f, gconstpointer data)
{
  apply_client (f, &full);
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  assert_way (f, 0, "203.0.113.1", "tunnel");
  assert_way (f, USER_UID, PEER, "tunnel");
  assert_way (f, USER_UID, "10.20.1.1", "tunnel");
  assert_way (f, USER_UID, "10.8.0.1", "tunnel");
  assert_way (f, USER_UID, "2001:db8:ffff::1", "tunnel");
  assert_way (f, USER_UID, "192.0.2.77", "uplink");
  assert_way (f, USER_UID, "2001:db8::77", "uplink");
  assert_way (f, WORKER_UID, PEER, "uplink");
  assert_way (f, WORKER_UID, "203.0.113.1", "uplink");
  assert_way (f, WORKER_UID, "2001:db8:ffff::1", "uplink");
}

static void
test_full_over_ipv6 (Fixture *f, gconstpointer data)
{
  ClientCase c = full;

  c.peer = "2001:db8:ffff::9";
  apply_client (f, &c);
  assert_way (f, WORKER_UID, "2001:db8:ffff::9", "uplink");
  assert_way (f, USER_UID, "2001:db8:ffff::9", "tunnel");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
}

/* Without its uplink the worker must not try through its own tunnel. */
static void
test_full_without_uplink (Fixture *f, gconstpointer data)
{
  apply_client (f, &full);
  netns_do ("ip route del default via 192.0.2.1; ip route del default via 2001:db8::1");
  assert_way (f, WORKER_UID, PEER, "unreachable");
  assert_way (f, WORKER_UID, "2001:db8:ffff::1", "unreachable");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  netns_do ("ip route add default via 192.0.2.3");
  assert_way (f, WORKER_UID, PEER, "uplink");
}

static void
test_full_worker_is_root (Fixture *f, gconstpointer data)
{
  ClientCase c = full;

  c.worker_uid = 0;
  apply_client (f, &c);
  assert_way (f, 0, PEER, "uplink");
  assert_way (f, 0, "203.0.113.1", "tunnel");
  assert_way (f, 0, "2001:db8:ffff::1", "tunnel");
  assert_way (f, 0, "192.0.2.77", "uplink");
}

/* A tunnel without an IPv6 address carries no IPv6, but neither does IPv6 go around it. */
static void
test_full_without_ipv6_address (Fixture *f, gconstpointer data)
{
  ClientCase c = full;

  c.ipv6 = NULL;
  apply_client (f, &c);
  assert_way (f, USER_UID, "2001:db8:ffff::1", "unreachable");
  assert_way (f, USER_UID, "2001:db8::77", "uplink");
  assert_way (f, WORKER_UID, "2001:db8:ffff::1", "uplink");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* A route that contains the peer, or the network of the tunnel's address doing so, is no loop either. */
static void
test_covering (Fixture *f, gconstpointer data)
{
  static const ClientCase cases[] = {
    { "10.8.0.2/24", NULL, PEER, { "198.51.100.0/24", "10.20.0.0/16" }, WORKER_UID },
    { "198.51.100.2/24", NULL, PEER, { "10.20.0.0/16" }, WORKER_UID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    apply_client (f, &cases[i]);
    assert_way (f, WORKER_UID, PEER, "uplink");
    assert_way (f, USER_UID, PEER, "tunnel");
    assert_way (f, USER_UID, "198.51.100.77", "tunnel");
    assert_way (f, USER_UID, "10.20.1.1", "tunnel");
    assert_way (f, USER_UID, "203.0.113.1", "uplink");
    svpn_network_undo (f->network);
    close_tun (f);
    assert_as_before (f);
  }
}

/* A peer in the LAN needs no default route. */
static void
test_full_peer_in_lan (Fixture *f, gconstpointer data)
{
  ClientCase c = full;

  c.peer = "192.0.2.9";
  apply_client (f, &c);
  assert_way (f, WORKER_UID, "192.0.2.9", "uplink");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
}

/* Whether a packet of the peer that comes in by the uplink gets to the worker. */
static gboolean
worker_hears_peer (Fixture *f)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  int fd = open_socket (AF_INET, WORKER_UID);
  struct pollfd fds = { .fd = fd, .events = POLLIN };
  gboolean heard;

  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, size));
  g_assert_no_errno (getsockname (fd, (struct sockaddr *) &address, &size));
  inject_ipv4 (f->uplink, PEER, "192.0.2.2", address.sin_port);
  heard = poll (&fds, 1, 0) == 1; /* a TUN device delivers within write() */
  close (fd);
  return heard;
}

/* @data: the interface whose rp_filter is strict */
static void
test_strict_rp_filter (Fixture *f, gconstpointer data)
{
  netns_do ("echo 1 > /proc/sys/net/ipv4/conf/%s/rp_filter", (const char *) data);
  g_free (f->before);
  f->before = netns_snapshot ();
  g_assert_true (worker_hears_peer (f));
  apply_client (f, &full);
  assert_sysctl ("net/ipv4/conf/uplink/rp_filter", "2");
  g_assert_true (worker_hears_peer (f));
  netns_do ("echo %d > /proc/sys/net/ipv4/conf/uplink/rp_filter", strcmp (data, "all") == 0 ? 0 : 1);
  g_assert_false (worker_hears_peer (f)); /* so it was that */
  netns_do ("echo 2 > /proc/sys/net/ipv4/conf/uplink/rp_filter");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* The uplink stays loose until the last full tunnel is gone. */
static void
test_two_strict_rp_filter (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnNetwork) first = f->network;
  int first_tun;

  netns_do ("echo 1 > /proc/sys/net/ipv4/conf/uplink/rp_filter");
  g_free (f->before);
  f->before = netns_snapshot ();
  apply_client (f, &full);
  first_tun = f->tun;
  f->network = svpn_network_new ("client-other", f->record_dir, NULL);
  f->tun = -1;
  apply_client (f, &covering);
  svpn_network_undo (first);
  close (first_tun);
  assert_sysctl ("net/ipv4/conf/uplink/rp_filter", "2");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

static void
test_ipv6_disabled (Fixture *f, gconstpointer data)
{
  netns_do ("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6");
  g_free (f->before);
  f->before = netns_snapshot ();
  apply_client (f, &full);
  netns_assert_warning ("IPv6 is disabled");
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  assert_way (f, WORKER_UID, PEER, "uplink");
  svpn_network_undo (f->network);
  close_tun (f);
  assert_as_before (f);
  apply_server (f, TRUE);
  netns_assert_warning ("IPv6 is disabled");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

/* Applying again replaces what was there. */
static void
test_apply_again (Fixture *f, gconstpointer data)
{
  ClientCase c = split;
  g_autofree char *addresses = NULL;

  apply_client (f, &full);
  c.ipv4 = "10.9.0.7/24";
  apply_client (f, &c);
  addresses = netns_run ("ip -o -4 addr show svpn0");
  g_assert_nonnull (strstr (addresses, "10.9.0.7/24"));
  g_assert_null (strstr (addresses, "10.8.0.2"));
  assert_way (f, USER_UID, "10.9.0.1", "tunnel");
  assert_way (f, USER_UID, "10.8.0.1", "uplink");
  assert_way (f, USER_UID, "203.0.113.1", "uplink");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

static void
test_two_clients (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnNetwork) first = f->network;
  int first_tun;
  ClientCase c = split;

  apply_client (f, &full);
  first_tun = f->tun;
  f->network = svpn_network_new ("client-other", f->record_dir, NULL);
  f->tun = -1;
  c.ipv4 = "10.9.0.2/24";
  c.ipv6 = NULL;
  c.routes[0] = "10.30.0.0/16";
  c.routes[1] = NULL;
  apply_client (f, &c);
  g_assert_cmpstr (svpn_network_get_interface (f->network), ==, "svpn1");
  assert_way (f, USER_UID, "10.30.1.1", "tunnel");
  svpn_network_undo (f->network);
  close (f->tun);
  f->tun = first_tun;
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  svpn_network_undo (first);
  assert_as_before (f);
}

static void
test_error_rolls_back (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) records = NULL;

  netns_do ("ip route add 10.20.0.0/16 dev uplink");
  g_free (f->before);
  f->before = netns_snapshot ();
  create_tun (f);
  g_assert_false (try_client (f, &full, &error));
  g_assert_cmpstr (error->message, ==, "adding route 10.20.0.0/16 through svpn0: File exists");
  g_assert_null (svpn_network_get_interface (f->network));
  records = svpn_network_list_records (f->record_dir);
  g_assert_cmpuint (g_strv_length (records), ==, 0);
  assert_as_before (f);
}

/* --- Servers --- */

static void
test_server (Fixture *f, gconstpointer data)
{
  gboolean nat = GPOINTER_TO_INT (data);
  g_autofree char *ipv4 = NULL;
  g_autofree char *ipv6 = NULL;
  g_autofree char *rules = NULL;

  apply_server (f, nat);
  netns_do ("ip -o addr show svpn0 | grep -q '10.8.0.1/24'; ip -o addr show svpn0 | grep -q 'fd00:8::1/64'");
  assert_sysctl ("net/ipv4/ip_forward", "1");
  assert_sysctl ("net/ipv6/conf/all/forwarding", "1");
  assert_sysctl ("net/ipv6/conf/uplink/accept_ra", "2");
  assert_way (f, USER_UID, "10.8.0.9", "tunnel");
  inject_ipv4 (f->tun, "10.8.0.2", "203.0.113.1", htons (PROBE_PORT));
  ipv4 = forwarded_source (f, "203.0.113.1");
  g_assert_cmpstr (ipv4, ==, nat ? "192.0.2.2" : "10.8.0.2");
  inject_ipv6 (f->tun, "fd00:8::2", "2001:db8:ffff::1");
  ipv6 = forwarded_source (f, "2001:db8:ffff::1");
  g_assert_cmpstr (ipv6, ==, nat ? "2001:db8::2" : "fd00:8::2");
  rules = netns_run ("nft list tables");
  g_assert_cmpstr (rules, ==, nat ? "table inet smartvpn_client_test\n" : "");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

static void
test_two_servers (Fixture *f, gconstpointer data)
{
  g_autoptr (SvpnNetwork) other = svpn_network_new ("server-other", f->record_dir, NULL);
  g_autoptr (GError) error = NULL;
  SvpnServerNetwork config
      = { .ipv4 = prefix ("10.9.0.0/24"), .ipv6 = prefix ("fd00:9::/64"), .mtu = 1420, .nat = TRUE };
  int tun = svpn_network_create_tun (other, &error);

  g_assert_no_error (error);
  apply_server (f, FALSE);
  g_assert_true (svpn_network_apply_server (other, &config, &error));
  svpn_network_undo (f->network);
  assert_sysctl ("net/ipv4/ip_forward", "1");
  assert_sysctl ("net/ipv6/conf/all/forwarding", "1");
  assert_sysctl ("net/ipv6/conf/uplink/accept_ra", "2");
  svpn_network_undo (other);
  assert_as_before (f);
  close (tun);
}

static void
test_foreign_sysctls (Fixture *f, gconstpointer data)
{
  netns_do ("echo 1 > /proc/sys/net/ipv4/ip_forward");
  apply_server (f, TRUE);
  svpn_network_undo (f->network);
  close_tun (f);
  assert_sysctl ("net/ipv4/ip_forward", "1"); /* was so before us */
  assert_sysctl ("net/ipv6/conf/all/forwarding", "0");

  netns_do ("echo 0 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv6/conf/uplink/accept_ra");
  apply_server (f, TRUE);
  assert_sysctl ("net/ipv6/conf/uplink/accept_ra", "0"); /* somebody does it in user space */
  netns_do ("echo 1 > /proc/sys/net/ipv6/conf/uplink/accept_ra");
  svpn_network_undo (f->network);
  assert_sysctl ("net/ipv4/ip_forward", "0");
  assert_sysctl ("net/ipv6/conf/uplink/accept_ra", "1"); /* changed by another since */
}

/* --- Undoing --- */

static void
test_undo (Fixture *f, gconstpointer data)
{
  svpn_network_undo (f->network); /* nothing */
  apply_client (f, &full);
  svpn_network_undo (f->network);
  assert_as_before (f);
  svpn_network_undo (f->network);
  assert_as_before (f);
  close_tun (f);
  apply_client (f, &full); /* the same object again */
  assert_way (f, USER_UID, "203.0.113.1", "tunnel");
  svpn_network_undo (f->network);
  assert_as_before (f);
}

typedef enum {
  KILLED_CLIENT = 1 << 0, /* else a server */
  TUN_CLOSED = 1 << 1,    /* the worker has ended too */
  ADOPTED = 1 << 2,
} Killed;

/* As after kill -9 of smartvpnd: another object undoes what the record says. */
static void
test_undo_after_kill (Fixture *f, gconstpointer data)
{
  Killed killed = (Killed) GPOINTER_TO_INT (data);
  g_auto (GStrv) records = NULL;
  g_auto (GStrv) records_after = NULL;

  netns_do ("echo 1 > /proc/sys/net/ipv4/conf/uplink/rp_filter");
  g_free (f->before);
  f->before = netns_snapshot ();
  if (killed & KILLED_CLIENT)
    apply_client (f, &full);
  else
    apply_server (f, TRUE);
  svpn_network_free (f->network);
  if (killed & TUN_CLOSED)
    close_tun (f);

  records = svpn_network_list_records (f->record_dir);
  g_assert_cmpuint (g_strv_length (records), ==, 1);
  g_assert_cmpstr (records[0], ==, "client-test");
  f->network = svpn_network_new (records[0], f->record_dir, NULL);
  if (killed & ADOPTED) {
    g_assert_true (svpn_network_adopt (f->network));
    g_assert_cmpstr (svpn_network_get_interface (f->network), ==, "svpn0");
  }
  svpn_network_undo (f->network);
  assert_as_before (f);
  records_after = svpn_network_list_records (f->record_dir);
  g_assert_cmpuint (g_strv_length (records_after), ==, 0);
  g_assert_false (svpn_network_adopt (f->network));
}

/* Devices that have got our name or our index since are not ours, nor is what others added. */
static void
test_undo_spares_others (Fixture *f, gconstpointer data)
{
  g_autofree char *index = NULL;
  int other;

  apply_client (f, &full);
  index = netns_run ("ip -o link show svpn0 | cut -d: -f1");
  close_tun (f);
  netns_do ("ip link add lan index %s type veth peer name lan2", g_strchomp (index));
  other = netns_open_tun ("svpn0");
  netns_do ("ip addr add 10.77.0.1/24 dev svpn0; ip addr add 10.79.0.1/24 dev lan;"
            "ip rule add pref 20000 lookup 99; ip route add 10.78.0.0/16 dev svpn0");
  svpn_network_undo (f->network);
  netns_do ("ip -o addr show svpn0 | grep -q 10.77.0.1; ip -o addr show lan | grep -q 10.79.0.1;"
            "ip rule | grep -q 'lookup 99'; ip route | grep -q 10.78.0.0");
  close (other);
  netns_do ("ip rule del pref 20000; ip link del lan");
  assert_as_before (f);
}

static void
test_record_of_earlier_boot (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) records = NULL;

  apply_client (f, &full);
  svpn_network_free (f->network);
  netns_do ("sed -i 's/\"boot-id\" *: *\"[0-9a-f]*/\"boot-id\":\"0/' %s/client-test.json", f->record_dir);
  f->network = svpn_network_new ("client-test", f->record_dir, NULL);
  g_assert_false (svpn_network_adopt (f->network));
  svpn_network_undo (f->network);
  netns_do ("ip link show svpn0");
  records = svpn_network_list_records (f->record_dir);
  g_assert_cmpuint (g_strv_length (records), ==, 0);
}

static void
test_broken_record (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->record_dir, "client-test.json", NULL);

  g_assert_true (g_file_set_contents (path, "{ \"interface\": ", -1, NULL));
  g_assert_false (svpn_network_adopt (f->network));
  netns_assert_warning ("client-test.json is broken");
  g_assert_true (g_file_set_contents (path, "[]", -1, NULL));
  svpn_network_undo (f->network);
  netns_assert_warning ("client-test.json is broken");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_records (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) none = svpn_network_list_records ("/nonexistent");
  g_auto (GStrv) records = NULL;
  g_autofree char *mode = NULL;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  apply_server (f, TRUE);
  records = svpn_network_list_records (f->record_dir); /* the record of the settings is none of a tunnel */
  g_assert_cmpuint (g_strv_length (records), ==, 1);
  mode = netns_run ("stat -c %%a %s/client-test.json", f->record_dir);
  g_assert_cmpstr (mode, ==, "600\n");
  svpn_network_undo (f->network);
}

#define ADD(path, data, test) g_test_add ("/network/" path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  netns_test_init (&argc, &argv);
  ADD ("tun", NULL, test_tun);
  ADD ("client/split", NULL, test_split);
  ADD ("client/full", NULL, test_full);
  ADD ("client/full/over-ipv6", NULL, test_full_over_ipv6);
  ADD ("client/full/without-uplink", NULL, test_full_without_uplink);
  ADD ("client/full/worker-is-root", NULL, test_full_worker_is_root);
  ADD ("client/full/without-ipv6-address", NULL, test_full_without_ipv6_address);
  ADD ("client/full/peer-in-lan", NULL, test_full_peer_in_lan);
  ADD ("client/covering", NULL, test_covering);
  ADD ("client/strict-rp-filter/uplink", "uplink", test_strict_rp_filter);
  ADD ("client/strict-rp-filter/all", "all", test_strict_rp_filter);
  ADD ("client/strict-rp-filter/two", NULL, test_two_strict_rp_filter);
  ADD ("client/apply-again", NULL, test_apply_again);
  ADD ("client/two", NULL, test_two_clients);
  ADD ("client/error-rolls-back", NULL, test_error_rolls_back);
  ADD ("server/nat", GINT_TO_POINTER (TRUE), test_server);
  ADD ("server/no-nat", GINT_TO_POINTER (FALSE), test_server);
  ADD ("server/two", NULL, test_two_servers);
  ADD ("server/foreign-sysctls", NULL, test_foreign_sysctls);
  ADD ("ipv6-disabled", NULL, test_ipv6_disabled);
  ADD ("undo", NULL, test_undo);
  ADD ("undo/client", GINT_TO_POINTER (KILLED_CLIENT), test_undo_after_kill);
  ADD ("undo/client/adopted", GINT_TO_POINTER (KILLED_CLIENT | ADOPTED), test_undo_after_kill);
  ADD ("undo/client/tun-closed", GINT_TO_POINTER (KILLED_CLIENT | TUN_CLOSED), test_undo_after_kill);
  ADD ("undo/server", GINT_TO_POINTER (0), test_undo_after_kill);
  ADD ("undo/server/tun-closed", GINT_TO_POINTER (TUN_CLOSED), test_undo_after_kill);
  ADD ("undo/spares-others", NULL, test_undo_spares_others);
  ADD ("record/earlier-boot", NULL, test_record_of_earlier_boot);
  ADD ("record/broken", NULL, test_broken_record);
  ADD ("record/list", NULL, test_records);
  return g_test_run ();
}
