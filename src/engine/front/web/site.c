/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A web site. */
#include "site.h"
#include "error.h"
#include "web-path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct _SvpnSite {
  int root; /* -1: the plain page */
  gint64 page_mtime;
};

static const char plain_page[] = "<html><body><h1>It works!</h1></body></html>\n";

static const struct {
  const char *extension, *type;
} types[] = {
  { "html", "text/html" },
  { "htm", "text/html" },
  { "css", "text/css" },
  { "js", "application/javascript" },
  { "mjs", "application/javascript" },
  { "json", "application/json" },
  { "xml", "text/xml" },
  { "txt", "text/plain" },
  { "md", "text/markdown" },
  { "csv", "text/csv" },
  { "svg", "image/svg+xml" },
  { "png", "image/png" },
  { "jpg", "image/jpeg" },
  { "jpeg", "image/jpeg" },
  { "gif", "image/gif" },
  { "webp", "image/webp" },
  { "avif", "image/avif" },
  { "ico", "image/x-icon" },
  { "woff", "font/woff" },
  { "woff2", "font/woff2" },
  { "ttf", "font/ttf" },
  { "pdf", "application/pdf" },
  { "zip", "application/zip" },
  { "gz", "application/gzip" },
  { "wasm", "application/wasm" },
  { "mp3", "audio/mpeg" },
  { "mp4", "video/mp4" },
  { "webm", "video/webm" },
};

static const char *
content_type (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot != NULL)
    for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
      if (g_ascii_strcasecmp (dot + 1, types[i].extension) == 0)
        return types[i].type;
  return "application/octet-stream";
}

/* Opens what is below the root and stays there, links included. It may be a fifo, which must not block. */
static int
open_below (int root, const char *name)
{
  struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                          .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };

  return (int) syscall (SYS_openat2, root, name, &how, sizeof how);
}

static guint
status_of_errno (int error)
{
  switch (error) {
  case ENOENT:
  case ENOTDIR:
  case ENAMETOOLONG:
  case ELOOP:
  case EXDEV: /* a link leads out */
  case ENXIO:
    return 404;
  case EACCES:
  case EPERM:
    return 403;
  case EMFILE:
  case ENFILE:
  case ENOMEM:
    return 503;
  default:
    return 500;
  }
}

static void
take_file (SvpnSiteFile *file, int fd, const struct stat *status, const char *name)
{
  file->status = 200;
  file->fd = fd;
  file->size = status->st_size;
  file->mtime = status->st_mtime;
  file->type = content_type (name);
}

/* A directory's path without a slash at its end is sent to the one with it, or links in its page would lead astray. */
static void
redirect (SvpnSiteFile *file, const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, "/!$&'()*+,;=:@", FALSE);

  file->status = 301;
  file->location = g_strdup_printf ("/%s/", escaped);
}

/* Opens @name and looks at what it is. -1 with *status of HTTP if it cannot be. */
static int
open_and_stat (int root, const char *name, struct stat *status, guint *http_status)
{
  int fd = open_below (root, name);

  if (fd >= 0 && fstat (fd, status) == 0)
    return fd;
  *http_status = status_of_errno (errno);
  if (fd >= 0)
    close (fd);
  return -1;
}

static void
find_index (SvpnSite *site, const char *directory, SvpnSiteFile *file)
{
  g_autofree char *name = g_build_filename (directory, SVPN_SITE_INDEX, NULL);
  struct stat status;
  int fd = open_and_stat (site->root, name, &status, &file->status);

  if (fd >= 0 && S_ISREG (status.st_mode)) {
    take_file (file, fd, &status, name);
    return;
  }
  if (fd >= 0)
    close (fd);
  if (fd >= 0 || file->status == 404)
    file->status = 403; /* there is a directory, and it is not listed */
}

static void
find_in_directory (SvpnSite *site, const char *name, gboolean is_directory, SvpnSiteFile *file)
{
  struct stat status;
  int fd = open_and_stat (site->root, *name != '\0' ? name : ".", &status, &file->status);

  if (fd < 0)
    return;
  if (S_ISREG (status.st_mode) && !is_directory) {
    take_file (file, fd, &status, name);
    return;
  }
  close (fd);
  if (!S_ISDIR (status.st_mode))
    file->status = 404;
  else if (is_directory)
    find_index (site, name, file);
  else
    redirect (file, name);
}

static void
find_page (SvpnSite *site, const char *name, gboolean is_directory, SvpnSiteFile *file)
{
  if (*name != '\0' && (is_directory || !g_str_equal (name, SVPN_SITE_INDEX)))
    return;
  file->status = 200;
  file->data = plain_page;
  file->size = sizeof plain_page - 1;
  file->mtime = site->page_mtime;
  file->type = content_type (SVPN_SITE_INDEX);
}

void
svpn_site_find (SvpnSite *site, const char *path, gsize size, SvpnSiteFile *file)
{
  g_autofree char *name = NULL;
  gboolean is_directory;

  *file = (SvpnSiteFile){ .status = 404, .fd = -1 };
  switch (svpn_web_path_resolve (path, size, &name, &is_directory)) {
  case SVPN_WEB_PATH_BAD:
    file->status = 400;
    return;
  case SVPN_WEB_PATH_HIDDEN:
    return;
  case SVPN_WEB_PATH_OK:
    (site->root >= 0 ? find_in_directory : find_page) (site, name, is_directory, file);
    return;
  }
}

void
svpn_site_file_clear (SvpnSiteFile *file)
{
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->location);
  *file = (SvpnSiteFile){ .fd = -1 };
}

SvpnSite *
svpn_site_new_directory (const char *path, GError **error)
{
  g_autoptr (SvpnSite) site = svpn_site_new_page (0);

  site->root = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (site->root >= 0)
    return g_steal_pointer (&site);
  svpn_error_refuse (error, "decoy", "the directory '%s' cannot be opened: %s", path, g_strerror (errno));
  return NULL;
}

SvpnSite *
svpn_site_new_page (gint64 mtime)
{
  SvpnSite *site = g_new0 (SvpnSite, 1);

  site->root = -1;
  site->page_mtime = mtime;
  return site;
}

void
svpn_site_free (SvpnSite *site)
{
  if (site->root >= 0)
    close (site->root);
  g_free (site);
}
