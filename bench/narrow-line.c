/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A line with a rate, a delay and a drop-tail buffer, between two TAP devices that it makes:
 *
 *   narrow-line TAP TAP MBIT DELAY_MS BUFFER_MS      says "ready" when both are there
 *
 * How it works: a frame that comes from one device is due at the other when the line has carried all before it, and it, and
 * after the delay. Frames come without offloading, as they would be on a wire. Stands in for tc-netem, which not every kernel
 * has; with real-time priority, so that the line keeps its rate on a busy machine. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 16384
#define FRAME_MAX 1600
#define SECOND_NS 1000000000LL
#define FRAMES_A_TURN 32

typedef struct {
  int64_t due_ns;
  size_t size;
  uint8_t data[FRAME_MAX];
} Frame;

typedef struct {
  int from, to;
  Frame *frames; /* a ring of SLOTS */
  unsigned int first, end;
  int64_t busy_until_ns;
} Direction;

static double ns_per_byte;
static int64_t delay_ns, buffer_ns;

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void
die (const char *what)
{
  fprintf (stderr, "narrow-line: %s: %s\n", what, strerror (errno));
  exit (1);
}

static int
make_tap (const char *name)
{
  struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK);

  snprintf (request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0)
    die (name);
  return fd;
}

/* Takes one frame in; 0: none is there. */
static int
take (Direction *direction)
{
  Frame *frame = &direction->frames[direction->end % SLOTS];
  ssize_t size = read (direction->from, frame->data, FRAME_MAX);
  int64_t now = now_ns ();

  if (size <= 0)
    return 0;
  if (direction->busy_until_ns < now)
    direction->busy_until_ns = now;
  if (direction->busy_until_ns - now > buffer_ns || direction->end - direction->first == SLOTS - 1)
    return 1; /* dropped */
  direction->busy_until_ns += (int64_t) ((double) size * ns_per_byte);
  frame->size = (size_t) size;
  frame->due_ns = direction->busy_until_ns + delay_ns;
  direction->end++;
  return 1;
}

/* Delivers what is due; returns when the next is, INT64_MAX: there is none. */
static int64_t
deliver (Direction *direction)
{
  for (; direction->first != direction->end; direction->first++) {
    Frame *frame = &direction->frames[direction->first % SLOTS];

    if (frame->due_ns > now_ns ())
      return frame->due_ns;
    if (write (direction->to, frame->data, frame->size) < 0 && errno != EIO)
      fprintf (stderr, "narrow-line: a frame is lost: %s\n", strerror (errno));
  }
  return INT64_MAX;
}

static void
run (Direction directions[2])
{
  struct pollfd polled[2] = { { directions[0].from, POLLIN, 0 }, { directions[1].from, POLLIN, 0 } };

  for (;;) {
    int64_t first = deliver (&directions[0]), second = deliver (&directions[1]);
    int64_t left_ns = (first < second ? first : second) - now_ns ();
    struct timespec timeout
        = { left_ns > 0 ? left_ns / SECOND_NS : 0, left_ns > 0 ? left_ns % SECOND_NS : 0 };

    if (ppoll (polled, 2, &timeout, NULL) <= 0)
      continue;
    for (int i = 0; i < 2; i++)
      for (int n = 0; polled[i].revents & POLLIN && n < FRAMES_A_TURN && take (&directions[i]); n++)
        ;
  }
}

int
main (int argc, char **argv)
{
  const struct sched_param priority = { .sched_priority = 10 };
  Direction directions[2] = { 0 };
  int taps[2];

  if (argc != 6) {
    fprintf (stderr, "narrow-line TAP TAP MBIT DELAY_MS BUFFER_MS\n");
    return 2;
  }
  ns_per_byte = 8000 / atof (argv[3]);
  delay_ns = (int64_t) (atof (argv[4]) * 1e6);
  buffer_ns = (int64_t) (atof (argv[5]) * 1e6);
  for (int i = 0; i < 2; i++) {
    taps[i] = make_tap (argv[1 + i]);
    directions[i].frames = calloc (SLOTS, sizeof (Frame));
    if (directions[i].frames == NULL)
      die ("memory");
  }
  directions[0].from = directions[1].to = taps[0];
  directions[0].to = directions[1].from = taps[1];
  prctl (PR_SET_TIMERSLACK, 1UL);
  if (sched_setscheduler (0, SCHED_FIFO, &priority) < 0)
    fprintf (stderr, "narrow-line: no real-time priority: %s\n", strerror (errno));
  printf ("ready\n");
  fflush (stdout);
  run (directions);
}
