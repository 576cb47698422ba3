/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Profiles on disk: what is written where, broken files, and saves that fail. */
#include "error.h"
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *
read_file (Fixture *fixture, const char *file)
{
  g_autofree char *path = path_of (fixture, file);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
assert_mode (Fixture *fixture, const char *file, guint mode)
{
  g_autofree char *path = path_of (fixture, file);
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_test_message ("%s: %o", file, status.st_mode & 0777);
  g_assert_cmpuint (status.st_mode & 0777, ==, mode);
}

static void
assert_load_fails (Fixture *fixture, const char *name, const char *file, const char *reason)
{
  g_autofree char *path = path_of (fixture, file), *message = g_strdup_printf ("%s: %s", path, reason);
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_store_load (fixture->store, SVPN_SCOPE_CLIENT, name, &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, message);
}

static void
assert_lists (Fixture *fixture, const char *const *expected)
{
  g_auto (GStrv) names = svpn_store_list (fixture->store, SVPN_SCOPE_CLIENT);

  g_assert_cmpstrv (names, expected);
}

static void
test_save_and_load (Fixture *fixture, const void *data)
{
  g_autofree char *open = NULL, *secret = NULL;

  assert_lists (fixture, (const char *[]){ NULL });
  assert_loads (fixture, "b", "{}");
  save (fixture, "b", "{'private-key': <'" KEY_A "'>, 'mtu': <1300>}");
  save (fixture, "a", "{}");
  assert_lists (fixture, (const char *[]){ "a", "b", NULL });
  assert_loads (fixture, "a", "{}");
  assert_loads (fixture, "b", "{'private-key': <'" KEY_A "'>, 'mtu': <1300>}");

  open = read_file (fixture, "clients/b.json");
  secret = read_file (fixture, "secrets/client-b.json");
  g_assert_cmpstr (open, ==, "{\n  \"mtu\" : 1300\n}\n");
  g_assert_cmpstr (secret, ==, "{\n  \"private-key\" : \"" KEY_A "\"\n}\n");
  assert_mode (fixture, "", 0755);
  assert_mode (fixture, "clients", 0755);
  assert_mode (fixture, "clients/b.json", 0644);
  assert_mode (fixture, "secrets", 0700);
  assert_mode (fixture, "secrets/client-b.json", 0600);

  save (fixture, "b", "{'mtu': <1301>}");
  assert_loads (fixture, "b", "{'mtu': <1301>}");
  g_assert_false (svpn_store_exists (fixture->store, SVPN_SCOPE_SERVER, "b"));
}

static void
test_remove (Fixture *fixture, const void *data)
{
  g_autofree char *secrets = path_of (fixture, "secrets/client-a.json");
  g_autoptr (GError) error = NULL;

  save (fixture, "a", "{'private-key': <'" KEY_A "'>}");
  g_assert_true (svpn_store_exists (fixture->store, SVPN_SCOPE_CLIENT, "a"));
  g_assert_true (svpn_store_remove (fixture->store, SVPN_SCOPE_CLIENT, "a", &error));
  g_assert_no_error (error);
  g_assert_false (svpn_store_exists (fixture->store, SVPN_SCOPE_CLIENT, "a"));
  g_assert_false (g_file_test (secrets, G_FILE_TEST_EXISTS));
  assert_loads (fixture, "a", "{}");
  g_assert_false (svpn_store_remove (fixture->store, SVPN_SCOPE_CLIENT, "a", &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_NO_SUCH_PROFILE);
}

static void
test_names (Fixture *fixture, const void *data)
{
  static const char *const good[] = { "a", "0", "default", "a-b_c", "abcdefghijklmnopqrstuvwxyz012345" };
  static const char *const bad[]
      = { "",    "-a",  "_a",  "A",    "a.b",    "..",
          "a/b", "a b", "a\n", "\xc3", "a.json", "abcdefghijklmnopqrstuvwxyz0123456" };
  g_autoptr (GVariant) settings = settings_new ("{}");

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (svpn_store_name_is_valid (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_false (svpn_store_name_is_valid (bad[i]));
    g_assert_false (svpn_store_exists (fixture->store, SVPN_SCOPE_CLIENT, bad[i]));
    g_assert_null (svpn_store_load (fixture->store, SVPN_SCOPE_CLIENT, bad[i], NULL));
    g_assert_false (svpn_store_save (fixture->store, SVPN_SCOPE_CLIENT, bad[i], settings, NULL));
    g_assert_false (svpn_store_remove (fixture->store, SVPN_SCOPE_CLIENT, bad[i], NULL));
  }
  g_assert_false (g_file_test (fixture->dir, G_FILE_TEST_EXISTS));
}

static void
test_broken (Fixture *fixture, const void *data)
{
  save (fixture, "good", "{'mtu': <1300>}");
  write_file (fixture, "clients/comma.json", "{\n  \"mtu\": 1300,\n}\n");
  write_file (fixture, "clients/range.json", "{\"mtu\": 99}");
  write_file (fixture, "clients/call.json", "{\"wait\": false}");
  write_file (fixture, "clients/empty.json", "");
  write_file (fixture, "clients/camel.json", "{\n\"connectTimeoutS\": 9,\n\"connect-timeout-s\": 8}");
  write_file (fixture, "clients/open.json", "{\"privateKey\": \"" KEY_A "\"}");
  write_file (fixture, "clients/secret.json", "{}");
  write_file (fixture, "secrets/client-secret.json", "{\n\"private-key\": \"x\n}");
  write_file (fixture, "clients/Not a name.json", "{}");
  write_file (fixture, "clients/good.json~", "{}");

  assert_load_fails (fixture, "comma", "clients/comma.json", "line 2: comma without a value after it");
  assert_load_fails (fixture, "range", "clients/range.json",
                     "line 1: mtu: 99 is out of range (576 to 65535)");
  assert_load_fails (fixture, "call", "clients/call.json", "wait: an option of a call, not of a profile");
  assert_load_fails (fixture, "empty", "clients/empty.json", "line 1: not a JSON object");
  assert_load_fails (fixture, "secret", "secrets/client-secret.json",
                     "line 2: control character in a string, or no quote at its end");
  assert_load_fails (fixture, "camel", "clients/camel.json",
                     "connect-timeout-s: the same setting as connectTimeoutS, given too");
  assert_load_fails (fixture, "open", "clients/open.json",
                     "private-key: a secret; it belongs in the file in secrets/, which others cannot read");
  assert_loads (fixture, "good", "{'mtu': <1300>}");
  assert_lists (fixture, (const char *[]){ "call", "camel", "comma", "empty", "good", "open", "range",
                                           "secret", NULL });
  save (fixture, "comma", "{}");
  assert_loads (fixture, "comma", "{}");
}

/* Both spellings are read; one is written. */
static void
test_spellings (Fixture *fixture, const void *data)
{
  g_autofree char *open = NULL;

  write_file (fixture, "clients/a.json", "{\"serverUrl\": \"wss://h/\", \"tls-verify\": \"none\"}");
  write_file (fixture, "secrets/client-a.json", "{\"privateKey\": \"" KEY_A "\"}");
  assert_loads (fixture, "a",
                "{'server-url': <'wss://h/'>, 'tls-verify': <'none'>, 'private-key': <'" KEY_A "'>}");
  save (fixture, "a", "{'server-url': <'wss://h/'>}");
  open = read_file (fixture, "clients/a.json");
  g_assert_cmpstr (open, ==, "{\n  \"server-url\" : \"wss://h/\"\n}\n");
}

/* Secrets are not taken from a file that others can read or may have written. */
/* As editors of Windows write them. */
static void
test_byte_order_mark (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;

  write_file (fixture, "clients/marked.json", "\xef\xbb\xbf{\"mtu\": 1300}\r\n");
  write_file (fixture, "secrets/client-marked.json", "\xef\xbb\xbf{\"private-key\": \"" KEY_A "\"}");
  assert_loads (fixture, "marked", "{'mtu': <uint32 1300>, 'private-key': <'" KEY_A "'>}");
  write_file (fixture, "clients/marked.json", "\xef\xbb\xbf");
  g_assert_null (svpn_store_load (fixture->store, SVPN_SCOPE_CLIENT, "marked", &error));
  g_clear_error (&error);
  write_file (fixture, "clients/marked.json", "\xff\xfe{");
  g_assert_null (svpn_store_load (fixture->store, SVPN_SCOPE_CLIENT, "marked", &error));
}

static void
test_careless_secrets (Fixture *fixture, const void *data)
{
  g_autofree char *path = path_of (fixture, "secrets/client-a.json");
  g_autofree char *other = path_of (fixture, "secrets/other");
  static const struct {
    mode_t mode;
    const char *reason;
  } modes[] = {
    { 0644, "its mode 0644 lets other users read or write secrets; set it to 0600" },
    { 0620, "its mode 0620 lets other users read or write secrets; set it to 0600" },
    { 0601, "its mode 0601 lets other users read or write secrets; set it to 0600" },
  };

  save (fixture, "a", "{'private-key': <'" KEY_A "'>}");
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_assert_cmpint (g_chmod (path, (int) modes[i].mode), ==, 0);
    assert_load_fails (fixture, "a", "secrets/client-a.json", modes[i].reason);
  }
  g_assert_cmpint (g_chmod (path, 0400), ==, 0);
  assert_loads (fixture, "a", "{'private-key': <'" KEY_A "'>}");

  if (geteuid () == 0) {
    g_assert_cmpint (chown (path, 1, 0), ==, 0);
    assert_load_fails (fixture, "a", "secrets/client-a.json",
                       "it belongs to user 1; secrets must belong to user 0");
  }
  g_assert_cmpint (g_rename (path, other), ==, 0);
  g_assert_cmpint (symlink (other, path), ==, 0);
  assert_load_fails (fixture, "a", "secrets/client-a.json",
                     "it is a symbolic link; secrets must be in a regular file");
  /* A save puts a file of ours in its place, and leaves alone where the link led. */
  save (fixture, "a", "{'private-key': <'" KEY_B "'>}");
  assert_loads (fixture, "a", "{'private-key': <'" KEY_B "'>}");
  assert_mode (fixture, "secrets/client-a.json", 0600);
  g_autofree char *untouched = read_file (fixture, "secrets/other");
  g_assert_nonnull (strstr (untouched, KEY_A));
}

/* What is no file at all is named, and neither blocks nor is followed. */
static void
test_no_files (Fixture *fixture, const void *data)
{
  g_autofree char *fifo = path_of (fixture, "clients/fifo.json");
  g_autofree char *folder = path_of (fixture, "clients/folder.json");
  g_autofree char *device = path_of (fixture, "clients/device.json");
  g_autofree char *nowhere = path_of (fixture, "clients/nowhere.json");
  g_autofree char *link = path_of (fixture, "clients/link.json");
  g_autofree char *secrets = path_of (fixture, "secrets/client-b.json");

  save (fixture, "a", "{'mtu': <1300>}");
  save (fixture, "b", "{}");
  g_assert_cmpint (mkfifo (fifo, 0644), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", device), ==, 0);
  g_assert_cmpint (symlink ("/nonexistent/file", nowhere), ==, 0);
  g_assert_cmpint (symlink ("a.json", link), ==, 0);
  g_assert_cmpint (g_unlink (secrets), ==, 0);
  g_assert_cmpint (g_mkdir (secrets, 0700), ==, 0);

  assert_load_fails (fixture, "fifo", "clients/fifo.json", "it is not a regular file");
  assert_load_fails (fixture, "folder", "clients/folder.json", "it is not a regular file");
  assert_load_fails (fixture, "device", "clients/device.json", "it is not a regular file");
  assert_load_fails (fixture, "b", "secrets/client-b.json", "it is not a regular file");
  assert_loads (fixture, "nowhere", "{}");
  assert_loads (fixture, "link", "{'mtu': <1300>}");
  save (fixture, "link", "{'mtu': <1400>}");
  assert_loads (fixture, "a", "{'mtu': <1300>}");
}

/* What somebody wrote by hand and cannot be read is not lost when the profile is removed. */
static void
test_remove_broken (Fixture *fixture, const void *data)
{
  static const char text[] = "{ \"mtu\": 1400,\n oops }";
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL, *secrets = path_of (fixture, "secrets/client-a.json");

  save (fixture, "a", "{'private-key': <'" KEY_A "'>}");
  write_file (fixture, "clients/a.json", text);
  g_assert_true (svpn_store_remove (fixture->store, SVPN_SCOPE_CLIENT, "a", &error));
  g_assert_no_error (error);
  g_assert_false (svpn_store_exists (fixture->store, SVPN_SCOPE_CLIENT, "a"));
  g_assert_false (g_file_test (secrets, G_FILE_TEST_EXISTS));
  kept = read_file (fixture, "clients/a.json.broken");
  g_assert_cmpstr (kept, ==, text);
  assert_lists (fixture, (const char *[]){ NULL });

  write_file (fixture, "clients/a.json", "{ another }");
  g_assert_false (svpn_store_remove (fixture->store, SVPN_SCOPE_CLIENT, "a", &error));
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "clients/a.json.broken"));
  g_autofree char *first = read_file (fixture, "clients/a.json.broken");
  g_autofree char *second = read_file (fixture, "clients/a.json");
  g_assert_cmpstr (first, ==, text);
  g_assert_cmpstr (second, ==, "{ another }");
}

/* The secrets can be written, the profile is too long for the limit. */
static void
test_failing_save (Fixture *fixture, const void *data)
{
  static const char old[] = "{'private-key': <'" KEY_A "'>, 'mtu': <1300>}";
  const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY }, limited = { 256, RLIM_INFINITY };
  g_autofree char *name = g_strnfill (1000, 'a');
  g_autofree char *text = g_strdup_printf ("{'private-key': <'" KEY_B "'>, 'tls-ca-file': <'/%s'>}", name);
  g_autoptr (GVariant) settings = settings_new (text), option = settings_new ("{'wait': <true>}");
  g_autoptr (GError) error = NULL, option_error = NULL;

  save (fixture, "a", old);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limited), ==, 0);
  gboolean saved = svpn_store_save (fixture->store, SVPN_SCOPE_CLIENT, "a", settings, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  g_assert_false (saved);
  g_assert_error (error, SVPN_ERROR, SVPN_ERROR_FAILED);
  g_test_message ("%s", error->message);
  assert_loads (fixture, "a", old);
  g_assert_cmpuint (count_files (fixture, "clients"), ==, 1);
  g_assert_cmpuint (count_files (fixture, "secrets"), ==, 1);

  g_assert_false (svpn_store_save (fixture->store, SVPN_SCOPE_CLIENT, "a", option, &option_error));
  g_assert_error (option_error, SVPN_ERROR, SVPN_ERROR_INVALID_SETTING);
  assert_loads (fixture, "a", old);
}

