/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Segmentation offload against the kernel's own. Super-packets that go to one TUN device are forwarded by the kernel to
 * another, which either has the kernel cut them, or gets them as they are:
 *
 *     SvpnTun -> in (offloads) -> the kernel's forwarding -> out (the kernel cuts), super (offloads)
 *
 * Needs root, for a network namespace. */
#include "tun.h"
#include "vnet.h"

#include "../core/tcp-packet.h"
#include "../daemon/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WAIT_S 10

typedef struct {
  SvpnTun *in;
  int out;
  guint packets, malformed, bursts; /* from in */
} Fixture;

static int
open_tun (const char *name, short flags)
{
  struct ifreq request = { .ifr_flags = (short) (IFF_TUN | IFF_NO_PI | flags) };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  g_assert_no_errno (fd);
  g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
  g_assert_no_errno (ioctl (fd, TUNSETIFF, &request));
  netns_do ("ip link set %s addrgenmode none; ip link set %s up", name, name);
  return fd;
}

static void
on_packet (const SvpnPacket *packet, uint8_t *data, gpointer user_data)
{
  ((Fixture *) user_data)->packets++;
}

static void
on_malformed (gpointer user_data)
{
  ((Fixture *) user_data)->malformed++;
}

static void
on_burst_end (gpointer user_data)
{
  ((Fixture *) user_data)->bursts++;
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_error ("%s", error->message);
}

static const SvpnTunEvents events = {
  .packet = on_packet,
  .malformed = on_malformed,
  .burst_end = on_burst_end,
  .failed = on_failed,
};

/* The devices, and the way through the kernel from in to out; @in_flags and @out_flags: with IFF_VNET_HDR or without. */
static void
set_up (Fixture *f, short in_flags, short out_flags)
{
  *f = (Fixture){ 0 };
  netns_enter ();
  netns_do ("cd /proc/sys/net; echo 1 >ipv4/ip_forward; echo 1 >ipv6/conf/all/forwarding;"
            "echo 0 >ipv4/conf/all/rp_filter; echo 0 >ipv4/conf/default/rp_filter");
  f->in = svpn_tun_new (open_tun ("in", in_flags), &events, f);
  f->out = open_tun ("out", out_flags);
  netns_do ("ip route add 10.8.0.0/24 dev in; ip route add 10.8.0.1 dev out;"
            "ip -6 route add fd00::/64 dev in; ip -6 route add fd00::1 dev out");
}

static void
tear_down (Fixture *f)
{
  svpn_tun_free (f->in);
  close (f->out);
}

/* Not what the kernel itself has to say on a new device: multicast listener reports, behind a hop-by-hop header. */
static gboolean
is_forwarded (const guint8 *data)
{
  return data[0] >> 4 == 4 || data[6] != 0;
}

/* The next packet that comes out, @offset bytes into what is read. */
static gsize
read_out (Fixture *f, guint8 *out, gsize max, gsize offset)
{
  gint64 start = g_get_monotonic_time ();
  ssize_t n;

  while ((n = read (f->out, out, max)) < 0 || !is_forwarded (out + offset)) {
    g_assert_true (n >= 0 || errno == EAGAIN);
    if (g_get_monotonic_time () - start > WAIT_S * G_USEC_PER_SEC)
      g_error ("no packet comes out of the kernel");
  }
  return (gsize) n;
}

/* What forwarding changes: the hop limit, and for IPv4 its checksum. */
static void
pass_hop (guint8 *data)
{
  if (data[0] >> 4 == 6) {
    data[7]--;
    return;
  }
  data[8]--;
  put_u16 (data + 10, 0);
  put_u16 (data + 10, ~rfc1071_fold (data, 20, 0));
}

