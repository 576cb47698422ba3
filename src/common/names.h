/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Names on the bus, in the file system and in the kernel. */
#pragma once

#define SVPN_BUS_NAME "org.smartvpn"
#define SVPN_MANAGER_PATH "/org/smartvpn"
#define SVPN_CLIENTS_PATH "/org/smartvpn/clients"
#define SVPN_SERVERS_PATH "/org/smartvpn/servers"
#define SVPN_WORKER_PATH "/org/smartvpn/Worker"

/* A worker's control socket is RUNTIME-DIR/ID/control; ID is client-NAME or server-NAME. */
#define SVPN_RUNTIME_DIR "/run/smartvpn"
#define SVPN_CONTROL_SOCKET "control"

#define SVPN_DEFAULT_PROFILE "default"
#define SVPN_PROFILE_NAME_MAX 32

/* Pattern of our TUN devices' names, for TUNSETIFF. */
#define SVPN_INTERFACE_PREFIX "svpn"
#define SVPN_INTERFACE_PATTERN SVPN_INTERFACE_PREFIX "%d"
