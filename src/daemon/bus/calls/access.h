/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The access table of the D-Bus interfaces: which action each member needs, and skeletons that enforce it. A member without
 * a row is allowed to nobody. */
#pragma once

#include "environment.h"

#define SVPN_TELEMETRY_INTERVAL_MAX_S 3600

typedef struct {
  const char *interface;
  const char *member; /* a method or a writable property */
  const char *action; /* NULL: everybody may */
  /* A second action that these arguments need; NULL: none. */
  const char *(*also) (GVariant *arguments);
  /* Whether a property may have this value, beyond its type. NULL: any. Called once the caller is authorised. */
  gboolean (*check) (GVariant *value, GError **error);
} SvpnAccessRow;

/* Ended by a row whose interface is NULL. */
extern const SvpnAccessRow svpn_access_rows[];

/* NULL: there is no row. */
const SvpnAccessRow *svpn_access_find (const char *interface, const char *member) G_GNUC_WARN_UNUSED_RESULT;

/* A skeleton of the type @generated (a GDBusInterfaceSkeleton with a vtable) that enforces the table. */
gpointer svpn_access_skeleton_new (GType generated,
                                   const SvpnEnvironment *environment) G_GNUC_WARN_UNUSED_RESULT;
