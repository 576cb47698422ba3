/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A worker for tests in C, in the test program itself: it is its own environment->worker_program, and needs no root.
 *
 * It serves org.smartvpn.Worker, says READY=1 and takes any role. Words in $FAKE_WORKER, set before it starts, change that:
 *
 *   exit=N            ends with status N before it is ready
 *   silent            never says READY=1
 *   deaf              never answers
 *   hold=METHOD       never answers METHOD (GetState, StartClient, Stop)
 *   refuse=MESSAGE    refuses StartClient() with AuthFailed and MESSAGE, where '_' is a blank
 *
 * DisconnectClient (ORDER, ARGUMENT) steers one that runs: "ended" emits Ended (ARGUMENT), "lost" StateChanged
 * ("reconnecting", ARGUMENT), "back" StateChanged ("connected", ARGUMENT), "flood" ARGUMENT signals, "exit" ends it with that
 * status, "kill" kills it, and any other order is an entry of GetState() that has ARGUMENT from now on. */
#pragma once

#include <glib.h>

/* Whether this process is to be the worker: then main() calls fake_worker_run(). */
gboolean fake_worker_is_wanted (int argc, char **argv);
G_NORETURN void fake_worker_run (int argc, char **argv);
