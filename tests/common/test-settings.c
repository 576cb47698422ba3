/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The settings table and what goes through it. */
#include "error.h"
#include "settings.h"

#include <string.h>

#define PUBLIC_KEY "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="
#define PRIVATE_KEY "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="
#define ZERO_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define SPELLED_TWICE_KEY "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK09=" /* unused bits set */
#define LOW_ORDER_KEY "4Ot6fDtBuK4WVuP68Z/EatoJjeucMrH9hmIFFl9JuAA="
#define P_KEY "7f///////////////////////////////////////38="

#define BEGIN_CERTIFICATE "-----BEGIN CERTIFICATE-----\\n"
#define END_CERTIFICATE "\\n-----END CERTIFICATE-----\\n"
/* What DER of 128 bytes looks like from outside. */
#define CERTIFICATE                                                                                          \
  BEGIN_CERTIFICATE                                                                                          \
  "MIGAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\n"                                      \
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\n"                                      \
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" END_CERTIFICATE
#define NAME_OF_64 "1234567890123456789012345678901234567890123456789012345678901234"

/* What both ends set for themselves about a session. */
#define SESSION_LOWEST                                                                                       \
  "{'keepalive-healthy-s': <1>, 'keepalive-degraded-s': <1>, 'keepalive-critical-s': <1>, "                  \
  "'keepalive-timeout-s': <1>, 'keepalive-rtt-threshold-ms': <1>, 'keepalive-loss-threshold-percent': <1>, " \
  "'qos': <false>}"
#define SESSION_HIGHEST                                                                                      \
  "{'keepalive-healthy-s': <3600>, 'keepalive-degraded-s': <3600>, 'keepalive-critical-s': <3600>, "         \
  "'keepalive-timeout-s': <60>, 'keepalive-rtt-threshold-ms': <60000>, "                                     \
  "'keepalive-loss-threshold-percent': <100>, 'qos': <true>}"
#define SESSION_REFUSED(scope)                                                                               \
  { scope, "{'keepalive-healthy-s': <0>}", "keepalive-healthy-s: 0 is out of range (1 to 3600)" },           \
      { scope, "{'keepalive-degraded-s': <3601>}",                                                           \
        "keepalive-degraded-s: 3601 is out of range (1 to 3600)" },                                          \
      { scope, "{'keepalive-critical-s': <0>}", "keepalive-critical-s: 0 is out of range (1 to 3600)" },     \
      { scope, "{'keepalive-timeout-s': <61>}", "keepalive-timeout-s: 61 is out of range (1 to 60)" },       \
      { scope, "{'keepalive-rtt-threshold-ms': <60001>}",                                                    \
        "keepalive-rtt-threshold-ms: 60001 is out of..." },                                                  \
      { scope, "{'keepalive-loss-threshold-percent': <101>}",                                                \
        "keepalive-loss-threshold-percent: 101 is..." },                                                     \
  {                                                                                                          \
    scope, "{'qos': <'yes'>}", "qos: expected b (boolean), got s (string)"                                   \
  }

