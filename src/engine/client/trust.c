/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Which TLS certificates a client takes.
 *
 * How it works: GIO gives each new TLS connection the default database, and reads all certificates of the system for it,
 * twice and some ten milliseconds long, before libsoup can give it another one. So another one is made the default. */
#include "trust.h"
#include "error.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* --- a database that takes everything --- */

#define ANY_DATABASE_TYPE (any_database_get_type ())
G_DECLARE_FINAL_TYPE (AnyDatabase, any_database, ANY, DATABASE, GTlsDatabase)

struct _AnyDatabase {
  GTlsDatabase parent;
};

G_DEFINE_FINAL_TYPE (AnyDatabase, any_database, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
verify_chain (GTlsDatabase *database, GTlsCertificate *chain, const char *purpose,
              GSocketConnectable *identity, GTlsInteraction *interaction, GTlsDatabaseVerifyFlags flags,
              GCancellable *cancellable, GError **error)
{
  return 0;
}

static void
any_database_class_init (AnyDatabaseClass *class)
{
  G_TLS_DATABASE_CLASS (class)->verify_chain = verify_chain;
}

static void
any_database_init (AnyDatabase *database)
{
}

/* --- tls-ca-file, tls-ca-pem --- */

/* GTlsFileDatabase wants a file, and may read it again later: a memfd is one. */
static gboolean
load_authorities (SvpnTrust *trust, const char *pem, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) cause = NULL;

  trust->fd = memfd_create ("tls-ca", MFD_CLOEXEC);
  path = g_strdup_printf ("/proc/self/fd/%d", trust->fd);
  if (trust->fd < 0 || write (trust->fd, pem, strlen (pem)) != (ssize_t) strlen (pem)) {
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_FAILED,
                 "tls-ca-file or tls-ca-pem: cannot keep a copy in memory");
    return FALSE;
  }
  trust->database = g_tls_file_database_new (path, &cause);
  if (trust->database == NULL)
    g_set_error (error, SVPN_ERROR, SVPN_ERROR_TLS_FAILED,
                 "tls-ca-file or tls-ca-pem: no usable certificates: %s", cause->message);
  return trust->database != NULL;
}

gboolean
svpn_trust_load (SvpnTrust *trust, const SvpnClientConfig *config, GError **error)
{
  if (!config->tls_verify)
    trust->database = g_object_new (ANY_DATABASE_TYPE, NULL);
  else if (config->tls_ca_pem != NULL && !load_authorities (trust, config->tls_ca_pem, error))
    return FALSE;
  if (trust->database != NULL)
    g_tls_backend_set_default_database (g_tls_backend_get_default (), trust->database);
  return TRUE;
}

void
svpn_trust_clear (SvpnTrust *trust)
{
  if (trust->database != NULL)
    g_tls_backend_set_default_database (g_tls_backend_get_default (), NULL);
  g_clear_object (&trust->database);
  if (trust->fd >= 0)
    close (trust->fd);
  trust->fd = -1;
}
