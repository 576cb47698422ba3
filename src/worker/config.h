/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Converts smartvpnd's settings of the private interface into the engine's. */
#pragma once

#include "client.h"
#include "server.h"

/* From the settings of StartClient() and StartServer(). NULL with SVPN_ERROR_INVALID_ARGUMENTS naming the key. */
SvpnClientConfig *svpn_config_client (GVariant *settings, GError **error);
SvpnServerConfig *svpn_config_server (GVariant *settings, GError **error);

/* From those of Reconfigure(); the rest of it is empty. */
SvpnServerConfig *svpn_config_server_changeable (GVariant *settings, GError **error);

/* NULL with SVPN_ERROR_TLS_FAILED if they are not a certificate and its key. What clients may not like about it is said in
 * the log. */
SvpnTlsContext *svpn_config_tls (const char *certificate_pem, const char *key_pem, GError **error);

/* The assignment that StartClient() answers (a{sv}, floating). */
GVariant *svpn_config_assignment (const SvpnWelcome *welcome, const char *remote_address);

/* The part of it that a server may change, as ConfigChanged tells it (a{sv}, floating). */
GVariant *svpn_config_changeable (const SvpnWelcome *welcome);
