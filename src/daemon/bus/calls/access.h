/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The access table of the D-Bus interfaces: which action each member needs, and skeletons that enforce it. A member without
 * a row is allowed to nobody. */
#pragma once

#include "environment.h"

typedef struct {
  const char *interface;
  const char *member; /* a method; no property is writable */
  const char *action; /* NULL: everybody may */
  /* A second action that these arguments need; NULL: none. */
  const char *(*also) (GVariant *arguments);
} SvpnAccessRow;

/* Ended by a row whose interface is NULL. */
extern const SvpnAccessRow svpn_access_rows[];

/* NULL: there is no row. */
const SvpnAccessRow *svpn_access_find (const char *interface, const char *member) G_GNUC_WARN_UNUSED_RESULT;

/* A skeleton of the type @generated (a GDBusInterfaceSkeleton with a vtable) that enforces the table. */
gpointer svpn_access_skeleton_new (GType generated,
                                   const SvpnEnvironment *environment) G_GNUC_WARN_UNUSED_RESULT;
