/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A line on a connection that the front has admitted. */
#pragma once

#include "channel.h"
#include "carrier-line.h"
#include "poller.h"

/* Takes over the channel. @bytes: what has been read from it already. */
SvpnLine *svpn_channel_line_new (SvpnPoller *poller, const SvpnChannel *channel, const guint8 *bytes,
                                 gsize size);
