/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Asking for a password at the terminal, where polkit wants one. */
#pragma once

/* Starts pkttyagent, which polkit asks if there is no agent of a desktop. Nothing happens for root, without a terminal
 * or without pkttyagent. It ends with this process. */
void svpn_agent_start (void);
