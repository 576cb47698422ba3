/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Properties that mirror those on D-Bus, for SmartvpnClient and SmartvpnServer. AssignedIp on D-Bus is
 * "assigned-ip" here, if the class has a property of that name and type. "" becomes NULL, and a word the value of
 * an enumeration; "state-word" beside "state" has the word as it came. */
#pragma once

#include "smartvpn-profile.h"

/* The public class is opaque: nobody derives from it outside of the library. */
struct _SmartvpnProfile {
  GObject parent_instance;
};

struct _SmartvpnProfileClass {
  GObjectClass parent_class;
};

typedef struct {
  const char *name;
  const char *type; /* of the arguments */
  void (*handle) (gpointer self, GVariant *arguments);
} SvpnProfileSignal;

typedef struct {
  const char *interface;
  const SvpnProfileSignal *signals; /* ended by one without a name */
  /* Called when smartvpnd is back, with each property that has changed meanwhile. */
  void (*caught_up) (gpointer self, const char *property, const GValue *before);
} SvpnProfileKind;

extern const SvpnProfileKind svpn_client_kind, svpn_server_kind;

#define SVPN_PROFILE_READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

/* A profile of @type with the D-Bus properties @properties (a{sv}), which makes its calls as @manager does. Full reference. */
gpointer svpn_profile_new (GType type, const SvpnProfileKind *kind, gpointer manager, const char *path,
                           GVariant *properties) G_GNUC_WARN_UNUSED_RESULT;

/* Takes D-Bus properties that have changed (a{sv}). */
void svpn_profile_apply (SmartvpnProfile *self, GVariant *properties);

/* Takes all D-Bus properties (a{sv}) after smartvpnd was away; changes are signalled as if they had just happened. */
void svpn_profile_catch_up (SmartvpnProfile *self, GVariant *properties);

/* Takes a signal of the profile's interface. */
void svpn_profile_take_signal (SmartvpnProfile *self, const char *name, GVariant *arguments);

/* Emits a state-changed signal without a reason: the property "state" was @before. */
void svpn_profile_emit_caught_up (gpointer self, guint signal, const GValue *before);

/* The get_property() of all three classes. */
void svpn_profile_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec);

/* The value of a property, owned by @self and valid until the property changes. */
const GValue *svpn_profile_get (gpointer self, const char *property);
