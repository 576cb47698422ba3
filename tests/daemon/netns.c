/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * For tests that change the network: a namespace of their own. */
#include "netns.h"
#include "warnings.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

/* A bare Debian does not have them, so the code must not need them. */
static void
hide_names (const char *path)
{
  if (access (path, F_OK) == 0)
    g_assert_no_errno (mount ("/dev/null", path, NULL, MS_BIND, NULL));
}

void
netns_test_init (int *argc, char ***argv)
{
  if (geteuid () != 0) {
    g_print ("Bail out! This test needs root: it makes a network namespace\n");
    exit (1);
  }
  /* The code that sets DNS servers must not reach the machine's own file. */
  g_assert_no_errno (unshare (CLONE_NEWNS));
  g_assert_no_errno (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
  g_assert_no_errno (mount ("/dev/null", "/etc/resolv.conf", NULL, MS_BIND, NULL));
  hide_names ("/etc/protocols");
  hide_names ("/etc/services");
  warnings_test_init (argc, argv);
}

static char *
run (const char *command)
{
  const char *const argv[] = { "sh", "-ec", command, NULL };
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("'%s' failed: %s", command, errors);
  return output;
}

char *
netns_run (const char *command, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, command);
  text = g_strdup_vprintf (command, arguments);
  va_end (arguments);
  return run (text);
}

void
netns_do (const char *command, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *output = NULL;
  va_list arguments;

  va_start (arguments, command);
  text = g_strdup_vprintf (command, arguments);
  va_end (arguments);
  output = run (text);
}

void
netns_enter (void)
{
  if (unshare (CLONE_NEWNET) < 0)
    g_error ("A network namespace cannot be made: %s", g_strerror (errno));
  netns_do ("ip link set lo up");
}

char *
netns_snapshot (void)
{
  return run (
      "ip -d rule; ip -d -6 rule; ip -d route show table all; ip -d -6 route show table all; ip -d addr;"
      "nft list ruleset; cd /proc/sys/net;"
      "grep . ipv4/ip_forward ipv4/conf/*/rp_filter ipv6/conf/*/forwarding ipv6/conf/*/accept_ra");
}

int
netns_open_tun (const char *name)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
  g_assert_no_errno (ioctl (fd, TUNSETIFF, &request));
  netns_do ("ip link set %s addrgenmode none; ip link set %s up", name, name);
  return fd;
}
