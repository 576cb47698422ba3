/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The door of the D-Bus interfaces: which action each of their members is, and skeletons that let nobody call a member
 * or set a property without being authorised to. */
#pragma once

#include "environment.h"

typedef struct {
  const char *interface;
  const char *member; /* a method or a writable property */
  const char *action; /* NULL: everybody may */
  /* The action that these arguments need besides; NULL: none. */
  const char *(*also) (GVariant *arguments);
} SvpnAccessRow;

/* Ended by one whose interface is NULL. */
extern const SvpnAccessRow svpn_access_rows[];

/* NULL: nobody may. */
const SvpnAccessRow *svpn_access_find (const char *interface, const char *member);

/* A skeleton of the type @generated (a GDBusInterfaceSkeleton with a vtable), behind the door. */
gpointer svpn_access_skeleton_new (GType generated, const SvpnEnvironment *environment);
