/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A subscription to the telemetry of a client or a server. */
#pragma once

#include "smartvpn-profile.h"
#include "smartvpn-telemetry.h"

G_BEGIN_DECLS

#define SMARTVPN_TYPE_SUBSCRIPTION (smartvpn_subscription_get_type ())
SMARTVPN_DECLARE_OPAQUE_TYPE (SmartvpnSubscription, smartvpn_subscription, SUBSCRIPTION, GObject)

/**
 * SmartvpnSubscription:
 *
 * A subscription to the telemetry of a client or a server: [signal@Subscription::updated] comes at its own interval, and
 * other programs neither see it nor change it.
 *
 * [method@Profile.subscribe_telemetry_async] makes it. It ends with its last reference, and with
 * [method@Subscription.close_async]. When smartvpnd was restarted, it subscribes again by itself.
 *
 * Since: 0.1
 */

/**
 * smartvpn_subscription_get_profile:
 * @self: a subscription
 *
 * Gets the client or the server that the telemetry is of.
 *
 * Returns: (transfer none): the profile
 *
 * Since: 0.1
 */
SmartvpnProfile *smartvpn_subscription_get_profile (SmartvpnSubscription *self);

/**
 * smartvpn_subscription_get_interval_ms:
 * @self: a subscription
 *
 * Gets the interval between two [signal@Subscription::updated].
 *
 * Returns: milliseconds, 100 to 3600000
 *
 * Since: 0.1
 */
guint smartvpn_subscription_get_interval_ms (SmartvpnSubscription *self);

/**
 * smartvpn_subscription_get_object_path:
 * @self: a subscription
 *
 * Gets the path of the subscription's object on D-Bus, another one after each restart of smartvpnd.
 *
 * Returns: (nullable): the path, %NULL while smartvpnd does not have it
 *
 * Since: 0.1
 */
const char *smartvpn_subscription_get_object_path (SmartvpnSubscription *self);

/**
 * smartvpn_subscription_close_async:
 * @self: a subscription
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Ends the subscription for good. While smartvpnd is away, that is all that there is to do.
 *
 * Since: 0.1
 */
void smartvpn_subscription_close_async (SmartvpnSubscription *self, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);

/**
 * smartvpn_subscription_close_finish:
 * @self: a subscription
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Subscription.close_async].
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_subscription_close_finish (SmartvpnSubscription *self, GAsyncResult *result,
                                             GError **error);

/**
 * smartvpn_subscription_close_sync:
 * @self: a subscription
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Subscription.close_async], but blocks until the answer is there.
 *
 * Returns: %TRUE on success, %FALSE on errors
 *
 * Since: 0.1
 */
gboolean smartvpn_subscription_close_sync (SmartvpnSubscription *self, GCancellable *cancellable,
                                           GError **error);

/**
 * smartvpn_profile_subscribe_telemetry_async:
 * @self: a profile
 * @interval_ms: milliseconds between two [signal@Subscription::updated], 100 to 3600000
 * @options: (nullable): reserved, %NULL
 * @cancellable: (nullable): cancels the wait for the answer
 * @callback: (scope async): called with the answer
 * @user_data: passed to @callback
 *
 * Subscribes to the telemetry of a client or a server. [signal@Subscription::updated] comes in the main context that is the
 * thread's default now.
 *
 * Errors: %SMARTVPN_ERROR_INVALID_ARGUMENTS (out of range), %SMARTVPN_ERROR_LIMIT_EXCEEDED (16 subscriptions of one
 * program, 64 of one user, root apart, or 512 in all).
 *
 * Since: 0.1
 */
void smartvpn_profile_subscribe_telemetry_async (SmartvpnProfile *self, guint interval_ms, GVariant *options,
                                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                                 gpointer user_data);

/**
 * smartvpn_profile_subscribe_telemetry_finish:
 * @self: a profile
 * @result: the result that the callback got
 * @error: return location for an error
 *
 * Finishes [method@Profile.subscribe_telemetry_async].
 *
 * Returns: (transfer full): the subscription; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnSubscription *smartvpn_profile_subscribe_telemetry_finish (SmartvpnProfile *self,
                                                                   GAsyncResult *result,
                                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * smartvpn_profile_subscribe_telemetry_sync:
 * @self: a profile
 * @interval_ms: milliseconds between two [signal@Subscription::updated], 100 to 3600000
 * @options: (nullable): reserved, %NULL
 * @cancellable: (nullable): cancels the wait for the answer
 * @error: return location for an error
 *
 * Like [method@Profile.subscribe_telemetry_async], but blocks until the answer is there.
 *
 * Returns: (transfer full): the subscription; %NULL on errors
 *
 * Since: 0.1
 */
SmartvpnSubscription *smartvpn_profile_subscribe_telemetry_sync (SmartvpnProfile *self, guint interval_ms,
                                                                 GVariant *options, GCancellable *cancellable,
                                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
