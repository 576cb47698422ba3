/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Asks for a password at the terminal when polkit demands one. */
#pragma once

/* Starts pkttyagent, which polkit uses if no desktop has an agent. Does nothing for root, without a terminal, and if
 * pkttyagent is not installed. pkttyagent ends with this process. */
void svpn_agent_start (void);