/* clang-format off */
static const struct {
  SvpnScope scope;
  const char *input; /* GVariant text */
} accepted[] = {
  { SVPN_SCOPE_CLIENT, "{}" },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'ws://h'>}" },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'WSS://vpn.example.org:8443/chat?room=1'>}" },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss://[fd00::1]:443/'>}" },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'" PUBLIC_KEY "'>}" },
  { SVPN_SCOPE_CLIENT, "{'private-key': <'" PRIVATE_KEY "'>}" },
  { SVPN_SCOPE_CLIENT, "{'dns': <@as []>}" },
  { SVPN_SCOPE_CLIENT, "{'dns': <@av []>}" },
  { SVPN_SCOPE_CLIENT, "{'dns': <[<'1.1.1.1'>, <'fd00::53'>]>}" },
  { SVPN_SCOPE_CLIENT, "{'dns': <['1.1.1.1', 'fd00::53']>}" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <uint32 576>}" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <65535>}" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <int16 1420>}" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <uint16 1420>}" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <int64 1420>}" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <uint64 1420>}" },
  { SVPN_SCOPE_CLIENT, "{'routes': <['0.0.0.0/0', '::/0', '192.0.2.1', '10.0.0.0/8']>}" },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-file': <'/etc/ssl/größe.pem'>}" },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-pem': <'" CERTIFICATE "'>}" },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-pem': <'# mine\\n" CERTIFICATE "\\n" CERTIFICATE "\\n'>}" },
  { SVPN_SCOPE_CLIENT, "{'title': <'Büro (Zürich) 🏢'>}" },
  { SVPN_SCOPE_SERVER, "{'title': <'x'>}" },
  { SVPN_SCOPE_CLIENT, "{'tls-verify': <'system'>}" },
  { SVPN_SCOPE_CLIENT, "{'tls-verify': <'none'>}" },
  { SVPN_SCOPE_CLIENT, "{'connect-timeout-s': <byte 0x01>}" },
  { SVPN_SCOPE_CLIENT, "{'connect-timeout-s': <300>}" },
  { SVPN_SCOPE_CLIENT, "{'wait': <false>}" },
  { SVPN_SCOPE_SERVER, "{'listen': <['0.0.0.0:443', '[::]:443', '127.0.0.1:0']>}" },
  { SVPN_SCOPE_SERVER, "{'path': <'/'>}" },
  { SVPN_SCOPE_SERVER, "{'path': <'/a/b.c-d_e~f!$&()*+,;=:@'>}" },
  { SVPN_SCOPE_SERVER, "{'tls-certificate-file': <'/c.pem'>, 'tls-key-file': <'/k.pem'>}" },
  { SVPN_SCOPE_SERVER, "{'private-key': <'" PRIVATE_KEY "'>}" },
  { SVPN_SCOPE_SERVER, "{'ipv4-pool': <'10.0.0.0/8'>}" },
  { SVPN_SCOPE_SERVER, "{'ipv4-pool': <'192.168.7.4/30'>}" },
  { SVPN_SCOPE_SERVER, "{'ipv6-pool': <'fd00::/48'>}" },
  { SVPN_SCOPE_SERVER, "{'ipv6-pool': <'fd00::100/120'>}" },
  { SVPN_SCOPE_SERVER, "{'dns': <['10.8.0.1']>, 'routes': <['10.0.0.0/8']>}" },
  { SVPN_SCOPE_SERVER, "{'mtu': <1280>, 'nat': <true>, 'max-clients': <1>, 'client-to-client': <true>}" },
  { SVPN_SCOPE_SERVER, "{'max-clients': <65535>, 'require-proof': <false>}" },
  { SVPN_SCOPE_SERVER, "{'decoy': <'http://127.0.0.1:8080'>, 'decoy-proxy-protocol': <'v2'>}" },
  { SVPN_SCOPE_SERVER, "{'decoy': <'http://[::1]:80'>, 'trusted-proxies': <['127.0.0.1/32', 'fd00::/8']>}" },
  { SVPN_SCOPE_SERVER, "{'decoy': <'/var/www/html'>, 'decoy-proxy-protocol': <'none'>}" },
  { SVPN_SCOPE_CLIENT, "{'auto-reconnect': <false>, 'max-reconnect-attempts': <0>}" },
  { SVPN_SCOPE_CLIENT, "{'max-reconnect-attempts': <1000000>}" },
  { SVPN_SCOPE_CLIENT, "{'rekey-interval-s': <0>, 'rekey-mib': <0>}" },
  { SVPN_SCOPE_CLIENT, "{'autoconnect': <true>}" },
  { SVPN_SCOPE_CLIENT, "{'link-mtu': <0>}" },
  { SVPN_SCOPE_CLIENT, "{'link-mtu': <1400>}" },
  { SVPN_SCOPE_CLIENT, "{'dns-mode': <'file'>, 'dns-domains': <['corp.example', '_tcp.local']>}" },
  { SVPN_SCOPE_CLIENT, "{'network': <'device'>, 'local-networks': <'block'>, 'lockdown': <'while-connected'>}" },
  { SVPN_SCOPE_CLIENT, "{'network': <'full'>, 'local-networks': <'allow'>, 'lockdown': <'always'>}" },
  { SVPN_SCOPE_SERVER, "{'enforce-routes': <true>, 'local-services': <false>, 'reachable-from': <['10.0.0.0/8']>}" },
  { SVPN_SCOPE_SERVER, "{'autostart': <false>}" },
  { SVPN_SCOPE_CLIENT, "{'rekey-interval-s': <604800>, 'rekey-mib': <16777216>}" },
  { SVPN_SCOPE_CLIENT, SESSION_LOWEST },
  { SVPN_SCOPE_CLIENT, SESSION_HIGHEST },
  { SVPN_SCOPE_SERVER, SESSION_LOWEST },
  { SVPN_SCOPE_SERVER, SESSION_HIGHEST },
  { SVPN_SCOPE_SERVER, "{'client-auth': <'none'>}" },
  { SVPN_SCOPE_SERVER, "{'client-auth': <'required'>}" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-bytes-per-s': <0>, 'rate-limit-burst-bytes': <1500>}" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-bytes-per-s': <'0'>, 'rate-limit-burst-bytes': <'64k'>}" },
  { SVPN_SCOPE_SERVER, "{'public-key': <'" PUBLIC_KEY "'>}" },
  { SVPN_SCOPE_CLIENT, "{'public-key': <'" PUBLIC_KEY "'>}" },
  { SVPN_SCOPE_SERVER, "{'public-url': <'wss://vpn.example.org/live/feed'>}" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-bytes-per-s': <uint32 4294967295>, 'rate-limit-burst-bytes': <1000000000>}" },
  { SVPN_SCOPE_AUTHORIZED, "{'name': <'Jürgens Laptop'>, 'public-key': <'" PUBLIC_KEY "'>}" },
  { SVPN_SCOPE_AUTHORIZED, "{'name': <'" NAME_OF_64 "'>}" },
  { SVPN_SCOPE_AUTHORIZED, "{'ipv4': <'10.8.0.7'>, 'ipv6': <'fd00::7'>}" },
  { SVPN_SCOPE_AUTHORIZED, "{'rate-limit-bytes-per-s': <1000>, 'rate-limit-burst-bytes': <1500>}" },
  { SVPN_SCOPE_AUTHORIZED,
    "{'rate-limit-bytes-per-s': <int64 100000000000>, 'rate-limit-burst-bytes': <uint64 1000000000>}" },
  { SVPN_SCOPE_AUTHORIZED, "{'expires': <1>}" },
  { SVPN_SCOPE_AUTHORIZED, "{'expires': <uint64 9223372036854775807>}" },
};

