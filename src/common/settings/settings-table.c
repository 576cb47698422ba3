/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The tables of the settings, and the syntax of their strings. */
#include "address.h"
#include "i18n.h"
#include "printable.h"
#include "settings.h"

#include <sodium.h>
#include <string.h>

#define KEY_BYTES 32
#define LIST_MAX 256
#define DNS_MAX 16 /* what a client takes */
#define LISTEN_MAX 16
#define TITLE_MAX 128 /* characters */

/* Strict: with padding, no unused bits set, no other characters. */
static gboolean
decode_key (const char *text, uint8_t key[KEY_BYTES])
{
  size_t length = 0;

  return sodium_base642bin (key, KEY_BYTES, text, strlen (text), NULL, &length, NULL,
                            sodium_base64_VARIANT_ORIGINAL)
             == 0
         && length == KEY_BYTES;
}

static const char *
check_public_key (const char *value)
{
  static const uint8_t any_scalar[KEY_BYTES] = { 1 };
  uint8_t key[KEY_BYTES], shared[KEY_BYTES];

  if (!decode_key (value, key))
    return "a public key of 32 bytes in standard base64 (44 characters)";
  /* X25519 with a point of low order yields zero whatever the scalar (RFC 7748, section 6.1). */
  if (crypto_scalarmult (shared, any_scalar, key) != 0)
    return "a usable public key: it is of low order";
  return NULL;
}

static const char *
check_private_key (const char *value)
{
  uint8_t key[KEY_BYTES] = { 0 };
  gboolean ok = decode_key (value, key) && !sodium_is_zero (key, sizeof key);

  sodium_memzero (key, sizeof key);
  return ok ? NULL : "a private key of 32 bytes in standard base64 (44 characters)";
}

static gboolean
has_space_or_control (const char *value)
{
  for (; *value != '\0'; value++) {
    if ((guchar) *value <= ' ' || *value == 0x7f)
      return TRUE;
  }
  return FALSE;
}

static const char *
check_server_url (const char *value)
{
  g_autoptr (GUri) uri = has_space_or_control (value) ? NULL : g_uri_parse (value, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL
      || (!g_str_equal (g_uri_get_scheme (uri), "ws") && !g_str_equal (g_uri_get_scheme (uri), "wss")))
    return "a ws:// or wss:// URL";
  if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' || g_uri_get_port (uri) == 0)
    return "a URL with a host and, if at all, a port from 1 to 65535";
  if (g_uri_get_userinfo (uri) != NULL)
    return "a URL without user name and password";
  if (g_uri_get_fragment (uri) != NULL)
    return "a URL without fragment (#)";
  return NULL;
}

static const char *
check_file (const char *value)
{
  return g_path_is_absolute (value) ? NULL : "an absolute file name";
}

/* DER of a certificate begins with a SEQUENCE (X.690, section 8.9), whose long form of the length reaches to the end. */
static gboolean
is_der_sequence (const uint8_t *der, size_t size)
{
  size_t n = size > 4 && der[0] == 0x30 && (der[1] & 0x80) != 0 ? der[1] & 0x7f : 0, length = 0;

  if (n < 1 || n > 3)
    return FALSE;
  for (size_t i = 0; i < n; i++)
    length = length << 8 | der[2 + i];
  return length == size - 2 - n;
}

/* One certificate (RFC 7468, section 5) at the beginning of *@text, which moves behind it. */
static gboolean
take_certificate (const char **text)
{
  static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
  const char *body = *text + strlen (begin);
  const char *tail = g_str_has_prefix (*text, begin) ? strstr (body, end) : NULL;
  size_t size = 0;

  if (tail == NULL)
    return FALSE;
  g_autofree uint8_t *der = g_malloc ((gsize) (tail - body) + 1);
  *text = tail + strlen (end);
  return sodium_base642bin (der, (size_t) (tail - body) + 1, body, (size_t) (tail - body), " \t\r\n", &size,
                            NULL, sodium_base64_VARIANT_ORIGINAL)
             == 0
         && is_der_sequence (der, size);
}

/* What is between certificates is no part of them; a private key among them has come here by mistake. */
static const char *
check_certificates (const char *value)
{
  static const char expected[]
      = "one or more certificates in PEM (-----BEGIN CERTIFICATE-----), and nothing else in PEM";
  guint n = 0;

  for (const char *text = strstr (value, "-----BEGIN "); text != NULL;
       text = strstr (text, "-----BEGIN "), n++)
    if (!take_certificate (&text))
      return expected;
  return n > 0 ? NULL : expected;
}

