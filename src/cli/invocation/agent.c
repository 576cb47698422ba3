/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Asks for a password at the terminal when polkit demands one. */
#include "agent.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static pid_t agent;

static void
stop_agent (void)
{
  kill (agent, SIGTERM);
}

static void
on_agent_child (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

/* Waits until the agent has registered or ended; both close the pipe. */
static void
wait_for_end (int fd)
{
  char byte;

  while (read (fd, &byte, sizeof byte) > 0)
    ;
  close (fd);
}

void
svpn_agent_start (void)
{
  g_autofree char *program = g_find_program_in_path ("pkttyagent");
  /* An agent for its parent process. As a fallback it lets a desktop's agent go first, but polkit finds a fallback in
   * login sessions only. */
  const char *argv[]
      = { program, "--notify-fd", "3", g_getenv ("XDG_SESSION_ID") != NULL ? "--fallback" : NULL, NULL };
  int ends[2], there = 3;

  if (agent != 0 || program == NULL || geteuid () == 0 || !isatty (STDIN_FILENO)
      || pipe2 (ends, O_CLOEXEC) != 0)
    return;
  if (g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, on_agent_child, NULL, -1,
                                        -1, -1, &ends[1], &there, 1, &agent, NULL, NULL, NULL, NULL))
    atexit (stop_agent);
  close (ends[1]);
  wait_for_end (ends[0]);
}
