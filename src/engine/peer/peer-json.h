/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * JSON objects that client and server send each other: writing ours, reading those of a peer that may lie. */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* The object that is the @size bytes at @json, as svpn_json_parse() gives it (full reference). NULL with
 * SVPN_ERROR_INVALID_ARGUMENTS saying what is wrong, without quoting the peer. */
GVariant *svpn_peer_json_parse (const uint8_t *json, gsize size, gsize size_max, GError **error);

/* Sets SVPN_ERROR_INVALID_ARGUMENTS, "MEMBER" and @flaw. Returns FALSE. */
gboolean svpn_peer_json_reject (GError **error, const char *member, const char *flaw);

gboolean svpn_peer_json_has (GVariant *object, const char *member);

/* The member if it is a string of at most @size_max bytes, valid as long as @object; else NULL. */
const char *svpn_peer_json_get_string (GVariant *object, const char *member, gsize size_max);

/* FALSE if the member is not an integer. */
gboolean svpn_peer_json_get_int (GVariant *object, const char *member, gint64 *value);

/* The member as strings, none if it is absent. FALSE with an error if it is not an array of at most @max strings that all
 * pass @is_valid. */
gboolean svpn_peer_json_get_strings (GVariant *object, const char *member, guint max,
                                     gboolean (*is_valid) (const char *), char ***strings, GError **error);

/* @object (a{sv}, taken if floating) as one line of text. */
char *svpn_peer_json_print (GVariant *object);

/* The same with a member "pad" of random length where it fits into @size_max bytes, so that the size of the message tells
 * little. NULL if the object does not fit without it. */
char *svpn_peer_json_print_padded (GVariant *object, gsize size_max);

/* "mtu" and "capabilities", which both messages of the handshake have. */

#define SVPN_MTU_MIN 576

/* Features that a peer may have beyond the first version of the protocol. */
typedef enum {
  SVPN_CAPABILITY_REKEY = 1 << 0, /* "rekey" */
  SVPN_CAPABILITY_GSO = 1 << 1,   /* "gso" */
} SvpnCapabilities;

#define SVPN_CAPABILITIES_OURS (SVPN_CAPABILITY_REKEY | SVPN_CAPABILITY_GSO)

/* An absent "mtu" leaves *mtu as it is. FALSE with an error if it is not an integer or out of range. */
gboolean svpn_peer_json_get_mtu (GVariant *object, guint *mtu, GError **error);

/* The capabilities that we know; none if the member is not an array. */
SvpnCapabilities svpn_peer_json_get_capabilities (GVariant *object);
GVariant *svpn_capabilities_to_variant (SvpnCapabilities capabilities); /* as, floating */