static const char *
check_title (const char *value)
{
  glong length = g_utf8_strlen (value, -1);

  return length >= 1 && length <= TITLE_MAX && svpn_is_printable (value) ? NULL
                                                                         : "1 to 128 printable characters";
}

static const char *
check_domain (const char *value)
{
  const char *end = value;

  while (g_ascii_isalnum (*end) || *end == '-' || *end == '.' || *end == '_')
    end++;
  return *value != '\0' && *end == '\0' && *value != '.' && strlen (value) <= 253 ? NULL : "a domain name";
}

/* pchar of RFC 3986, section 3.3, and '/', without percent-encoding: so the path has only one spelling, whatever a proxy
 * decodes. */
static const char *
check_url_path (const char *value)
{
  static const char others[] = "/-._~!$&'()*+,;=:@";
  const char *end = value;

  while (g_ascii_isalnum (*end) || (*end != '\0' && strchr (others, *end) != NULL))
    end++;
  return value[0] == '/' && *end == '\0' ? NULL
                                         : "an absolute URL path of letters, digits and -._~!$&'()*+,;=:@";
}

static const char *
check_address (const char *value)
{
  SvpnPrefix address;

  return svpn_address_parse (value, &address) ? NULL : "an IP address";
}

static const char *
check_endpoint (const char *value)
{
  SvpnPrefix address;
  uint16_t port;

  return svpn_endpoint_parse (value, &address, &port) ? NULL : "IP:port or [IPv6]:port";
}

/* A prefix without host bits. */
static gboolean
parse_network (const char *value, SvpnPrefix *network)
{
  SvpnPrefix masked;

  if (!svpn_prefix_parse (value, network))
    return FALSE;
  masked = *network;
  svpn_prefix_mask (&masked);
  return memcmp (masked.bytes, network->bytes, sizeof masked.bytes) == 0;
}

static const char *
check_route (const char *value)
{
  SvpnPrefix network;

  return parse_network (value, &network) ? NULL : "a network in CIDR notation without host bits";
}

static gboolean
is_pool (const char *value, int family, unsigned int min, unsigned int max)
{
  SvpnPrefix network;

  return parse_network (value, &network) && network.family == family && network.prefix >= min
         && network.prefix <= max;
}

static const char *
check_ipv4_pool (const char *value)
{
  return is_pool (value, AF_INET, 8, 30) ? NULL : "an IPv4 network of /8 to /30 without host bits";
}

static const char *
check_ipv6_pool (const char *value)
{
  return is_pool (value, AF_INET6, 48, 120) ? NULL : "an IPv6 network of /48 to /120 without host bits";
}

/* "http://ADDRESS:PORT", or a directory. */
static const char *
check_decoy (const char *value)
{
  static const char expected[] = "http://IP:port, http://[IPv6]:port or an absolute directory name";
  static const char scheme[] = "http://";
  SvpnPrefix address;
  uint16_t port;

  if (g_path_is_absolute (value))
    return NULL;
  return g_str_has_prefix (value, scheme) && svpn_endpoint_parse (value + strlen (scheme), &address, &port)
                 && port != 0
             ? NULL
             : expected;
}

/* A name must not look like a key: RevokeClient() takes either. */
static const char *
check_client_name (const char *value)
{
  static const char expected[] = "a name of 1 to 64 printable characters that is no key";
  uint8_t key[KEY_BYTES];
  glong length = g_utf8_strlen (value, -1);

  if (length < 1 || length > SVPN_AUTHORIZED_NAME_MAX || decode_key (value, key)
      || !svpn_is_printable (value))
    return expected;
  return NULL;
}

static const char *
check_address_of (const char *value, int family, const char *expected)
{
  SvpnPrefix address;

  return svpn_address_parse (value, &address) && address.family == family ? NULL : expected;
}

static const char *
check_ipv4_address (const char *value)
{
  return check_address_of (value, AF_INET, "an IPv4 address");
}

static const char *
check_ipv6_address (const char *value)
{
  return check_address_of (value, AF_INET6, "an IPv6 address");
}

