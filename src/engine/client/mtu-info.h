/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The overhead of a packet on its way to the server, itemised. */
#pragma once

#include <glib.h>

/* Adds what org.smartvpn.Client.GetMtuInfo() has, but for the link's MTU. @mtu: of the tunnel. @remote_address: of the
 * server, "IP:port" or "[IP]:port". */
void svpn_mtu_info_to_dict (guint mtu, const char *remote_address, guint64 packets_too_big,
                            GVariantDict *dict);
