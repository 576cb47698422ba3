/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What the kernel lets this process have. */
#include "resource-limits.h"
#include "doorway.h"
#include "secret-pool.h"

#include <sys/resource.h>

#define FILES_OF_OURS 32 /* TUN device, sockets that listen, D-Bus, epoll, timers, logging */
#define FILES_PER_STRANGER 2
#define STRANGERS_MIN 16 /* that must find room beside all clients */
#define LOCKED_OF_OURS 65536

static char *
check (int resource, const char *name, const char *what, guint64 need, guint max_clients)
{
  struct rlimit limit;

  if (getrlimit (resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= need)
    return NULL;
  return g_strdup_printf ("max-clients: %u clients need %" G_GUINT64_FORMAT
                          " %s, and the worker may have %" G_GUINT64_FORMAT
                          "; lower max-clients, or raise %s of smartvpn-worker@.service",
                          max_clients, need, what, (guint64) limit.rlim_cur, name);
}

char *
svpn_limits_check (guint max_clients)
{
  guint64 files
      = (guint64) max_clients + SVPN_DOORWAY_FD_RESERVE + FILES_OF_OURS + FILES_PER_STRANGER * STRANGERS_MIN;
  char *flaw = check (RLIMIT_NOFILE, "LimitNOFILE", "file descriptors", files, max_clients);

  return flaw != NULL ? flaw
                      : check (RLIMIT_MEMLOCK, "LimitMEMLOCK", "bytes of locked memory",
                               svpn_secret_locked_bytes (max_clients) + LOCKED_OF_OURS, max_clients);
}