/* clang-format off */
#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Settings that client and server have in common: each end sets its own. */
#define SESSION_SETTINGS                                                                                     \
  { "keepalive-healthy-s", SVPN_SETTING_UINT, SVPN_SETTING_LIVE, .min = 1, .max = 3600, .default_value = "60", \
    .group = "keepalive", .doc = N_ ("Seconds between checks of a healthy line.")},                                                    \
  { "keepalive-degraded-s", SVPN_SETTING_UINT, SVPN_SETTING_LIVE, .min = 1, .max = 3600, .default_value = "30", \
    .group = "keepalive", .doc = N_ ("Seconds between checks of a degraded line.")},                                                   \
  { "keepalive-critical-s", SVPN_SETTING_UINT, SVPN_SETTING_LIVE, .min = 1, .max = 3600, .default_value = "10", \
    .group = "keepalive", .doc = N_ ("Seconds between checks of a critical line.")},                                                   \
  { "keepalive-timeout-s", SVPN_SETTING_UINT, SVPN_SETTING_LIVE, .min = 1, .max = 60, .default_value = "5",  \
    .group = "keepalive", .doc = N_ ("A check that is not answered within this many seconds is bad.")},                                \
  { "keepalive-rtt-threshold-ms", SVPN_SETTING_UINT, SVPN_SETTING_LIVE, .min = 1, .max = 60000, .default_value = "500", \
    .group = "keepalive", .doc = N_ ("A check whose round trip takes longer than this many milliseconds is bad.")},                    \
  { "keepalive-loss-threshold-percent", SVPN_SETTING_UINT, SVPN_SETTING_LIVE, .min = 1, .max = 100, .default_value = "20", \
    .group = "keepalive", .doc = N_ ("A check is bad while more than this share of the recent ones was lost.")},                       \
  { "qos", SVPN_SETTING_BOOL, SVPN_SETTING_LIVE, .default_value = "true",                                    \
    .group = "limits", .doc = N_ ("Whether this end sends packets in the order of their class: ICMP, DNS, SSH and small packets first.")}

#define TITLE                                                                                                \
  { "title", SVPN_SETTING_STRING, SVPN_SETTING_PROFILE_ONLY, .check = check_title,                           \
    .group = "profile", .doc = N_ ("Name of this profile for people. Programs show it in place of the profile's own name.")}