static const struct {
  SvpnScope scope;
  const char *input;
  const char *message; /* whole, or its beginning where it ends with "..." */
} refused[] = {
  { SVPN_SCOPE_CLIENT, "{'link-mtu': <100>}", "link-mtu: ..." },
  { SVPN_SCOPE_CLIENT, "{'dns-mode': <'magic'>}", "dns-mode: 'magic' is not one of auto, resolved, resolvconf, file, none" },
  { SVPN_SCOPE_CLIENT, "{'dns-domains': <['a b']>}", "dns-domains: ..." },
  { SVPN_SCOPE_CLIENT, "{'network': <'half'>}", "network: 'half' is not one of full, device" },
  { SVPN_SCOPE_CLIENT, "{'local-networks': <'maybe'>}", "local-networks: 'maybe' is not one of allow, block" },
  { SVPN_SCOPE_CLIENT, "{'lockdown': <'on'>}", "lockdown: 'on' is not one of off, while-connected, always" },
  { SVPN_SCOPE_SERVER, "{'enforce-routes': <'yes'>}", "enforce-routes: ..." },
  { SVPN_SCOPE_SERVER, "{'local-services': <1>}", "local-services: ..." },
  { SVPN_SCOPE_SERVER, "{'reachable-from': <['10.0.0.1/8']>}", "reachable-from: ..." },
  { SVPN_SCOPE_CLIENT, "{'foo': <1>}", "foo: unknown setting" },
  { SVPN_SCOPE_CLIENT, "{'': <1>}", ": unknown setting" },
  { SVPN_SCOPE_CLIENT, "{'listen': <['0.0.0.0:1']>}", "listen: unknown setting" },
  { SVPN_SCOPE_SERVER, "{'wait': <true>}", "wait: unknown setting" },
  { SVPN_SCOPE_CLIENT, "{'a\\nb\\u001b[31m': <1>}", "a?b?[31m: unknown setting" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <1400>, 'mtu': <1400>}", "mtu: given twice" },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'http://x'>}", "server-url: 'http://x' is not a ws:// or wss:// URL" },
  { SVPN_SCOPE_CLIENT, "{'server-url': <''>}", "server-url: '' is not a ws:// or wss:// URL" },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'vpn.example.org'>}", "server-url: 'vpn..." },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss:chat'>}", "server-url: 'wss:chat' is not a URL with a host..." },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss:///chat'>}", "server-url: 'wss:///chat' is not a URL with a host..." },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss://h:0/'>}", "server-url: 'wss://h:0/' is not a URL with a host..." },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss://h:65536/'>}", "server-url: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss://h/a b'>}", "server-url: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-url': <' wss://h/'>}", "server-url: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss://h/\\n'>}", "server-url: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss://h/#a'>}", "server-url: 'wss://h/#a' is not a URL without fragment (#)" },
  { SVPN_SCOPE_CLIENT, "{'server-url': <'wss://u:SECRET@h/'>}",
    "server-url: '...@h/' is not a URL without user name and password" },
  { SVPN_SCOPE_CLIENT, "{'server-url': <1>}", "server-url: expected s (string), got i" },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <''>}", "server-public-key: '' is not a public key of 32 bytes..." },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'AAAA'>}", "server-public-key: 'AAAA' is not..." },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'" SPELLED_TWICE_KEY "'>}", "server-public-key: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'" PUBLIC_KEY " '>}", "server-public-key: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08'>}", "server-public-key: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08='>}", "server-public-key: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08AAAA='>}",
    "server-public-key: ..." },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'" ZERO_KEY "'>}",
    "server-public-key: '" ZERO_KEY "' is not a usable public key: it is of low order" },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'" LOW_ORDER_KEY "'>}",
    "server-public-key: '" LOW_ORDER_KEY "' is not a usable public key: it is of low order" },
  { SVPN_SCOPE_CLIENT, "{'server-public-key': <'" P_KEY "'>}",
    "server-public-key: '" P_KEY "' is not a usable public key: it is of low order" },
  { SVPN_SCOPE_CLIENT, "{'private-key': <'SECRET'>}", "private-key: the value given is not a private key of 32 bytes..." },
  { SVPN_SCOPE_CLIENT, "{'private-key': <'" ZERO_KEY "'>}", "private-key: the value given is not..." },
  { SVPN_SCOPE_CLIENT, "{'private-key': <['SECRET']>}", "private-key: expected s (string), got as (array of strings)" },
  { SVPN_SCOPE_CLIENT, "{'dns': <'1.1.1.1'>}", "dns: expected as (array of strings), got s (string)" },
  { SVPN_SCOPE_CLIENT, "{'dns': <[<'1.1.1.1'>, <1>]>}", "dns: expected as (array of strings), got av (mixed array)" },
  { SVPN_SCOPE_CLIENT, "{'dns': <['1.1.1.1', 'one.one']>}", "dns: 'one.one' is not an IP address" },
  { SVPN_SCOPE_CLIENT, "{'dns': <['1.1.1.1/32']>}", "dns: '1.1.1.1/32' is not an IP address" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <99>}", "mtu: 99 is out of range (576 to 65535)" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <575>}", "mtu: 575 is out of range (576 to 65535)" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <65536>}", "mtu: 65536 is out of range (576 to 65535)" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <-1420>}", "mtu: -1420 is out of range (576 to 65535)" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <uint64 18446744073709551615>}", "mtu: 9223372036854775807 is out of range..." },
  { SVPN_SCOPE_CLIENT, "{'mtu': <int64 4294968716>}", "mtu: 4294968716 is out of range..." },
  { SVPN_SCOPE_CLIENT, "{'mtu': <'1420'>}", "mtu: expected u (unsigned integer), got s (string)" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <1420.0>}", "mtu: expected u (unsigned integer), got d (floating point)" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <handle 1420>}", "mtu: expected u (unsigned integer), got h" },
  { SVPN_SCOPE_CLIENT, "{'mtu': <<1420>>}", "mtu: expected u (unsigned integer), got v" },
  { SVPN_SCOPE_CLIENT, "{'routes': <['10.8.0.1/24']>}",
    "routes: '10.8.0.1/24' is not a network in CIDR notation without host bits" },
  { SVPN_SCOPE_CLIENT, "{'routes': <['default']>}", "routes: 'default' is not a network..." },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-pem': <''>}", "tls-ca-pem: '' is not one or more certificates in PEM..." },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-pem': <'/etc/ca.pem'>}", "tls-ca-pem: '/etc/ca.pem' is not one or more..." },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-pem': <'" BEGIN_CERTIFICATE "MIGBAAAA" END_CERTIFICATE "'>}", "tls-ca-pem: ..." },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-pem': <'" BEGIN_CERTIFICATE "MIEB*A==" END_CERTIFICATE "'>}", "tls-ca-pem: ..." },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-pem': <'" BEGIN_CERTIFICATE "MIIBAQ=='>}", "tls-ca-pem: ..." },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-pem': <'" CERTIFICATE "-----BEGIN PRIVATE KEY-----'>}", "tls-ca-pem: ..." },
  { SVPN_SCOPE_CLIENT, "{'title': <''>}", "title: '' is not 1 to 128 printable characters" },
  { SVPN_SCOPE_SERVER, "{'title': <'a\\nb'>}", "title: 'a?b' is not 1 to 128 printable characters" },
  { SVPN_SCOPE_CLIENT, "{'tls-ca-file': <'ca.pem'>}", "tls-ca-file: 'ca.pem' is not an absolute file name" },
  { SVPN_SCOPE_CLIENT, "{'tls-verify': <'None'>}", "tls-verify: 'None' is not one of system, none" },
  { SVPN_SCOPE_CLIENT, "{'connect-timeout-s': <0>}", "connect-timeout-s: 0 is out of range (1 to 300)" },
  { SVPN_SCOPE_CLIENT, "{'connect-timeout-s': <301>}", "connect-timeout-s: 301 is out of range (1 to 300)" },
  { SVPN_SCOPE_CLIENT, "{'wait': <1>}", "wait: expected b (boolean), got i" },
  { SVPN_SCOPE_SERVER, "{'listen': <@as []>}", "listen: 0 elements are out of range (1 to 16)" },
  { SVPN_SCOPE_SERVER, "{'listen': <['443']>}", "listen: '443' is not IP:port or [IPv6]:port" },
  { SVPN_SCOPE_SERVER, "{'path': <''>}", "path: '' is not an absolute URL path..." },
  { SVPN_SCOPE_SERVER, "{'path': <'chat'>}", "path: 'chat' is not an absolute URL path..." },
  { SVPN_SCOPE_SERVER, "{'path': <'/a?b'>}", "path: ..." },
  { SVPN_SCOPE_SERVER, "{'path': <'/a#b'>}", "path: ..." },
  { SVPN_SCOPE_SERVER, "{'path': <'/a%20b'>}", "path: ..." },
  { SVPN_SCOPE_SERVER, "{'path': <'/a b'>}", "path: ..." },
  { SVPN_SCOPE_SERVER, "{'path': <'/ä'>}", "path: '/ä' is not..." },
  { SVPN_SCOPE_SERVER, "{'tls-certificate-file': <''>}", "tls-certificate-file: '' is not an absolute file name" },
  { SVPN_SCOPE_SERVER, "{'tls-key-file': <'./k.pem'>}", "tls-key-file: './k.pem' is not an absolute file name" },
  { SVPN_SCOPE_SERVER, "{'private-key': <'SECRET'>}", "private-key: the value given is not..." },
  { SVPN_SCOPE_SERVER, "{'ipv4-pool': <'10.8.0.1/24'>}",
    "ipv4-pool: '10.8.0.1/24' is not an IPv4 network of /8 to /30 without host bits" },
  { SVPN_SCOPE_SERVER, "{'ipv4-pool': <'10.0.0.0/7'>}", "ipv4-pool: ..." },
  { SVPN_SCOPE_SERVER, "{'ipv4-pool': <'10.0.0.0/31'>}", "ipv4-pool: ..." },
  { SVPN_SCOPE_SERVER, "{'ipv4-pool': <'fd00::/64'>}", "ipv4-pool: ..." },
  { SVPN_SCOPE_SERVER, "{'ipv6-pool': <''>}", "ipv6-pool: ..." },
  { SVPN_SCOPE_SERVER, "{'ipv6-pool': <'fd00::/47'>}", "ipv6-pool: ..." },
  { SVPN_SCOPE_SERVER, "{'ipv6-pool': <'fd00::/121'>}", "ipv6-pool: ..." },
  { SVPN_SCOPE_SERVER, "{'ipv6-pool': <'10.8.0.0/24'>}", "ipv6-pool: ..." },
  { SVPN_SCOPE_SERVER, "{'dns': <['']>}", "dns: '' is not an IP address" },
  { SVPN_SCOPE_SERVER, "{'routes': <['::/129']>}", "routes: ..." },
  { SVPN_SCOPE_SERVER, "{'mtu': <0>}", "mtu: 0 is out of range (576 to 65535)" },
  { SVPN_SCOPE_SERVER, "{'nat': <'true'>}", "nat: expected b (boolean), got s (string)" },
  { SVPN_SCOPE_SERVER, "{'max-clients': <0>}", "max-clients: 0 is out of range (1 to 65535)" },
  { SVPN_SCOPE_SERVER, "{'decoy': <'https://127.0.0.1:443'>}", "decoy: 'https://127.0.0.1:443' is not ..." },
  { SVPN_SCOPE_SERVER, "{'decoy': <'http://www.example.org:80'>}", "decoy: 'http://www.example.org:80' is not ..." },
  { SVPN_SCOPE_SERVER, "{'decoy': <'http://127.0.0.1:0'>}", "decoy: 'http://127.0.0.1:0' is not ..." },
  { SVPN_SCOPE_SERVER, "{'decoy': <'www'>}", "decoy: 'www' is not ..." },
  { SVPN_SCOPE_SERVER, "{'decoy-proxy-protocol': <'3'>}", "decoy-proxy-protocol: '3' is not one of none, v1, v2" },
  { SVPN_SCOPE_SERVER, "{'trusted-proxies': <['127.0.0.1/8']>}", "trusted-proxies: '127.0.0.1/8' is not ..." },
  { SVPN_SCOPE_SERVER, "{'client-to-client': <0>}", "client-to-client: expected b (boolean), got i" },
  { SVPN_SCOPE_SERVER, "{'require-proof': <@as []>}", "require-proof: expected b (boolean), got as (array of strings)" },
  { SVPN_SCOPE_CLIENT, "{'auto-reconnect': <1>}", "auto-reconnect: expected b (boolean), got i" },
  { SVPN_SCOPE_CLIENT, "{'max-reconnect-attempts': <-1>}", "max-reconnect-attempts: -1 is out of range (0 to 1000000)" },
  { SVPN_SCOPE_CLIENT, "{'rekey-interval-s': <604801>}", "rekey-interval-s: 604801 is out of range (0 to 604800)" },
  { SVPN_SCOPE_CLIENT, "{'rekey-mib': <16777217>}", "rekey-mib: 16777217 is out of range (0 to 16777216)" },
  SESSION_REFUSED (SVPN_SCOPE_CLIENT),
  SESSION_REFUSED (SVPN_SCOPE_SERVER),
  { SVPN_SCOPE_CLIENT, "{'client-auth': <'none'>}", "client-auth: unknown setting" },
  { SVPN_SCOPE_SERVER, "{'auto-reconnect': <true>}", "auto-reconnect: unknown setting" },
  { SVPN_SCOPE_SERVER, "{'client-auth': <'Required'>}", "client-auth: 'Required' is not one of none, required" },
  { SVPN_SCOPE_CLIENT, "{'autoconnect': <'yes'>}", "autoconnect: expected b (boolean), got s (string)" },
  { SVPN_SCOPE_CLIENT, "{'autostart': <true>}", "autostart: unknown setting" },
  { SVPN_SCOPE_SERVER, "{'autostart': <1>}", "autostart: expected b (boolean), got i" },
  { SVPN_SCOPE_SERVER, "{'autoconnect': <true>}", "autoconnect: unknown setting" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-bytes-per-s': <int64 4294967296>}",
    "rate-limit-bytes-per-s: 4294967296 is out of range (0, or 1000 to 4294967295)" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-bytes-per-s': <'10Mbits'>}",
    "rate-limit-bytes-per-s: '10Mbits' is not a rate, such as 500k, 2M or 10Mbit" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-bytes-per-s': <'40Gbit'>}",
    "rate-limit-bytes-per-s: 5000000000 is out of range (0, or 1000 to 4294967295)" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-burst-bytes': <'64kbit'>}",
    "rate-limit-burst-bytes: '64kbit' is not a number of bytes, such as 65536 or 64k" },
  { SVPN_SCOPE_SERVER, "{'mtu': <'1k'>}", "mtu: expected u (unsigned integer), got s (string)" },
  { SVPN_SCOPE_SERVER, "{'public-key': <'key'>}", "public-key: 'key' is not a public key of 32 bytes..." },
  { SVPN_SCOPE_CLIENT, "{'public-key': <'key'>}", "public-key: 'key' is not a public key of 32 bytes..." },
  { SVPN_SCOPE_SERVER, "{'public-url': <'https://vpn.example.org/'>}", "public-url: 'https://vpn.example.org/' is not a ws:// or wss:// URL" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-bytes-per-s': <999>}",
    "rate-limit-bytes-per-s: 999 is out of range (0, or 1000 to 4294967295)" },
  { SVPN_SCOPE_SERVER, "{'rate-limit-burst-bytes': <1499>}",
    "rate-limit-burst-bytes: 1499 is out of range (1500 to 1000000000)" },
  { SVPN_SCOPE_AUTHORIZED, "{'mtu': <1420>}", "mtu: unknown setting" },
  { SVPN_SCOPE_AUTHORIZED, "{'name': <''>}", "name: '' is not a name of 1 to 64 printable characters that is no key" },
  { SVPN_SCOPE_AUTHORIZED, "{'name': <'" NAME_OF_64 "x'>}", "name: ..." },
  { SVPN_SCOPE_AUTHORIZED, "{'name': <'a\\nb'>}", "name: 'a?b' is not..." },
  { SVPN_SCOPE_AUTHORIZED, "{'name': <'a\\u202eb'>}", "name: 'a?b' is not..." },
  { SVPN_SCOPE_AUTHORIZED, "{'name': <'" PUBLIC_KEY "'>}", "name: ..." },
  { SVPN_SCOPE_AUTHORIZED, "{'public-key': <'" LOW_ORDER_KEY "'>}", "public-key: ..." },
  { SVPN_SCOPE_AUTHORIZED, "{'public-key': <'laptop'>}", "public-key: 'laptop' is not a public key..." },
  { SVPN_SCOPE_AUTHORIZED, "{'ipv4': <'fd00::7'>}", "ipv4: 'fd00::7' is not an IPv4 address" },
  { SVPN_SCOPE_AUTHORIZED, "{'ipv4': <'10.8.0.7/24'>}", "ipv4: ..." },
  { SVPN_SCOPE_AUTHORIZED, "{'ipv6': <'10.8.0.7'>}", "ipv6: '10.8.0.7' is not an IPv6 address" },
  { SVPN_SCOPE_AUTHORIZED, "{'rate-limit-bytes-per-s': <999>}",
    "rate-limit-bytes-per-s: 999 is out of range (1000 to 100000000000)" },
  { SVPN_SCOPE_AUTHORIZED, "{'rate-limit-bytes-per-s': <int64 100000000001>}", "rate-limit-bytes-per-s: ..." },
  { SVPN_SCOPE_AUTHORIZED, "{'rate-limit-burst-bytes': <1000000001>}", "rate-limit-burst-bytes: ..." },
  { SVPN_SCOPE_AUTHORIZED, "{'expires': <0>}", "expires: 0 is out of range (1 to 9223372036854775807)" },
  { SVPN_SCOPE_AUTHORIZED, "{'expires': <'tomorrow'>}", "expires: expected t (unsigned integer), got s (string)" },
};
/* clang-format on */

