/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Tells the service manager our state (sd_notify(3), sd_watchdog_enabled(3)): one datagram. */
#include "notify.h"

#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void
svpn_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (path == NULL || strlen (path) >= sizeof address.sun_path || (*path != '/' && *path != '@'))
    return;
  strcpy (address.sun_path, path);
  if (*path == '@')
    address.sun_path[0] = '\0'; /* the abstract namespace */
  socklen_t length = (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + strlen (path));
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *) &address, length) < 0)
    g_warning ("NOTIFY_SOCKET: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

static gboolean
on_watchdog (gpointer user_data)
{
  svpn_notify ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

void
svpn_notify_watchdog (void)
{
  const char *interval = g_getenv ("WATCHDOG_USEC"), *pid = g_getenv ("WATCHDOG_PID");
  guint64 interval_us;

  if (interval == NULL || !g_ascii_string_to_unsigned (interval, 10, 1, G_MAXUINT32, &interval_us, NULL)
      || (pid != NULL && g_ascii_strtoll (pid, NULL, 10) != getpid ()))
    return;
  g_timeout_add (MAX ((guint) (interval_us / 2 / 1000), 1), on_watchdog, NULL);
}
