/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What a worker can do no more after svpn_isolate(), and what it still can. */
#include "isolation.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <linux/landlock.h>
#include <netdb.h>
#include <pwd.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define USER "nobody"
#define FOLDER_VARIABLE "SMARTVPN_TEST_FOLDER"

#define assert_denied(expression)                                                                            \
  do {                                                                                                       \
    errno = 0;                                                                                               \
    g_assert_cmpint ((long) (expression), ==, -1);                                                           \
    g_assert_cmpint (errno, ==, EPERM);                                                                      \
  } while (0)

/* Kernels may be built without it, and containers forbid it. */
static gboolean
has_landlock (void)
{
  return syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void
isolate (void)
{
  g_autoptr (GError) error = NULL;

  svpn_isolate (USER, &error);
  g_assert_no_error (error);
}

/* Another process of the same user, as another worker is. */
static pid_t
start_other (void)
{
  const struct passwd *user = getpwnam (USER);
  int ready[2];
  char byte;

  g_assert_cmpint (pipe (ready), ==, 0);
  pid_t pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0) {
    if (setresuid (user->pw_uid, user->pw_uid, user->pw_uid) == 0 && prctl (PR_SET_PDEATHSIG, SIGKILL) == 0
        && prctl (PR_SET_DUMPABLE, 1) == 0 && write (ready[1], "", 1) == 1)
      pause ();
    _exit (1);
  }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  close (ready[1]);
  return pid;
}

static void
test_programs (void)
{
  char *const argv[] = { (char *) "/bin/true", NULL };

  isolate ();
  assert_denied (execv (argv[0], argv));
  assert_denied (fork ());
  assert_denied (syscall (SYS_vfork));
  assert_denied (unshare (CLONE_NEWUSER));
  assert_denied (setuid (0));
  assert_denied (mount ("none", "/mnt", "tmpfs", 0, NULL));
}

static void
test_other_processes (void)
{
  pid_t other = start_other ();
  struct rlimit limit = { 1, 1 };
  struct iovec nothing = { 0 };
  gboolean landlock = has_landlock ();
  g_autofree char *memory = g_strdup_printf ("/proc/%d/mem", (int) other);

  isolate ();
  assert_denied (kill (other, SIGKILL));
  assert_denied (ptrace (PTRACE_ATTACH, other, NULL, NULL));
  assert_denied (process_vm_readv (other, &nothing, 1, &nothing, 1, 0));
  assert_denied (prlimit (other, RLIMIT_NOFILE, &limit, NULL));
  int fd = open (memory, O_RDWR);
  g_assert_true (fd < 0 || !landlock);
}

static void
test_kernel (void)
{
  static const int families[] = { AF_PACKET, AF_VSOCK, AF_ALG, AF_BLUETOOTH, AF_MAX + 1 };

  isolate ();
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    assert_denied (socket (families[i], SOCK_RAW, 0));
  assert_denied (syscall (SYS_bpf, 0, NULL, 0));
  assert_denied (syscall (SYS_io_uring_setup, 1, NULL));
  assert_denied (syscall (SYS_perf_event_open, NULL, 0, 0, 0, 0));
  assert_denied (syscall (SYS_keyctl, 0, 0));
  assert_denied (mmap (NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  void *memory = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (memory != MAP_FAILED);
  assert_denied (mprotect (memory, 4096, PROT_READ | PROT_EXEC));
}

/* A file in a directory that everybody may write to. */
static void
test_files (void)
{
  g_autofree char *file = g_strdup_printf ("/tmp/smartvpn-isolation-%d", (int) getpid ());
  gboolean landlock = has_landlock ();

  isolate ();
  int fd = open (file, O_WRONLY | O_CREAT | O_EXCL, 0600);
  g_unlink (file);
  g_assert_true (fd < 0 || !landlock);
}

static gpointer
answer (gpointer data)
{
  return data;
}

/* What a worker lives from: its socket, threads, names, the system's authorities. */
static void
test_still (void)
{
  const char *folder = g_getenv (FOLDER_VARIABLE);
  g_autofree char *path = g_build_filename (folder, "control", NULL);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct addrinfo *addresses = NULL;

  g_assert_cmpint (chmod (folder, 0777), ==, 0);
  isolate ();
  g_assert_cmpint (g_snprintf (address.sun_path, sizeof address.sun_path, "%s", path), <, 108);
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (chmod (path, 0666), ==, 0);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_true (g_thread_join (g_thread_new ("thread", answer, &address)) == &address);
  g_assert_cmpint (getaddrinfo ("localhost", "80", NULL, &addresses), ==, 0);
  freeaddrinfo (addresses);
  g_assert_true (g_tls_backend_supports_tls (g_tls_backend_get_default ()));
  g_autoptr (GTlsDatabase) authorities = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  g_assert_nonnull (authorities);
  gnutls_x509_trust_list_t list;
  g_assert_cmpint (gnutls_x509_trust_list_init (&list, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_trust_list_add_system_trust (list, 0, 0), >=, 0);
  gnutls_x509_trust_list_deinit (list, 1);
}

/* Each in a process of its own: there is no way back. It has a folder, which it could not remove itself any more. */
static void
in_subprocess (gconstpointer function)
{
  g_autofree char *folder = NULL;

  if (g_test_subprocess ()) {
    ((void (*) (void)) function) ();
    return;
  }
  folder = g_dir_make_tmp ("smartvpn-XXXXXX", NULL);
  g_setenv (FOLDER_VARIABLE, folder, TRUE);
  g_test_trap_subprocess (NULL, 10 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_data_func ("/isolation/" #name, (gconstpointer) test_##name, in_subprocess)
  ADD (programs);
  ADD (other_processes);
  ADD (kernel);
  ADD (files);
  ADD (still);
  return g_test_run ();
}
