/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Fuzz target: requests, from their first byte. The first byte of the input chooses how the rest is cut; however it is cut,
 * the same must come out, and what a whole head says must be bytes of it. */
#include "forwarded.h"
#include "preconditions.h"
#include "request-head.h"
#include "web-path.h"
#include "websocket-accept.h"

#include "fuzz.h"

const char *const fuzz_seeds[] = {
  "00 "
  "474554202f61253266622f2e2e2f633f6420485454502f312e310d0a486f73743a20780d0a436f6f6b69653a20613d623b20736964"
  "3d630d0a52616e67653a2062797465733d302d350d0a0d0a",
  "07 "
  "504f5354202f20485454502f312e300d0a436f6e74656e742d4c656e6774683a20330d0a5472616e736665722d456e636f64696e67"
  "3a206368756e6b65640d0a0d0a616263474554202f20485454502f312e310d0a0d0a",
  "01 "
  "474554202f7820485454502f312e310d0a486f73743a20610d0a557067726164653a20776562736f636b65740d0a436f6e6e656374"
  "696f6e3a20557067726164650d0a5365632d576562536f636b65742d56657273696f6e3a2031330d0a5365632d576562536f636b65"
  "742d4b65793a206447686c49484e68625842735a5342756232356a5a513d3d0d0a582d466f727761726465642d466f723a2031302e"
  "312e312e312c205b323030313a6462383a3a315d3a350d0a0d0a",
  "ff "
  "0d0a47455420687474703a2f2f612f20485454502f312e310d0a49662d4e6f6e652d4d617463683a202261222c20572f2262220d0a"
  "49662d52616e67653a20780d0a52616e67653a2062797465733d2d0d0a0d0a",
  "20 474554",
  NULL,
};

static void
read_head (SvpnRequestHead *head, const uint8_t *data, size_t size, size_t step)
{
  svpn_request_head_init (head);
  for (size_t at = 0; at < size && head->state == SVPN_REQUEST_HEAD_MORE;) {
    size_t room, n = size - at < step ? size - at : step;
    uint8_t *out = svpn_request_head_room (head, &room);

    FUZZ_CHECK (out != NULL && room > 0);
    n = n < room ? n : room;
    memcpy (out, data + at, n);
    at += n;
    FUZZ_CHECK (svpn_request_head_take (head, n) == head->state);
    FUZZ_CHECK (head->size == at && memcmp (head->bytes, data, at) == 0);
  }
}

static void
check_inside (const SvpnRequestHead *head, SvpnSlice slice)
{
  FUZZ_CHECK (slice.text >= (const char *) head->bytes);
  FUZZ_CHECK (slice.text + slice.size <= (const char *) head->bytes + head->head_size);
}

/* A path never leads out of the root, nor to a hidden file. */
static void
check_path (SvpnSlice path)
{
  g_autofree char *file = NULL;
  gboolean is_directory;
  g_auto (GStrv) parts = NULL;

  if (svpn_web_path_resolve (path.text, path.size, &file, &is_directory) != SVPN_WEB_PATH_OK)
    return;
  parts = g_strsplit (file, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    FUZZ_CHECK (parts[i][0] != '\0' && parts[i][0] != '.');
}

static void
check_preconditions (const SvpnRequestHead *head)
{
  const SvpnRepresentation representation = { .etag = "\"b\"", .mtime = 1767225600, .size = 10 };
  goffset start, length;
  guint status = svpn_preconditions_check (head, &representation, &start, &length);

  FUZZ_CHECK (status == 200 || status == 206 || status == 304 || status == 412 || status == 416);
  if (status == 206)
    FUZZ_CHECK (start >= 0 && length > 0 && start + length <= representation.size);
  if (status == 200)
    FUZZ_CHECK (start == 0 && length == representation.size);
}

static void
check_whole (const SvpnRequestHead *head)
{
  SvpnSlice name, value;
  SvpnPrefix trusted = { .family = 2 /* AF_INET */, .bytes = { 10 }, .prefix = 8 }, peer = trusted, client;
  unsigned int n = 0;

  check_inside (head, head->method);
  check_inside (head, head->target);
  check_inside (head, svpn_request_head_path (head));
  for (size_t at = 0; svpn_request_head_next (head, &at, &name, &value); n++) {
    check_inside (head, name);
    check_inside (head, value);
    FUZZ_CHECK (memchr (value.text, '\n', value.size) == NULL);
  }
  FUZZ_CHECK (n == head->n_headers && n <= SVPN_REQUEST_HEADERS_MAX);
  if (svpn_request_head_cookie (head, "sid", &value))
    check_inside (head, value);
  if (svpn_websocket_is_request (head)) {
    char out[SVPN_WEBSOCKET_RESPONSE_MAX];

    FUZZ_CHECK (!svpn_request_head_has_body (head));
    FUZZ_CHECK (svpn_websocket_accept (head, out) < sizeof out);
  }
  client = svpn_forwarded_client (head, &peer, &trusted, 1);
  FUZZ_CHECK (client.family != 0);
  check_path (svpn_request_head_path (head));
  check_preconditions (head);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SvpnRequestHead whole, cut;

  if (size == 0)
    return 0;
  read_head (&whole, data + 1, size - 1, size);
  read_head (&cut, data + 1, size - 1, 1u + data[0]);
  FUZZ_CHECK (whole.state == cut.state && whole.head_size == cut.head_size);
  FUZZ_CHECK (whole.scanned == cut.scanned);
  if (whole.state == SVPN_REQUEST_HEAD_WHOLE) {
    check_whole (&whole);
    while (svpn_request_head_restart (&whole) == SVPN_REQUEST_HEAD_WHOLE)
      check_whole (&whole);
  }
  svpn_request_head_clear (&whole);
  svpn_request_head_clear (&cut);
  return 0;
}
