/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Records: small JSON files about the state of the running kernel. One of an earlier boot says nothing any more and
 * counts as absent. */
#pragma once

#include <json-glib/json-glib.h>

/* NULL: there is none, it is of an earlier boot, or it is broken (with a warning). */
JsonObject *svpn_record_load (const char *path);

/* Atomic and durable, readable by root alone; makes the directory if it is absent. */
gboolean svpn_record_save (const char *path, JsonObject *record, GError **error);

void svpn_record_remove (const char *path);
