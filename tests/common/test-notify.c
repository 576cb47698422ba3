/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a service manager gets. */
#include "notify.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A service manager's socket at @path, '@': abstract. */
static int
listen_at (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (*path == '@')
    address.sun_path[0] = '\0';
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address,
                         (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + strlen (path))),
                   ==, 0);
  return fd;
}

static void
assert_received (int fd, const char *expected)
{
  char text[256] = { 0 };
  ssize_t size = recv (fd, text, sizeof text - 1, 0);

  g_assert_cmpstr (size >= 0 ? text : NULL, ==, expected);
}

static void
test_sockets (void)
{
  g_autofree char *dir = g_dir_make_tmp ("smartvpn-test-XXXXXX", NULL),
                  *path = g_build_filename (dir, "notify", NULL);
  g_autofree char *abstract = g_strdup_printf ("@smartvpn-test-%d", (int) getpid ());
  const char *const addresses[] = { path, abstract };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    int fd = listen_at (addresses[i]);

    g_test_message ("row %s", addresses[i]);
    g_setenv ("NOTIFY_SOCKET", addresses[i], TRUE);
    svpn_notify ("READY=1");
    svpn_notify ("STATUS=x\ny");
    assert_received (fd, "READY=1");
    assert_received (fd, "STATUS=x\ny");
    assert_received (fd, NULL);
    close (fd);
  }
  g_unlink (path);
  g_rmdir (dir);
}

/* Nothing is done, and nothing is said, where there is nobody to tell. */
static void
test_nobody (void)
{
  g_autofree char *long_path = g_strnfill (200, 'a');
  const char *const addresses[] = { NULL, "", "relative", long_path };

  long_path[0] = '/';
  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_unsetenv ("NOTIFY_SOCKET");
    if (addresses[i] != NULL)
      g_setenv ("NOTIFY_SOCKET", addresses[i], TRUE);
    svpn_notify ("READY=1");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/notify/sockets", test_sockets);
  g_test_add_func ("/notify/nobody", test_nobody);
  return g_test_run ();
}