static const TcpPacket supers[] = {
  { 4, 13680, 1, SVPN_TCP_ACK, 12, 1368 },
  { 4, 13000, 0xffffff00, SVPN_TCP_ACK | SVPN_TCP_PSH | SVPN_TCP_FIN, 12, 1368 },
  { 4, 2001, 7, SVPN_TCP_ACK | SVPN_TCP_CWR | SVPN_TCP_ECE, 0, 1000 },
  { 4, 65000, 7, SVPN_TCP_ACK, 0, 1400 },
  { 6, 13480, 1, SVPN_TCP_ACK, 12, 1348 },
  { 6, 13000, 0xffffff00, SVPN_TCP_ACK | SVPN_TCP_PSH | SVPN_TCP_FIN, 40, 1300 },
  { 6, 2001, 7, SVPN_TCP_ACK | SVPN_TCP_CWR | SVPN_TCP_ECE, 0, 1000 },
  { 6, 999, 7, SVPN_TCP_ACK | SVPN_TCP_PSH, 12, 0 },
};

/* The kernel cuts what it was described into the same packets as we do. */
static void
test_cut_as_kernel (void)
{
  Fixture f;

  set_up (&f, IFF_VNET_HDR, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (supers); i++) {
    g_autofree BuiltPacket *super = tcp_packet_new (&supers[i]), *ours = g_new (BuiltPacket, 1);
    guint8 kernels[2000];

    svpn_tun_write (f.in, &super->packet, super->data);
    svpn_tun_flush (f.in);
    for (guint n = 0; n < svpn_gso_segments (&super->packet, super->data); n++) {
      gsize size = read_out (&f, kernels, sizeof kernels, 0);

      svpn_gso_slice (&super->packet, super->data, n, 1, TRUE, ours->data, &ours->packet);
      pass_hop (ours->data);
      g_assert_cmpmem (ours->data, ours->packet.size, kernels, size);
    }
  }
  tear_down (&f);
}

/* A packet whose checksum is left is completed by the kernel as by us: of UDP, too. */
static void
test_complete_as_kernel (void)
{
  guint8 data[] = "\x45\0\0\x25\0\1\x40\0\x40\x11\0\0\x0a\x08\0\x02\x0a\x08\0\x01"
                  "\xca\xfe\0\x35\0\x11\0\0ninebytes",
         kernels[100];
  SvpnPacket packet;
  Fixture f;

  put_u16 (data + 10, ~rfc1071_fold (data, 20, 0));
  put_u16 (data + 26, rfc1071_fold (data + 12, 8, 17 + 17)); /* of the pseudo-header */
  g_assert_cmpint (svpn_packet_parse (data, 37, &packet), ==, SVPN_PACKET_OK);
  g_assert_true (svpn_gso_set (&packet, data, 0));
  set_up (&f, IFF_VNET_HDR, 0);
  svpn_tun_write (f.in, &packet, data);
  svpn_tun_flush (f.in);
  gsize size = read_out (&f, kernels, sizeof kernels, 0);

  svpn_gso_complete (&packet, data);
  pass_hop (data);
  g_assert_cmpmem (data, packet.size, kernels, size);
  tear_down (&f);
}

/* What the kernel hands over, described by itself, is described by us in the same words. */
static void
test_describe_as_kernel (void)
{
  Fixture f;

  set_up (&f, IFF_VNET_HDR, IFF_VNET_HDR);
  g_assert_no_errno (ioctl (f.out, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN));
  for (gsize i = 0; i < G_N_ELEMENTS (supers); i++) {
    g_autofree BuiltPacket *super = tcp_packet_new (&supers[i]);
    g_autofree guint8 *kernels = g_malloc (70000);
    struct virtio_net_hdr header, ours;
    SvpnPacket packet;

    svpn_tun_write (f.in, &super->packet, super->data);
    svpn_tun_flush (f.in);
    gsize size = read_out (&f, kernels, 70000, sizeof (struct virtio_net_hdr));
    memcpy (&header, kernels, sizeof header);
    guint8 *data = kernels + sizeof header;

    g_assert_cmpint (svpn_vnet_parse (&header, data, size - sizeof header, &packet), ==, SVPN_PACKET_OK);
    g_assert_cmpuint (packet.segment_size, ==, super->packet.segment_size);
    svpn_vnet_describe (&packet, data, &ours);
    g_assert_cmpuint (header.hdr_len, >=,
                      ours.hdr_len); /* the kernel's is how much lies in its first buffer */
    header.hdr_len = ours.hdr_len;
    header.flags &= VIRTIO_NET_HDR_F_NEEDS_CSUM;
    g_assert_cmpmem (&ours, sizeof ours, &header, sizeof header);
    pass_hop (super->data);
    g_assert_cmpmem (data, packet.size, super->data, super->packet.size);
  }
  tear_down (&f);
}

