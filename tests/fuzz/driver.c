/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Runs a fuzz target as an ordinary test, without libFuzzer:
 *
 *     fuzz-packet [-n mutations] [corpus directory]...
 *
 * takes each file of the directories and each built-in seed, then mutations of them, the same ones at each run. */
#include "fuzz.h"

#include <glib.h>
#include <malloc.h>
#include <sodium.h>

#define MUTATIONS_DEFAULT 20000
#define INPUT_MAX 4096

static guint64 n_inputs;

static guint64
xorshift (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

/* The target gets memory that ends where the input does, so that ASan sees any read behind it. */
static void
run (const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  LLVMFuzzerTestOneInput (copy, size);
  n_inputs++;
}

static void
mutate (GByteArray *input, guint64 *random)
{
  static const guint8 interesting[] = { 0, 1, 0x7f, 0x80, 0xfe, 0xff };
  guint8 byte = xorshift (random);
  guint kind = xorshift (random) % 6, at;

  if (input->len == 0)
    kind = 0;
  at = input->len > 0 ? xorshift (random) % input->len : 0;

  switch (kind) {
  case 0:
    for (guint n = 1 + xorshift (random) % 16; n > 0 && input->len < INPUT_MAX; n--) {
      guint8 appended = xorshift (random);

      g_byte_array_append (input, &appended, 1);
    }
    break;
  case 1:
    g_byte_array_set_size (input, at);
    break;
  case 2:
    input->data[at] ^= 1 << byte % 8;
    break;
  case 3:
    input->data[at] = byte;
    break;
  case 4:
    input->data[at] = interesting[byte % G_N_ELEMENTS (interesting)];
    break;
  case 5:
    g_byte_array_remove_index (input, at);
    break;
  }
}

static void
add_seeds (GPtrArray *corpus)
{
  for (guint i = 0; fuzz_seeds[i] != NULL; i++) {
    guint8 bytes[INPUT_MAX];
    gsize size;

    if (sodium_hex2bin (bytes, sizeof bytes, fuzz_seeds[i], strlen (fuzz_seeds[i]), " ", &size, NULL) != 0)
      g_error ("seed %u is not hex", i);
    g_ptr_array_add (corpus, g_bytes_new (bytes, size));
  }
}

static void
add_directory (GPtrArray *corpus, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;

  if (dir == NULL)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    char *data;
    gsize size;

    if (!g_file_get_contents (file, &data, &size, &error))
      g_error ("%s", error->message);
    g_ptr_array_add (corpus, g_bytes_new_take (data, size));
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *name = g_path_get_basename (argv[0]);
  guint64 n_mutations = MUTATIONS_DEFAULT, random = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  /* What one input frees the next one takes; else the kernel would clear it each time. */
  mallopt (M_TRIM_THRESHOLD, 1 << 30);
  mallopt (M_MMAP_THRESHOLD, 1 << 24);
  if (sodium_init () < 0)
    g_error ("libsodium does not start");
  add_seeds (corpus);
  for (int i = 1; i < argc; i++) {
    if (g_str_equal (argv[i], "-n") && i + 1 < argc)
      n_mutations = g_ascii_strtoull (argv[++i], NULL, 10);
    else
      add_directory (corpus, argv[i]);
  }

  for (guint i = 0; i < corpus->len; i++)
    run (g_bytes_get_data (corpus->pdata[i], NULL), g_bytes_get_size (corpus->pdata[i]));
  for (guint64 i = 0; i < n_mutations; i++) {
    GBytes *seed = corpus->pdata[xorshift (&random) % corpus->len];
    g_autoptr (GByteArray) input = g_byte_array_new ();

    g_byte_array_append (input, g_bytes_get_data (seed, NULL), g_bytes_get_size (seed));
    for (guint n = 1 + xorshift (&random) % 8; n > 0; n--)
      mutate (input, &random);
    run (input->data, input->len);
  }

  g_print ("1..1\nok 1 - %s: %" G_GUINT64_FORMAT " inputs\n", name, n_inputs);
  return 0;
}
