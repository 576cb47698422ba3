/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * For the tests of what a tunnel changes in the kernel. */
#include "network-fixture.h"
#include "tunnel-file.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TIMEOUT_MS 2000

void
fixture_set_up (Fixture *f, gconstpointer data)
{
  netns_enter ();
  f->state_dir = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL);
  f->uplink = netns_open_tun ("uplink");
  netns_do ("ip addr add 192.0.2.2/24 dev uplink; ip route add default via 192.0.2.1;"
            "ip addr add 2001:db8::2/64 dev uplink nodad; ip route add default via 2001:db8::1;"
            "ip addr add 192.168.7.2/24 dev uplink; ip addr add fd00:77::2/64 dev uplink nodad;"
            "echo 0 | tee /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv4/ip_forward");
  /* The kernel adds the route of a new IPv6 address in its own time. */
  netns_do ("deadline=$(($(date +%%s) + 20));"
            "for address in 2001:db8::2 fd00:77::2; do"
            "  until ip -6 route show table local | grep -q $address; do"
            "    [ $(date +%%s) -lt $deadline ] || { echo \"not within 20 s: the route of $address\" >&2; "
            "exit 1; };"
            "  done;"
            "done");
  f->before = netns_snapshot ();
  f->network = svpn_network_new ("client-test", f->state_dir, NULL);
  f->tun = -1;
}

void
close_tun (Fixture *f)
{
  if (f->tun >= 0)
    close (f->tun);
  f->tun = -1;
}

void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  assert_no_warning ();
  svpn_network_free (f->network);
  close_tun (f);
  close (f->uplink);
  netns_do ("rm -r %s", f->state_dir);
  g_free (f->state_dir);
  g_free (f->before);
}

SvpnPrefix
prefix (const char *text)
{
  SvpnPrefix parsed = { 0 };

  if (text)
    g_assert_true (svpn_prefix_parse (text, &parsed));
  return parsed;
}

void
create_tun (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->tun = svpn_network_create_tun (f->network, &error);
  g_assert_no_error (error);
  g_assert_cmpint (f->tun, >=, 0);
}

const ClientCase split_case = {
  .ipv4 = "10.8.0.2/24",
  .ipv6 = "fd00:8::2/64",
  .peer = PEER,
  .worker_uid = WORKER_UID,
  .routes = { "10.20.0.0/16", "fd00:20::/32" },
};
const ClientCase full_case = {
  .ipv4 = "10.8.0.2/24",
  .ipv6 = "fd00:8::2/64",
  .peer = PEER,
  .worker_uid = WORKER_UID,
  .routes = { "0.0.0.0/0", "::/0", "10.20.0.0/16" },
};

const ClientCase covering_case = {
  .ipv4 = "10.9.0.2/24",
  .peer = PEER,
  .worker_uid = WORKER_UID,
  .routes = { "198.51.100.0/24" },
};

gboolean
try_client (Fixture *f, const ClientCase *c, GError **error)
{
  SvpnPrefix routes[G_N_ELEMENTS (c->routes)];
  SvpnClientNetwork config = { .ipv4 = prefix (c->ipv4),
                               .ipv6 = prefix (c->ipv6),
                               .peer = prefix (c->peer),
                               .mtu = c->mtu ? c->mtu : 1420,
                               .routes = routes,
                               .own_routes = c->own_routes,
                               .local_networks = !c->local_networks_blocked,
                               .worker_uid = c->worker_uid };

  for (; config.n_routes < G_N_ELEMENTS (c->routes) && c->routes[config.n_routes]; config.n_routes++)
    routes[config.n_routes] = prefix (c->routes[config.n_routes]);
  return svpn_network_apply_client (f->network, &config, error);
}

void
apply_client (Fixture *f, const ClientCase *c)
{
  g_autoptr (GError) error = NULL;

  if (f->tun < 0)
    create_tun (f);
  g_assert_true (try_client (f, c, &error));
  g_assert_no_error (error);
}

void
apply_server (Fixture *f, gboolean nat)
{
  g_autoptr (GError) error = NULL;
  SvpnServerNetwork config = { .ipv4 = prefix ("10.8.0.0/24"),
                               .ipv6 = prefix ("fd00:8::/64"),
                               .mtu = 1420,
                               .nat = nat,
                               .local_services = TRUE };

  create_tun (f);
  g_assert_true (svpn_network_apply_server (f->network, &config, &error));
  g_assert_no_error (error);
}

void
fixture_look_again (Fixture *f)
{
  g_free (f->before);
  f->before = netns_snapshot ();
}

void
assert_as_before (Fixture *f)
{
  g_autofree char *after = netns_snapshot ();

  g_assert_cmpstr (after, ==, f->before);
}

void
fixture_assert_no_file (Fixture *f)
{
  g_auto (GStrv) ids = svpn_tunnel_file_list (f->state_dir);

  g_assert_cmpstrv (ids, ((const char *[]){ NULL }));
}

void
assert_sysctl (const char *key, const char *expected)
{
  g_autofree char *value = netns_run ("cat /proc/sys/%s", key);

  g_assert_cmpstr (g_strchomp (value), ==, expected);
}

/* --- Packets --- */

int
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

/* The bytes before each packet of a TUN device: a tunnel's has a virtio_net_hdr there, the uplink nothing. */
static gsize
header_size (int fd)
{
  struct ifreq request = { 0 };

  g_assert_no_errno (ioctl (fd, TUNGETIFF, &request));
  return request.ifr_flags & IFF_VNET_HDR ? sizeof (struct virtio_net_hdr) : 0;
}

/* Reads a packet to @to; others (the kernel's own) are passed over. @from: its source, if not NULL. */
static gboolean
read_packet (int fd, const SvpnPrefix *to, SvpnPrefix *from)
{
  gsize size = to->family == AF_INET6 ? 16 : 4;
  gsize source = to->family == AF_INET6 ? 8 : 12;
  gsize header = header_size (fd);
  guint8 buffer[2048], *packet = buffer + header;

  while (read (fd, buffer, sizeof buffer) > (ssize_t) (header + source + 2 * size)) {
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

const char *
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

static void
write_packet (int fd, const void *packet, gsize size)
{
  gsize header = header_size (fd);
  guint8 buffer[2048] = { 0 };

  memcpy (buffer + header, packet, size);
  g_assert_cmpint (write (fd, buffer, header + size), ==, header + size);
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

void
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

void
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

char *
forwarded_source (Fixture *f, const char *text)
{
  SvpnPrefix to = prefix (text), from;
  struct pollfd fds = { .fd = f->uplink, .events = POLLIN };

  while (poll (&fds, 1, TIMEOUT_MS) > 0)
    if (read_packet (f->uplink, &to, &from))
      return svpn_address_to_string (&from);
  return g_strdup ("lost");
}