static GVariant *
dict (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return parsed;
}

static GVariant *
validate (SvpnScope scope, const char *text)
{
  g_autoptr (GVariant) input = dict (text);
  g_autoptr (GError) error = NULL;
  GVariant *settings = svpn_settings_validate (scope, input, &error);

  g_assert_no_error (error);
  g_assert_true (settings == NULL || !g_variant_is_floating (settings));
  return settings;
}

/* Sorted, each key once, each value of the type of its entry. */
static void
assert_canonical (SvpnScope scope, GVariant *settings)
{
  static const char *const types[] = { "b", "u", "t", "s", "as" };
  const char *key, *last = "";
  GVariantIter iter;
  GVariant *value;

  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    const SvpnSetting *setting = svpn_settings_find (scope, key);

    g_assert_nonnull (setting);
    g_assert_cmpint (strcmp (last, key), <, 0);
    g_assert_cmpstr (g_variant_get_type_string (value), ==, types[setting->type]);
    last = key;
    g_variant_unref (value);
  }
}

static void
assert_refused (SvpnScope scope, GVariant *input, const char *message)
{
  g_autofree char *start
      = g_str_has_suffix (message, "...") ? g_strndup (message, strlen (message) - 3) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (svpn_settings_validate (scope, input, &error));
  int code = error != NULL && g_str_has_suffix (error->message, ": unknown setting")
                 ? SVPN_ERROR_UNKNOWN_SETTING
                 : SVPN_ERROR_INVALID_SETTING;
  g_assert_error (error, SVPN_ERROR, code);
  if (error == NULL)
    return;
  g_test_message ("%s", error->message);
  g_assert_null (strstr (error->message, "SECRET"));
  g_assert_null (strpbrk (error->message, "\n\033"));
  g_assert_cmpuint (strlen (error->message), <, 256);
  if (start == NULL)
    g_assert_cmpstr (error->message, ==, message);
  else
    g_assert_true (g_str_has_prefix (error->message, start));
}

