/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Subscriptions to telemetry: org.smartvpn.Telemetry at /org/smartvpn/telemetry/N. */
#pragma once

#include "environment.h"
#include "tunnel.h"

typedef struct _SvpnSubscriptions SvpnSubscriptions;

SvpnSubscriptions *svpn_subscriptions_new (const SvpnEnvironment *environment) G_GNUC_WARN_UNUSED_RESULT;
void svpn_subscriptions_free (SvpnSubscriptions *self);

/* SubscribeTelemetry() of the object of @tunnel. Answers. */
void svpn_subscriptions_add (SvpnSubscriptions *self, SvpnTunnel *tunnel, GDBusMethodInvocation *invocation,
                             guint interval_ms, GVariant *options);

/* Called when the object of @tunnel goes: ends its subscriptions. */
void svpn_subscriptions_drop (SvpnSubscriptions *self, SvpnTunnel *tunnel);