/* A device without the kernel's offload header, as an older smartvpnd makes it, gets whole packets. */
static void
test_plain_device (void)
{
  Fixture f;

  set_up (&f, 0, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (supers); i++) {
    g_autofree BuiltPacket *super = tcp_packet_new (&supers[i]), *ours = g_new (BuiltPacket, 1);
    guint8 kernels[2000];

    svpn_tun_write (f.in, &super->packet, super->data);
    for (guint n = 0; n < svpn_gso_segments (&super->packet, super->data); n++) {
      gsize size = read_out (&f, kernels, sizeof kernels, 0);

      svpn_gso_slice (&super->packet, super->data, n, 1, TRUE, ours->data, &ours->packet);
      pass_hop (ours->data);
      g_assert_cmpmem (ours->data, ours->packet.size, kernels, size);
    }
  }
  tear_down (&f);
}

/* Segments go in as one and come out as they were. */
static void
test_put_together (void)
{
  g_autofree BuiltPacket *super = tcp_packet_new (&supers[0]), *cut = g_new (BuiltPacket, 1);
  guint segments = svpn_gso_segments (&super->packet, super->data);
  g_autofree guint8 *kernels = g_malloc (70000);
  Fixture f;

  set_up (&f, IFF_VNET_HDR, IFF_VNET_HDR);
  g_assert_no_errno (ioctl (f.out, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4));
  for (guint n = 0; n < segments; n++) {
    svpn_gso_slice (&super->packet, super->data, n, 1, TRUE, cut->data, &cut->packet);
    svpn_tun_write (f.in, &cut->packet, cut->data);
  }
  svpn_tun_flush (f.in);
  gsize size = read_out (&f, kernels, 70000, sizeof (struct virtio_net_hdr));

  pass_hop (super->data);
  g_assert_cmpmem (kernels + sizeof (struct virtio_net_hdr), size - sizeof (struct virtio_net_hdr),
                   super->data, super->packet.size);
  tear_down (&f);
}

/* Packets that the kernel sends are read, from either kind of device. */
static void
test_read (gconstpointer flags)
{
  gint64 start = g_get_monotonic_time ();
  Fixture f;

  set_up (&f, (short) GPOINTER_TO_INT (flags), 0);
  netns_do ("ip address add 10.9.0.1/24 dev in");
  netns_do ("for i in 1 2 3; do echo hello | timeout 1 bash -c 'cat >/dev/udp/10.9.0.2/9'; done");
  while (f.packets < 3) {
    g_main_context_iteration (NULL, FALSE);
    g_assert_cmpint (g_get_monotonic_time () - start, <, WAIT_S * G_USEC_PER_SEC);
  }
  g_assert_cmpuint (f.malformed, ==, 0);
  g_assert_cmpuint (f.bursts, >=, 1);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  netns_test_init (&argc, &argv);
  g_test_add_func ("/tun/cut-as-kernel", test_cut_as_kernel);
  g_test_add_func ("/tun/complete-as-kernel", test_complete_as_kernel);
  g_test_add_func ("/tun/describe-as-kernel", test_describe_as_kernel);
  g_test_add_func ("/tun/plain-device", test_plain_device);
  g_test_add_func ("/tun/put-together", test_put_together);
  g_test_add_data_func ("/tun/read/offload", GINT_TO_POINTER (IFF_VNET_HDR), test_read);
  g_test_add_data_func ("/tun/read/plain", GINT_TO_POINTER (0), test_read);
  return g_test_run ();
}