static void
test_accepted (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accepted); i++) {
    g_autoptr (GVariant) settings = validate (accepted[i].scope, accepted[i].input);
    g_autoptr (GVariant) input = dict (accepted[i].input);

    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, accepted[i].input);
    if (settings == NULL)
      continue;
    assert_canonical (accepted[i].scope, settings);
    g_assert_cmpuint (g_variant_n_children (settings), ==, g_variant_n_children (input));
  }
}

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GVariant) input = dict (refused[i].input);

    g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, refused[i].input);
    assert_refused (refused[i].scope, input, refused[i].message);
  }
}

static const char *
input_of (const void *table, gsize i)
{
  return table == accepted ? accepted[i].input : refused[i].input;
}

/* No key of the tables without a valid and an invalid value above. */
static void
assert_tested (SvpnScope scope, const char *key, const void *table, gsize n)
{
  g_autofree char *quoted = g_strdup_printf ("'%s':", key);

  for (gsize i = 0; i < n; i++) {
    SvpnScope of = table == accepted ? accepted[i].scope : refused[i].scope;

    if (of == scope && strstr (input_of (table, i), quoted) != NULL)
      return;
  }
  g_test_message ("%s is not tested", key);
  g_test_fail ();
}

static void
test_table (void)
{
  for (int scope = SVPN_SCOPE_CLIENT; scope <= SVPN_SCOPE_AUTHORIZED; scope++) {
    for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
      g_autofree char *input
          = g_strdup_printf ("{'%s': <%s%s>}", setting->key,
                             setting->type == SVPN_SETTING_STRINGS ? "@as " : "", setting->default_value);

      g_test_message ("%s", input);
      assert_tested (scope, setting->key, accepted, G_N_ELEMENTS (accepted));
      assert_tested (scope, setting->key, refused, G_N_ELEMENTS (refused));
      g_assert_true (svpn_settings_find (scope, setting->key) == setting);
      g_assert_true (g_str_has_suffix (setting->doc, "."));
      if (setting->default_value != NULL)
        g_variant_unref (validate (scope, input));
      g_autofree char *syntax = svpn_setting_expects (setting, "");
      gboolean is_text = setting->type == SVPN_SETTING_STRING || setting->type == SVPN_SETTING_STRINGS;

      g_assert_true ((syntax != NULL) == is_text);
      g_assert_nonnull (setting->group);
      if (setting->type == SVPN_SETTING_UINT || setting->type == SVPN_SETTING_BOOL)
        g_assert_nonnull (setting->default_value);
    }
  }
}

