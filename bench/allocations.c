/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Counts a program's heap allocations: loaded into it by LD_PRELOAD.
 *
 * How it works: the functions here stand before those of libc and GLib. A call counts as the program's own if it returns into
 * the program, whose text is where the first loaded object has it, and not a library's. The numbers are in the file
 * $ALLOCATION_COUNTS/PID, mapped, so that they can be read while the program runs, whatever it may still do itself. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))
#define CALLER ((uintptr_t) __builtin_return_address (0))

typedef struct {
  uint64_t all; /* by malloc() and its kin, of program and libraries */
  uint64_t own; /* calls of these and of GLib's by the program itself */
} Counts;

static Counts unseen, *counts = &unseen;
static uintptr_t text_start, text_end;

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *old, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

/* Called for each loaded object; the first is the program. */
static int
take_program (struct dl_phdr_info *info, size_t size, void *user_data)
{
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW (Phdr) *header = &info->dlpi_phdr[i];

    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X))
      continue;
    text_start = info->dlpi_addr + header->p_vaddr;
    text_end = text_start + header->p_memsz;
  }
  return 1;
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *directory = getenv ("ALLOCATION_COUNTS");
  char path[4096];
  int fd;
  void *mapped;

  dl_iterate_phdr (take_program, NULL);
  if (directory == NULL)
    return;
  snprintf (path, sizeof path, "%s/%d", directory, (int) getpid ());
  fd = open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return;
  mapped = ftruncate (fd, sizeof (Counts)) == 0
               ? mmap (NULL, sizeof (Counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
               : MAP_FAILED;
  close (fd);
  if (mapped != MAP_FAILED)
    counts = mapped;
}

static void
count (uint64_t all, uintptr_t caller)
{
  __atomic_fetch_add (&counts->all, all, __ATOMIC_RELAXED);
  if (caller >= text_start && caller < text_end)
    __atomic_fetch_add (&counts->own, 1, __ATOMIC_RELAXED);
}

/* --- libc --- */

EXPORT void *
malloc (size_t size)
{
  count (1, CALLER);
  return __libc_malloc (size);
}

EXPORT void *
calloc (size_t n, size_t size)
{
  count (1, CALLER);
  return __libc_calloc (n, size);
}

EXPORT void *
realloc (void *old, size_t size)
{
  count (1, CALLER);
  return __libc_realloc (old, size);
}

EXPORT int
posix_memalign (void **out, size_t alignment, size_t size)
{
  count (1, CALLER);
  *out = __libc_memalign (alignment, size);
  return *out != NULL ? 0 : ENOMEM;
}

/* --- GLib, which allocates by libc's --- */

#define STAND_BEFORE(name, parameters, arguments)                                                            \
  EXPORT void *name parameters;                                                                              \
  EXPORT void *name parameters                                                                               \
  {                                                                                                          \
    static void *(*next) parameters;                                                                         \
                                                                                                             \
    if (next == NULL)                                                                                        \
      *(void **) &next = dlsym (RTLD_NEXT, #name);                                                           \
    count (0, CALLER);                                                                                       \
    return next arguments;                                                                                   \
  }

STAND_BEFORE (g_malloc, (size_t size), (size))
STAND_BEFORE (g_malloc0, (size_t size), (size))
STAND_BEFORE (g_malloc_n, (size_t n, size_t size), (n, size))
STAND_BEFORE (g_malloc0_n, (size_t n, size_t size), (n, size))
STAND_BEFORE (g_try_malloc, (size_t size), (size))
STAND_BEFORE (g_try_malloc0, (size_t size), (size))
STAND_BEFORE (g_realloc, (void *old, size_t size), (old, size))
STAND_BEFORE (g_slice_alloc, (size_t size), (size))
STAND_BEFORE (g_slice_alloc0, (size_t size), (size))
STAND_BEFORE (g_memdup2, (const void *data, size_t size), (data, size))
STAND_BEFORE (g_strdup, (const char *text), (text))
