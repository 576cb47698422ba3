/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A web site: the files of a directory, or one plain page. */
#pragma once

#include <gio/gio.h>

typedef struct _SvpnSite SvpnSite;

/* The file that stands for a directory. */
#define SVPN_SITE_INDEX "index.html"

/* The files below the directory @path, whose names do not begin with a dot; SVPN_ERROR_INVALID_ARGUMENTS if it cannot be
 * opened. Whatever links there are in it, nothing outside of it is found. */
SvpnSite *svpn_site_new_directory (const char *path, GError **error);
/* A plain page at "/". @mtime: when it was last changed, as it says, Unix time in s. */
SvpnSite *svpn_site_new_page (gint64 mtime);
void svpn_site_free (SvpnSite *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvpnSite, svpn_site_free)

/* What is at a path. */
typedef struct {
  guint status; /* 200; or 301, 400, 403, 404, 500, 503 */
  int fd;       /* of status 200: a regular file; -1: the bytes are @data, which live as long as the site */
  const char *data;
  goffset size;
  gint64 mtime;     /* Unix time, in s */
  const char *type; /* static, of Content-Type */
  char *location;   /* of status 301 */
} SvpnSiteFile;

/* @path: of a request, without the query. */
void svpn_site_find (SvpnSite *site, const char *path, gsize size, SvpnSiteFile *file);
void svpn_site_file_clear (SvpnSiteFile *file);