/* Forms can be made of what programs are told: each setting once, its default valid, choices and ranges as they are checked. */
static void
test_descriptions (void)
{
  static const char *const scopes[] = { "client", "server", "authorized-client" };
  g_autoptr (GVariant) all = g_variant_ref_sink (svpn_settings_describe ());
  gsize next = 0;

  for (int scope = SVPN_SCOPE_CLIENT; scope <= SVPN_SCOPE_AUTHORIZED; scope++) {
    for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
      g_autoptr (GVariant) told = g_variant_get_child_value (all, next++);
      g_autoptr (GVariant) value = g_variant_lookup_value (told, "default", NULL);
      const char *key, *type, *of;
      gboolean secret;

      g_assert_true (g_variant_lookup (told, "scope", "&s", &of) && g_str_equal (of, scopes[scope]));
      g_assert_true (g_variant_lookup (told, "key", "&s", &key) && g_str_equal (key, setting->key));
      g_assert_true (g_variant_lookup (told, "signature", "&s", &type));
      g_assert_true (value == NULL || g_str_equal (g_variant_get_type_string (value), type));
      g_assert_true ((value != NULL) == (setting->default_value != NULL));
      g_assert_true (g_variant_lookup (told, "secret", "b", &secret));
      g_assert_true (secret == g_str_equal (key, "private-key"));
      g_assert_true (g_variant_lookup (told, "minimum", "t", NULL) == (strchr ("uta", *type) != NULL));
      g_assert_true (g_variant_lookup (told, "choices", "as", NULL) == (setting->choices != NULL));
      g_assert_true (g_variant_lookup (told, "syntax", "s", NULL) == (strchr ("sa", *type) != NULL));
    }
  }
  g_assert_cmpuint (g_variant_n_children (all), ==, next);
}