/* What each moment of an interrupted save leaves behind, and what becomes of it. */
static void
test_interrupted (Fixture *fixture, const void *data)
{
  static const char new_open[] = "{\"mtu\": 1400}", new_secret[] = "{\"private-key\": \"" KEY_B "\"}";
  static const char old[] = "{'private-key': <'" KEY_A "'>, 'mtu': <1300>}";

  save (fixture, "a", old);
  write_file (fixture, "secrets/client-a.json.new.K3J2X1", "{\"priv");
  reopen (fixture);
  assert_loads (fixture, "a", old);

  write_file (fixture, "secrets/client-a.json.new", new_secret);
  reopen (fixture);
  assert_loads (fixture, "a", old);

  write_file (fixture, "secrets/client-a.json.new", new_secret);
  write_file (fixture, "clients/a.json.new", new_open);
  reopen (fixture);
  assert_loads (fixture, "a", old);

  write_file (fixture, "secrets/client-a.json", new_secret);
  write_file (fixture, "clients/a.json.new", new_open);
  write_file (fixture, "clients/b.json.new", new_open);
  reopen (fixture);
  assert_loads (fixture, "a", "{'private-key': <'" KEY_B "'>, 'mtu': <1400>}");
  assert_lists (fixture, (const char *[]){ "a", "b", NULL });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  umask (022);
  /* Files that are named wrongly are warned of. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
#define ADD(path, function) g_test_add ("/store/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("save-and-load", test_save_and_load);
  ADD ("remove", test_remove);
  ADD ("names", test_names);
  ADD ("broken", test_broken);
  ADD ("spellings", test_spellings);
  ADD ("byte-order-mark", test_byte_order_mark);
  ADD ("careless-secrets", test_careless_secrets);
  ADD ("no-files", test_no_files);
  ADD ("remove-broken", test_remove_broken);
  ADD ("failing-save", test_failing_save);
  ADD ("interrupted", test_interrupted);
  return g_test_run ();
}
