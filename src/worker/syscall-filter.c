/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which system calls a worker can make.
 *
 * How it works: a worker can make all system calls but those listed here, which fail with EPERM. A list of what is allowed would be tighter, but what GLib,
 * GnuTLS and above all the modules of the name service (systemd, sssd, LDAP, ...) call differs between systems and versions,
 * and a worker that cannot resolve a name on somebody's system is worse than one that can call what its user may call
 * anyway. systemd's own list of what is allowed, which is kept up to date with the system, comes on top of this one in
 * smartvpn-worker@.service.
 *
 * The list follows from this: a worker that was taken over must not start a program or a process, reach into another worker (they share
 * a user), make executable memory, or get at the parts of the kernel that need no privileges and are a source of its holes.
 * System calls that need privileges are listed, too: a second line behind the capabilities. */
#include "syscall-filter.h"

#include <errno.h>
#include <glib.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* clang-format off */
static const char *const denied[] = {
  /* programs, namespaces, who we are */
  "execve", "execveat", "fork", "vfork", "unshare", "setns", "chroot", "pivot_root", "personality", "setuid",
  "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups", "capset",
  /* other processes of our user */
  "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_getfd",
  "pidfd_send_signal", "kcmp", "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "migrate_pages",
  "move_pages",
  /* large parts of the kernel for everybody */
  "bpf", "perf_event_open", "io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd", "add_key",
  "request_key", "keyctl", "fanotify_init", "fanotify_mark", "modify_ldt", "lookup_dcookie", "uselib",
  "remap_file_pages", "vmsplice",
  /* for the administrator */
  "mount", "umount", "umount2", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick",
  "mount_setattr", "swapon", "swapoff", "reboot", "kexec_load", "kexec_file_load", "init_module",
  "finit_module", "delete_module", "ioperm", "iopl", "acct", "quotactl", "quotactl_fd", "syslog", "vhangup",
  "sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime",
  "mknod", "mknodat", "name_to_handle_at", "open_by_handle_at", "nfsservctl", "chown", "fchown", "lchown",
  "fchownat", "sched_setscheduler", "sched_setparam",
};
/* clang-format on */

static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

static int
deny_call (scmp_filter_ctx filter, const char *name, int error, unsigned n,
           const struct scmp_arg_cmp *arguments)
{
  int number = seccomp_syscall_resolve_name (name);

  return number == __NR_SCMP_ERROR
             ? 0 /* of another architecture, or too new for this library */
             : seccomp_rule_add_array (filter, SCMP_ACT_ERRNO ((guint16) error), number, n, arguments);
}

static gboolean
is_allowed_family (int family)
{
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if (families[i] == family)
      return TRUE;
  return FALSE;
}

static int
deny_families (scmp_filter_ctx filter)
{
  struct scmp_arg_cmp beyond = SCMP_A0 (SCMP_CMP_GE, AF_MAX);
  int result = deny_call (filter, "socket", EPERM, 1, &beyond);

  for (int family = 0; family < AF_MAX && result == 0; family++) {
    struct scmp_arg_cmp is_family = SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t) family);
    if (!is_allowed_family (family))
      result = deny_call (filter, "socket", EPERM, 1, &is_family);
  }
  return result;
}

/* Memory that is made executable, once it was written or while it can be. */
static int
deny_code (scmp_filter_ctx filter)
{
  struct scmp_arg_cmp to_code = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC);
  struct scmp_arg_cmp both = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC | PROT_WRITE);
  int result = deny_call (filter, "mprotect", EPERM, 1, &to_code);

  if (result == 0)
    result = deny_call (filter, "pkey_mprotect", EPERM, 1, &to_code);
  if (result == 0)
    result = deny_call (filter, "mmap", EPERM, 1, &both);
  return result;
}

static int
add_rules (scmp_filter_ctx filter)
{
#ifdef __s390__
  struct scmp_arg_cmp no_thread = SCMP_A1 (SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
#else
  struct scmp_arg_cmp no_thread = SCMP_A0 (SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
#endif
  struct scmp_arg_cmp of_another = SCMP_A0 (SCMP_CMP_NE, 0);
  int result = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (denied) && result == 0; i++)
    result = deny_call (filter, denied[i], EPERM, 0, NULL);
  if (result == 0)
    result = deny_call (filter, "clone", EPERM, 1, &no_thread);
  if (result == 0)
    result = deny_call (filter, "clone3", ENOSYS, 0,
                        NULL); /* its flags are in memory; glibc then calls clone() */
  if (result == 0)
    result = deny_call (filter, "prlimit64", EPERM, 1, &of_another);
  if (result == 0)
    result = deny_families (filter);
  if (result == 0)
    result = deny_code (filter);
  return result;
}

void
svpn_filter_syscalls (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  int result = filter != NULL ? add_rules (filter) : -ENOMEM;

  if (result == 0)
    result = seccomp_load (filter);
  if (result != 0)
    g_warning ("isolation: no system call is filtered: %s", g_strerror (-result));
  if (filter != NULL)
    seccomp_release (filter);
}