static const SvpnSetting client_table[] = {
  { "server-url", SVPN_SETTING_STRING, .check = check_server_url,
    .group = "server", .doc = N_ ("WebSocket URL of the server, for example wss://vpn.example.org/chat.")},
  { "server-public-key", SVPN_SETTING_STRING, .check = check_public_key,
    .group = "server", .doc = N_ ("Public key of the server (X25519). The client refuses a server that cannot prove it.")},
  { "private-key", SVPN_SETTING_STRING, SVPN_SETTING_SECRET, .check = check_private_key,
    .group = "identity", .doc = N_ ("Private key of this client (X25519). If given, the client proves its public key to the server.")},
  { "public-key", SVPN_SETTING_STRING, SVPN_SETTING_PROFILE_ONLY, .check = check_public_key,
    .group = "identity", .doc = N_ ("Public key of private-key. smartvpnd writes it, and refuses a profile whose private key is gone or another one. "
           "Unset it to go on without that key.")},
  { "dns", SVPN_SETTING_STRINGS, .max = LIST_MAX, .check = check_address,
    .group = "dns", .doc = N_ ("DNS servers to use while connected, in place of those that the server names. Empty: leave DNS alone.")},
  { "mtu", SVPN_SETTING_UINT, .min = 576, .max = 65535, .default_value = "1420",
    .group = "network", .doc = N_ ("Largest IP packet inside the tunnel, in bytes. IPv6 needs at least 1280.")},
  { "routes", SVPN_SETTING_STRINGS, .max = LIST_MAX, .check = check_route,
    .group = "network", .doc = N_ ("Networks to reach through the tunnel, in place of those that the server names.")},
  { "tls-ca-file", SVPN_SETTING_STRING, .check = check_file,
    .group = "security", .doc = N_ ("PEM file of the authorities that may sign the server's certificate, in place of the system's.")},
  { "tls-ca-pem", SVPN_SETTING_STRING, .max = SVPN_SETTING_PEM_MAX, .check = check_certificates,
    .group = "security", .doc = N_ ("Authorities that may sign the server's certificate, as PEM text of at most 64 KiB. It counts before tls-ca-file.")},
  { "tls-verify", SVPN_SETTING_STRING, .default_value = "'system'", .choices = WORDS ("system", "none"),
    .group = "security", .doc = N_ ("Whether the TLS certificate is checked. With none, server-public-key alone proves the server.")},
  { "connect-timeout-s", SVPN_SETTING_UINT, .min = 1, .max = 300, .default_value = "20",
    .group = "reconnect", .doc = N_ ("Longest time to connect, in seconds. Beyond 20, Connect() answers InProgress and the attempt goes on.")},
  { "auto-reconnect", SVPN_SETTING_BOOL, .default_value = "true",
    .group = "reconnect", .doc = N_ ("Whether the client reconnects when it loses its session. It does not when the server has sent it away.")},
  { "max-reconnect-attempts", SVPN_SETTING_UINT, .max = 1000000, .default_value = "0",
    .group = "reconnect", .doc = N_ ("Attempts to reconnect before giving up; 0: for ever.")},
  { "rekey-interval-s", SVPN_SETTING_UINT, .max = 604800, .default_value = "3600",
    .group = "security", .doc = N_ ("Age at which the session's keys are renewed, in seconds; 0: at no age.")},
  { "rekey-mib", SVPN_SETTING_UINT, .max = 16777216, .default_value = "65536",
    .group = "security", .doc = N_ ("Traffic, both directions together, after which the session's keys are renewed, in MiB; 0: after no amount.")},
  TITLE,
  { "autoconnect", SVPN_SETTING_BOOL, SVPN_SETTING_PROFILE_ONLY, .default_value = "false",
    .group = "profile", .doc = N_ ("Whether smartvpnd connects when it first runs after a boot. It keeps trying, as auto-reconnect says, until "
           "Disconnect().")},
  SESSION_SETTINGS,
  { "network", SVPN_SETTING_STRING, .default_value = "'full'", .choices = WORDS ("full", "device"),
    .group = "network", .doc = N_ ("Whether smartvpnd sets up addresses, routes and DNS (full), or the device alone, for a program that does the "
           "rest with what Connect() returns (device).")},
  { "local-networks", SVPN_SETTING_STRING, .default_value = "'allow'", .choices = WORDS ("allow", "block"),
    .group = "network", .doc = N_ ("Whether private networks at this machine's other interfaces (the LAN, containers) are reached beside the "
           "tunnel, unless routes names them (allow), or not at all while its routes contain them (block).")},
  { "link-mtu", SVPN_SETTING_UINT, SVPN_SETTING_OR_ZERO, .min = 576, .max = 65535, .default_value = "0",
    .group = "network", .doc = N_ ("Largest packet that the way to the server carries, in bytes, where it is smaller than the interface says and "
           "nothing tells so (a path MTU black hole); 0: what the system finds out.")},
  { "dns-mode", SVPN_SETTING_STRING, .default_value = "'auto'", .choices = WORDS ("auto", "resolved", "resolvconf", "file", "none"),
    .group = "dns", .doc = N_ ("How DNS servers are set: by systemd-resolved, by resolvconf (Debian's or openresolv), in /etc/resolv.conf itself "
           "(file), not at all (none), or by the first of these that works here (auto).")},
  { "dns-domains", SVPN_SETTING_STRINGS, .max = LIST_MAX, .default_value = "[]", .check = check_domain,
    .group = "dns", .doc = N_ ("Domains whose names alone are asked of the tunnel's DNS servers, which takes systemd-resolved. Empty: all names.")},
  { "lockdown", SVPN_SETTING_STRING, .default_value = "'off'", .choices = WORDS ("off", "while-connected", "always"),
    .group = "security", .doc = N_ ("Whether this machine sends nothing but through tunnels, and to local-networks: never (off), from Connect() to "
           "Disconnect() whatever fails meanwhile (while-connected), or from boot on (always).")},
  { "wait", SVPN_SETTING_BOOL, SVPN_SETTING_CALL_ONLY, .default_value = "true",
    .group = "profile", .doc = N_ ("Whether Connect() answers when packets flow; otherwise it answers at once.")},
  { NULL }
};

