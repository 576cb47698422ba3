/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What kernel and control group let this process have.
 *
 * How it works: each resource has an account of what is ours in any case, what a client takes, and what a stranger takes who
 * has gone as far as strangers go. Of strangers there are two kinds at a time, those before the handshake and those in
 * it, and each kind may be as many as svpn_limits_strangers() says. */
#include "resource-limits.h"
#include "cgroup-memory.h"
#include "doorway.h"
#include "secret-pool.h"

#include <sys/resource.h>

#define STRANGERS_MIN 16 /* that must find room beside all clients */
#define STRANGER_KINDS 2

#define FILES_OF_OURS 32     /* TUN device, sockets that listen, D-Bus, epoll, timers, logging */
#define FILES_OF_STRANGERS 3 /* of one of each kind: two sockets where one is handed on to a decoy */
#define LOCKED_OF_OURS 65536
#define MEMORY_OF_OURS (16 * 1024 * 1024)
#define MEMORY_OF_CLIENT (64 * 1024) /* idle, with TLS */
#define MEMORY_OF_STRANGER (96 * 1024)

typedef struct {
  const char *what, *setting; /* of smartvpn-worker@.service */
  guint64 limit;              /* G_MAXUINT64: none */
  guint64 ours;
  guint64 (*of_clients) (guint64 n);
  guint64 (*of_strangers) (guint64 n); /* n of each kind */
} Account;

static guint64
files_of_clients (guint64 n)
{
  return n;
}

static guint64
files_of_strangers (guint64 n)
{
  return n * FILES_OF_STRANGERS;
}

static guint64
locked_of_clients (guint64 n)
{
  return svpn_secret_locked_bytes (n);
}

static guint64
memory_of_clients (guint64 n)
{
  return n * MEMORY_OF_CLIENT;
}

static guint64
memory_of_strangers (guint64 n)
{
  return n * STRANGER_KINDS * MEMORY_OF_STRANGER;
}

static guint64
read_limit (__rlimit_resource_t resource)
{
  struct rlimit limit;

  return getrlimit (resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ? G_MAXUINT64 : limit.rlim_cur;
}

#define ACCOUNTS 3

static void
open_accounts (Account accounts[ACCOUNTS])
{
  accounts[0] = (Account){ "file descriptors",         "LimitNOFILE",
                           read_limit (RLIMIT_NOFILE), SVPN_DOORWAY_FD_RESERVE + FILES_OF_OURS,
                           files_of_clients,           files_of_strangers };
  accounts[1] = (Account){ "bytes of locked memory", "LimitMEMLOCK",    read_limit (RLIMIT_MEMLOCK),
                           LOCKED_OF_OURS,           locked_of_clients, locked_of_clients };
  accounts[2] = (Account){
    "bytes of memory", "MemoryMax",       svpn_cgroup_memory_max ("/proc/self/cgroup", "/sys/fs/cgroup"),
    MEMORY_OF_OURS,    memory_of_clients, memory_of_strangers
  };
}

static guint64
need (const Account *account, guint max_clients, guint strangers)
{
  return account->ours + account->of_clients (max_clients) + account->of_strangers (strangers);
}

char *
svpn_limits_check (guint max_clients)
{
  Account accounts[ACCOUNTS];

  open_accounts (accounts);
  for (gsize i = 0; i < ACCOUNTS; i++) {
    guint64 needed = need (&accounts[i], max_clients, STRANGERS_MIN);

    if (needed > accounts[i].limit)
      return g_strdup_printf ("max-clients: %u clients need %" G_GUINT64_FORMAT
                              " %s, and the worker may have %" G_GUINT64_FORMAT
                              "; lower max-clients, or raise %s of smartvpn-worker@.service",
                              max_clients, needed, accounts[i].what, accounts[i].limit, accounts[i].setting);
  }
  return NULL;
}

guint
svpn_limits_strangers (guint max_clients, guint wish)
{
  Account accounts[ACCOUNTS];
  guint n = wish;

  open_accounts (accounts);
  for (gsize i = 0; i < ACCOUNTS; i++)
    while (n > STRANGERS_MIN && need (&accounts[i], max_clients, n) > accounts[i].limit)
      n--;
  return n;
}
