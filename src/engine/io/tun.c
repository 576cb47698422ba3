/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The TUN device. */
#include "tun.h"
#include "gro.h"
#include "vnet.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define BURST_PACKETS_MAX 256  /* before the main loop gets its turn */
#define BURST_BYTES_MAX 262144 /* likewise: half of what the queues hold */

typedef struct {
  struct virtio_net_hdr header; /* nothing is left to do where the kernel writes none */
  uint8_t packet[SVPN_PACKET_SIZE_MAX];
} Buffer;

struct _SvpnTun {
  int fd;
  const SvpnTunEvents *events;
  gpointer user_data;
  GSource *source;
  gboolean has_header; /* the kernel's offload header is before each packet; else packets are whole */
  SvpnGro *gro;        /* NULL: nothing is put together */
  Buffer buffer;
  uint8_t segment[SVPN_PACKET_SIZE_MAX];
};

/* --- reading --- */

static gboolean
report_failure (SvpnTun *tun, int code)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, g_io_error_from_errno (code),
                                          "reading the TUN device: %s", g_strerror (code));

  g_source_destroy (tun->source);
  tun->events->failed (error, tun->user_data);
  return G_SOURCE_REMOVE;
}

/* Bytes of one packet; 0 or less: none, as read(). */
static gssize
read_packet (SvpnTun *tun)
{
  gssize offset = tun->has_header ? 0 : (gssize) sizeof tun->buffer.header;
  gssize n = read (tun->fd, (uint8_t *) &tun->buffer + offset, sizeof tun->buffer - (gsize) offset);

  return n <= 0 ? n : MAX (n + offset - (gssize) sizeof tun->buffer.header, 0);
}

static void
hand_on (SvpnTun *tun, gsize size)
{
  SvpnPacket packet;

  if (svpn_vnet_parse (&tun->buffer.header, tun->buffer.packet, size, &packet) == SVPN_PACKET_OK)
    tun->events->packet (&packet, tun->buffer.packet, tun->user_data);
  else
    tun->events->malformed (tun->user_data);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SvpnTun *tun = user_data;
  gssize n = 0, bytes = 0;

  for (int i = 0; i < BURST_PACKETS_MAX && bytes < BURST_BYTES_MAX; i++) {
    n = read_packet (tun);
    if (n <= 0)
      break;
    hand_on (tun, (gsize) n);
    bytes += n;
  }
  int code = n < 0 ? errno : EIO;
  tun->events->burst_end (tun->user_data);
  if (n > 0 || code == EAGAIN || code == EINTR)
    return G_SOURCE_CONTINUE;
  return report_failure (tun, code);
}

/* --- writing --- */

static void
write_packet (SvpnTun *tun, const struct virtio_net_hdr *header, const uint8_t *data, gsize size)
{
  struct iovec parts[] = {
    { .iov_base = (void *) header, .iov_len = sizeof *header },
    { .iov_base = (void *) data, .iov_len = size },
  };
  gssize n = header != NULL ? writev (tun->fd, parts, 2) : write (tun->fd, data, size);

  if (n < 0)
    g_debug ("writing the TUN device: %s", g_strerror (errno));
}

static void
emit (const SvpnPacket *packet, const uint8_t *data, void *user_data)
{
  struct virtio_net_hdr header;

  svpn_vnet_describe (packet, data, &header);
  write_packet (user_data, &header, data, packet->size);
}

/* What the kernel would have done. */
static void
write_whole (SvpnTun *tun, const SvpnPacket *packet, const uint8_t *data)
{
  guint32 segments = svpn_gso_segments (packet, data);
  SvpnPacket segment;

  for (guint32 i = 0; i < segments; i++) {
    svpn_gso_slice (packet, data, i, 1, TRUE, tun->segment, &segment);
    write_packet (tun, NULL, tun->segment, segment.size);
  }
}

void
svpn_tun_write (SvpnTun *tun, const SvpnPacket *packet, const uint8_t *data)
{
  if (tun->gro != NULL)
    svpn_gro_push (tun->gro, packet, data);
  else if (tun->has_header)
    emit (packet, data, tun);
  else if (packet->checksum_partial)
    write_whole (tun, packet, data);
  else
    write_packet (tun, NULL, data, packet->size);
}

void
svpn_tun_flush (SvpnTun *tun)
{
  if (tun->gro != NULL)
    svpn_gro_flush (tun->gro);
}

/* --- beginning and end --- */

/* Whether the device has the kernel's offload header; then all the offloading that we know is asked for. */
static gboolean
enable_offload (int fd)
{
  struct ifreq request = { 0 };

  if (ioctl (fd, TUNGETIFF, &request) < 0 || !(request.ifr_flags & IFF_VNET_HDR))
    return FALSE;
  if (ioctl (fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) < 0)
    g_debug ("the TUN device does not offload: %s", g_strerror (errno));
  return TRUE;
}

SvpnTun *
svpn_tun_new (int fd, const SvpnTunEvents *events, gpointer user_data)
{
  SvpnTun *tun = g_new0 (SvpnTun, 1);

  tun->fd = fd;
  tun->events = events;
  tun->user_data = user_data;
  tun->has_header = enable_offload (fd);
  tun->gro = tun->has_header ? svpn_gro_new (emit, tun) : NULL;
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  tun->source = g_unix_fd_source_new (fd, G_IO_IN | G_IO_ERR | G_IO_HUP);
  g_source_set_callback (tun->source, G_SOURCE_FUNC (on_readable), tun, NULL);
  g_source_set_can_recurse (tun->source, TRUE); /* see attach_source() in transport.c */
  g_source_attach (tun->source, g_main_context_get_thread_default ());
  return tun;
}

void
svpn_tun_free (SvpnTun *tun)
{
  g_source_destroy (tun->source);
  g_source_unref (tun->source);
  svpn_gro_free (tun->gro);
  close (tun->fd);
  g_free (tun);
}