static const SvpnSetting server_table[] = {
  { "listen", SVPN_SETTING_STRINGS, .min = 1, .max = LISTEN_MAX, .check = check_endpoint,
    .default_value = "['0.0.0.0:443', '[::]:443']",
    .group = "server", .doc = N_ ("Addresses and TCP ports to listen on. Port 0: the kernel chooses.")},
  { "public-url", SVPN_SETTING_STRING, SVPN_SETTING_PROFILE_ONLY, .check = check_server_url,
    .group = "server", .doc = N_ ("URL by which clients reach this server, for example wss://vpn.example.org/live/feed, where that is not what "
           "listen and path say: behind a proxy or a port forwarding. Invitations contain it.")},
  { "path", SVPN_SETTING_STRING, .default_value = "'/'", .check = check_url_path,
    .group = "server", .doc = N_ ("Path of the URL at which clients are admitted.")},
  { "tls-certificate-file", SVPN_SETTING_STRING, .check = check_file,
    .group = "security", .doc = N_ ("PEM file of the TLS certificate with its chain. "
           "Without it and tls-key-file the server speaks plain WebSocket, for use behind a proxy.")},
  { "tls-key-file", SVPN_SETTING_STRING, .check = check_file,
    .group = "security", .doc = N_ ("PEM file of the private key of the TLS certificate.")},
  { "private-key", SVPN_SETTING_STRING, SVPN_SETTING_SECRET, .check = check_private_key,
    .group = "identity", .doc = N_ ("Private key of this server (X25519). Made at the first start if not given.")},
  { "public-key", SVPN_SETTING_STRING, SVPN_SETTING_PROFILE_ONLY, .check = check_public_key,
    .group = "identity", .doc = N_ ("Public key of private-key. smartvpnd writes it, and refuses a profile whose private key is gone or another one. "
           "Unset it to begin with a new key.")},
  { "ipv4-pool", SVPN_SETTING_STRING, .default_value = "'10.8.0.0/24'", .check = check_ipv4_pool,
    .group = "network", .doc = N_ ("IPv4 network of the tunnel. The server takes its first address, clients get the others.")},
  { "ipv6-pool", SVPN_SETTING_STRING, .check = check_ipv6_pool,
    .group = "network", .doc = N_ ("IPv6 network of the tunnel. Without it the tunnel carries IPv4 alone.")},
  { "dns", SVPN_SETTING_STRINGS, SVPN_SETTING_LIVE, .max = DNS_MAX, .default_value = "[]", .check = check_address,
    .group = "dns", .doc = N_ ("DNS servers that clients are told to use.")},
  { "routes", SVPN_SETTING_STRINGS, SVPN_SETTING_LIVE, .max = LIST_MAX, .default_value = "[]", .check = check_route,
    .group = "network", .doc = N_ ("Networks that clients are told to reach through the tunnel.")},
  { "mtu", SVPN_SETTING_UINT, .min = 576, .max = 65535, .default_value = "1420",
    .group = "network", .doc = N_ ("Largest IP packet inside the tunnel, in bytes. IPv6 needs at least 1280.")},
  { "nat", SVPN_SETTING_BOOL, SVPN_SETTING_LIVE, .default_value = "false",
    .group = "network", .doc = N_ ("Whether packets of clients leave with an address of the server (masquerading).")},
  { "max-clients", SVPN_SETTING_UINT, SVPN_SETTING_LIVE, .min = 1, .max = 65535, .default_value = "250",
    .group = "limits", .doc = N_ ("The most clients that may be connected at a time.")},
  { "client-to-client", SVPN_SETTING_BOOL, .default_value = "false",
    .group = "network", .doc = N_ ("Whether clients can reach each other.")},
  { "require-proof", SVPN_SETTING_BOOL, SVPN_SETTING_LIVE, .default_value = "true",
    .group = "security", .doc = N_ ("Whether only clients that know the server's public key see a VPN here; others see a web site.")},
  { "client-auth", SVPN_SETTING_STRING, SVPN_SETTING_LIVE, .default_value = "'none'", .choices = WORDS ("none", "required"),
    .group = "identity", .doc = N_ ("Whether only authorized clients, which prove their key, may connect (required), or any client (none).")},
  TITLE,
  { "autostart", SVPN_SETTING_BOOL, SVPN_SETTING_PROFILE_ONLY, .default_value = "false",
    .group = "profile", .doc = N_ ("Whether smartvpnd starts the server when it first runs after a boot. It keeps trying until Stop().")},
  { "rate-limit-bytes-per-s", SVPN_SETTING_UINT, SVPN_SETTING_OR_ZERO | SVPN_SETTING_RATE | SVPN_SETTING_LIVE,
    .min = SVPN_RATE_MIN, .max = G_MAXUINT,
    .default_value = "0", .group = "limits", .doc = N_ ("Limit of each direction of a new client, in bytes/s; 0: none.")},
  { "rate-limit-burst-bytes", SVPN_SETTING_UINT, SVPN_SETTING_SIZE | SVPN_SETTING_LIVE,
    .min = SVPN_BURST_MIN, .max = SVPN_BURST_MAX, .default_value = "65536",
    .group = "limits", .doc = N_ ("Burst size in bytes, for each direction of a new client.")},
  { "decoy", SVPN_SETTING_STRING, SVPN_SETTING_LIVE, .check = check_decoy,
    .group = "camouflage", .doc = N_ ("Web site that all see who are no clients: a web server, http://IP:port, to which their connections are "
           "handed on, or a directory. Without it they see a plain page.")},
  { "decoy-proxy-protocol", SVPN_SETTING_STRING, SVPN_SETTING_LIVE, .default_value = "'none'",
    .choices = WORDS ("none", "v1", "v2"),
    .group = "camouflage", .doc = N_ ("Version of the PROXY protocol by which that web server is told whom a connection is from.")},
  { "trusted-proxies", SVPN_SETTING_STRINGS, SVPN_SETTING_LIVE, .max = LIST_MAX, .default_value = "[]",
    .check = check_route,
    .group = "camouflage", .doc = N_ ("Networks of proxies that are believed whom a connection is from: by the PROXY protocol or X-Forwarded-For.")},
  SESSION_SETTINGS,
  { "enforce-routes", SVPN_SETTING_BOOL, SVPN_SETTING_LIVE, .default_value = "false",
    .group = "network", .doc = N_ ("Whether clients can send to the networks of routes alone, whatever they ask for.")},
  { "local-services", SVPN_SETTING_BOOL, SVPN_SETTING_LIVE, .default_value = "true",
    .group = "network", .doc = N_ ("Whether clients can use services of the server's machine itself. ICMP they can in any case.")},
  { "reachable-from", SVPN_SETTING_STRINGS, SVPN_SETTING_LIVE, .max = LIST_MAX, .default_value = "[]",
    .check = check_route,
    .group = "network", .doc = N_ ("Networks outside of the tunnel that may begin connections to clients. Others can only answer them.")},
  { NULL }
};
static const SvpnSetting authorized_table[] = {
  { "name", SVPN_SETTING_STRING, .check = check_client_name,
    .group = "identity", .doc = N_ ("Name of the client, unique in the list.")},
  { "public-key", SVPN_SETTING_STRING, .check = check_public_key,
    .group = "identity", .doc = N_ ("Public key of the client's private-key (X25519), unique in the list.")},
  { "ipv4", SVPN_SETTING_STRING, .check = check_ipv4_address,
    .group = "network", .doc = N_ ("Fixed address from ipv4-pool.")},
  { "ipv6", SVPN_SETTING_STRING, .check = check_ipv6_address,
    .group = "network", .doc = N_ ("Fixed address from ipv6-pool. If ipv4 is given, too, both must have the same host number.")},
  { "rate-limit-bytes-per-s", SVPN_SETTING_UINT64, SVPN_SETTING_RATE, .min = SVPN_RATE_MIN, .max = SVPN_RATE_MAX,
    .group = "limits", .doc = N_ ("Limit of each direction, in bytes/s, in place of the server's.")},
  { "rate-limit-burst-bytes", SVPN_SETTING_UINT64, SVPN_SETTING_SIZE, .min = SVPN_BURST_MIN, .max = SVPN_BURST_MAX,
    .group = "limits", .doc = N_ ("Burst size in bytes, for each direction. Without it, the server's setting counts.")},
  { "expires", SVPN_SETTING_UINT64, .min = 1, .max = G_MAXINT64,
    .group = "identity", .doc = N_ ("Unix time in seconds at which the authorization ends; must be in the future when it is set.")},
  { NULL }
};
/* clang-format on */

const SvpnSetting *
svpn_settings_table (SvpnScope scope)
{
  switch (scope) {
  case SVPN_SCOPE_CLIENT:
    return client_table;
  case SVPN_SCOPE_SERVER:
    return server_table;
  case SVPN_SCOPE_AUTHORIZED:
    return authorized_table;
  }
  g_return_val_if_reached (NULL);
}

const SvpnSetting *
svpn_settings_find (SvpnScope scope, const char *key)
{
  for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
    if (g_str_equal (setting->key, key))
      return setting;
  }
  return NULL;
}
