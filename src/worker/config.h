/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What smartvpnd sends over the private interface, as the engine takes it. */
#pragma once

#include "client.h"
#include "server.h"

/* From the settings of StartClient() and StartServer(). NULL with SVPN_ERROR_INVALID_ARGUMENTS naming the key. */
SvpnClientConfig *svpn_config_client (GVariant *settings, GError **error);
SvpnServerConfig *svpn_config_server (GVariant *settings, GError **error);

/* SVPN_ERROR_TLS_FAILED if they do not belong together or are none. */
GTlsCertificate *svpn_config_certificate (const char *certificate_pem, const char *key_pem, GError **error);

/* The assignment that StartClient() answers (a{sv}, floating). */
GVariant *svpn_config_assignment (const SvpnWelcome *welcome, const char *remote_address);

/* What of it a server may change: what ConfigChanged tells (a{sv}, floating). */
GVariant *svpn_config_changeable (const SvpnWelcome *welcome);
