/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which library seals fastest on this machine. */
#pragma once

#include "aead.h"

/* Measured at the first call, which takes some milliseconds; the same from then on. Never NULL. Main thread only. */
const SvpnAead *svpn_fast_aead (void);