static void
test_bounds (void)
{
  g_autofree char *name = g_strnfill (SVPN_SETTING_STRING_MAX - 1, 'a');
  g_autofree char *longest = g_strdup_printf ("{'path': <'/%s'>}", name);
  g_autofree char *longer = g_strdup_printf ("{'path': <'/%sa'>}", name);
  g_autofree char *unknown = g_strdup_printf ("{'%s': <1>}", name);
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  g_autoptr (GVariant) settings = validate (SVPN_SCOPE_SERVER, longest);
  g_autoptr (GVariant) too_long = dict (longer), strange = dict (unknown), too_many = NULL;

  g_assert_cmpuint (g_variant_n_children (settings), ==, 1);
  assert_refused (SVPN_SCOPE_SERVER, too_long, "path: longer than 4096 bytes");
  assert_refused (SVPN_SCOPE_SERVER, strange, "aaaa...");
  for (int i = 0; i < 257; i++)
    g_variant_builder_add (&list, "s", "10.0.0.0/8");
  too_many = g_variant_ref_sink (g_variant_new_parsed ("{'routes': <%@as>}", g_variant_builder_end (&list)));
  assert_refused (SVPN_SCOPE_SERVER, too_many, "routes: 257 elements are out of range (0 to 256)");
}

static void
test_getters (void)
{
  g_autoptr (GVariant) none = validate (SVPN_SCOPE_SERVER, "{}");
  g_autoptr (GVariant) some = validate (SVPN_SCOPE_SERVER, "{'path': <'/x'>, 'mtu': <1280>, 'nat': <true>, "
                                                           "'dns': <['1.1.1.1']>}");
  g_auto (GStrv) no_dns = svpn_settings_get_strings (SVPN_SCOPE_SERVER, none, "dns");
  g_auto (GStrv) dns = svpn_settings_get_strings (SVPN_SCOPE_SERVER, some, "dns");
  g_auto (GStrv) listen = svpn_settings_get_strings (SVPN_SCOPE_SERVER, some, "listen");
  g_autoptr (GVariant) mtu = svpn_settings_get_value (SVPN_SCOPE_SERVER, none, "mtu");
  const char *path = svpn_settings_get_string (SVPN_SCOPE_SERVER, some, "path");

  g_assert_cmpstr (svpn_settings_get_string (SVPN_SCOPE_SERVER, none, "path"), ==, "/");
  g_assert_null (svpn_settings_get_string (SVPN_SCOPE_SERVER, none, "ipv6-pool"));
  g_assert_null (svpn_settings_get_strings (SVPN_SCOPE_CLIENT, none, "dns"));
  g_assert_cmpuint (svpn_settings_get_uint (SVPN_SCOPE_SERVER, none, "mtu"), ==, 1420);
  g_assert_cmpuint (g_variant_get_uint32 (mtu), ==, 1420);
  g_assert_null (svpn_settings_get_value (SVPN_SCOPE_SERVER, none, "ipv6-pool"));
  g_assert_cmpuint (svpn_settings_get_uint (SVPN_SCOPE_SERVER, some, "mtu"), ==, 1280);
  g_assert_true (svpn_settings_get_bool (SVPN_SCOPE_SERVER, none, "require-proof"));
  g_assert_false (svpn_settings_get_bool (SVPN_SCOPE_SERVER, none, "nat"));
  g_assert_true (svpn_settings_get_bool (SVPN_SCOPE_SERVER, some, "nat"));
  g_assert_cmpuint (g_strv_length (no_dns), ==, 0);
  g_assert_cmpstrv (dns, ((const char *[]){ "1.1.1.1", NULL }));
  g_assert_cmpstrv (listen, ((const char *[]){ "0.0.0.0:443", "[::]:443", NULL }));
  g_assert_cmpstr (path, ==, "/x");
}

