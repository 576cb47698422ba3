/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The PROXY protocol, versions 1 and 2 (haproxy.org, proxy-protocol.txt): how a proxy tells a server, before the first
 * byte of a connection, whom it is from. */
#pragma once

#include "endpoint.h"

/* Bytes of a header that we take. Version 1 has up to 107, version 2 as many as its extensions (TLVs) need. */
#define SVPN_PROXY_HEADER_MAX 2048
/* Bytes of a header that we write. */
#define SVPN_PROXY_HEADER_WRITTEN_MAX 107

typedef enum {
  SVPN_PROXY_MORE,   /* not before there are header.size bytes can more be said */
  SVPN_PROXY_WHOLE,  /* the header takes header.size bytes */
  SVPN_PROXY_ABSENT, /* something else begins here */
  SVPN_PROXY_BAD,    /* a header that is wrong: the connection must be closed */
} SvpnProxyState;

typedef struct {
  gsize size;
  SvpnEndpoint source, destination; /* unknown where the proxy does not say, or speaks for itself */
} SvpnProxyHeader;

/* Reads a header of either version from all bytes that have come so far. */
SvpnProxyState svpn_proxy_read (const guint8 *bytes, gsize size, SvpnProxyHeader *header);

/* Writes a header of @version, 1 or 2, without a terminating zero. Where an address is unknown, or they are of two
 * families, it says that nothing is known. Returns its size. */
gsize svpn_proxy_write (guint version, const SvpnEndpoint *source, const SvpnEndpoint *destination,
                        guint8 out[SVPN_PROXY_HEADER_WRITTEN_MAX]);