static void
test_merge_and_secrets (void)
{
  g_autoptr (GVariant) base = validate (SVPN_SCOPE_CLIENT, "{'server-url': <'ws://a'>, 'mtu': <1280>}");
  g_autoptr (GVariant) overrides
      = validate (SVPN_SCOPE_CLIENT, "{'private-key': <'" PRIVATE_KEY "'>, 'mtu': <1300>}");
  g_autoptr (GVariant) merged = svpn_settings_merge (base, overrides);
  g_autoptr (GVariant) expected = validate (SVPN_SCOPE_CLIENT, "{'mtu': <1300>, 'server-url': <'ws://a'>, "
                                                               "'private-key': <'" PRIVATE_KEY "'>}");
  g_autoptr (GVariant) open = svpn_settings_without_secrets (SVPN_SCOPE_CLIENT, merged);
  g_autoptr (GVariant) secret = svpn_settings_only_secrets (SVPN_SCOPE_CLIENT, merged);
  g_autoptr (GVariant) again = svpn_settings_merge (open, secret);
  g_autofree char *hash = svpn_settings_hash (merged), *same = svpn_settings_hash (expected);
  g_autofree char *other = svpn_settings_hash (open);

  assert_canonical (SVPN_SCOPE_CLIENT, merged);
  g_assert_cmpvariant (merged, expected);
  g_assert_cmpvariant (again, expected);
  g_assert_cmpuint (g_variant_n_children (open), ==, 2);
  g_assert_false (g_variant_lookup (open, "private-key", "s", NULL));
  g_assert_cmpuint (g_variant_n_children (secret), ==, 1);
  g_assert_cmpstr (hash, ==, same);
  g_assert_cmpstr (hash, !=, other);
  g_assert_cmpuint (strlen (hash), ==, 64);
}

/* One line for each setting, in the order of the tables. */
static void
test_reference (void)
{
  g_autofree char *reference = svpn_settings_reference ();
  g_auto (GStrv) lines = g_strsplit (reference, "\n", -1);
  char **line = lines;

  for (int scope = SVPN_SCOPE_CLIENT; scope <= SVPN_SCOPE_AUTHORIZED; scope++) {
    for (const SvpnSetting *setting = svpn_settings_table (scope); setting->key != NULL; setting++) {
      g_autofree char *begin = g_strdup_printf ("| `%s` |", setting->key);

      while (*line != NULL && !g_str_has_prefix (*line, begin))
        line++;
      g_test_message ("row %s", begin);
      g_assert_nonnull (*line);
      if (*line == NULL)
        return;
      g_auto (GStrv) cells = g_strsplit (*line++, "|", -1);
      g_assert_cmpuint (g_strv_length (cells), ==, 7);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/settings/table", test_table);
  g_test_add_func ("/settings/descriptions", test_descriptions);
  g_test_add_func ("/settings/accepted", test_accepted);
  g_test_add_func ("/settings/refused", test_refused);
  g_test_add_func ("/settings/bounds", test_bounds);
  g_test_add_func ("/settings/getters", test_getters);
  g_test_add_func ("/settings/merge-and-secrets", test_merge_and_secrets);
  g_test_add_func ("/settings/reference", test_reference);
  return g_test_run ();
}
