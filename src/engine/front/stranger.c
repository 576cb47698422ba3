/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A connection to the server until it is a WebSocket of the tunnel, or gone.
 *
 * How it works: it goes from place to place,
 *
 *     OPENING -> HEAD -> UPGRADE, admitted
 *                ^  |--> RELAY
 *                |  `--> RESPONSE -> END -> LINGER
 *                +----------'
 *
 * and holds what it needs there: TLS from a whole ClientHello on, a buffer from the first byte of a request on, and before
 * that nothing but this struct. */
#include "stranger.h"
#include "forwarded.h"
#include "opening.h"
#include "websocket-accept.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TURNS_MAX 16 /* requests of one connection before others get their turn */

typedef enum {
  PLACE_OPENING, /* a PROXY header and TLS */
  PLACE_HEAD,
  PLACE_UPGRADE, /* the 101 is being sent */
  PLACE_RESPONSE,
  PLACE_RELAY,
  PLACE_END,    /* our direction is being ended */
  PLACE_LINGER, /* until the client has ended his */
  PLACE_ADMITTED,
  PLACE_GONE,
} Place;

/* What a place's function does. */
typedef enum {
  STEP_ON,   /* it has entered another place */
  STEP_WAIT, /* the wish says for what */
} Step;

struct _SvpnStranger {
  const SvpnStrangerConfig *config;
  SvpnOpening opening;    /* its channel is the stranger's all the time */
  SvpnEndpoint forwarded; /* whom a proxy's last request was for; family 0: nobody else */
  Place place;
  gint64 deadline_us;
  SvpnRequestHead head;
  SvpnResponse *response;
  SvpnRelay *relay;
  gsize lingered;
  unsigned int n_proofs;
};

/* What a run works with. */
typedef struct {
  gint64 monotonic_us, unix_time;
  SvpnWish *wish;
} Run;

static Step
enter (SvpnStranger *stranger, Place place)
{
  stranger->place = place;
  return STEP_ON;
}

static void
set_deadline (SvpnStranger *stranger, const Run *run, gint64 seconds)
{
  stranger->deadline_us = run->monotonic_us + seconds * G_USEC_PER_SEC;
}

/* After a step of input or output that was neither done nor has failed. */
static Step
wait_for (SvpnIo io, const Run *run)
{
  run->wish->client_events = io == SVPN_IO_WANT_WRITE ? POLLOUT : POLLIN;
  return STEP_WAIT;
}

static gboolean
is_waiting (SvpnIo io)
{
  return io == SVPN_IO_WANT_READ || io == SVPN_IO_WANT_WRITE;
}

static Step
run_opening (SvpnStranger *stranger, const Run *run)
{
  SvpnIo io = svpn_opening_run (&stranger->opening, run->monotonic_us);

  switch (io) {
  case SVPN_IO_WANT_READ:
  case SVPN_IO_WANT_WRITE:
    return wait_for (io, run);
  case SVPN_IO_DONE:
    return enter (stranger, PLACE_HEAD);
  case SVPN_IO_CLOSED:
    return enter (stranger, PLACE_END);
  case SVPN_IO_FAILED:
    break;
  }
  return enter (stranger, PLACE_GONE);
}

/* --- requests --- */

static Step
respond (SvpnStranger *stranger, Place place, const Run *run)
{
  set_deadline (stranger, run, SVPN_STRANGER_SEND_TIMEOUT_S);
  return enter (stranger, place);
}

static Step
upgrade (SvpnStranger *stranger, const Run *run)
{
  char text[SVPN_WEBSOCKET_RESPONSE_MAX];
  size_t size = svpn_websocket_accept (&stranger->head, text);

  stranger->response = g_new (SvpnResponse, 1);
  svpn_response_init_raw (stranger->response, text, size);
  return respond (stranger, PLACE_UPGRADE, run);
}

static Step
respond_with_error (SvpnStranger *stranger, guint status, const Run *run)
{
  stranger->response = g_new (SvpnResponse, 1);
  svpn_response_init_error (stranger->response, status, run->unix_time);
  return respond (stranger, PLACE_RESPONSE, run);
}

static Step
relay (SvpnStranger *stranger, const Run *run)
{
  struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
  socklen_t size = sizeof address;
  SvpnEndpoint here;

  getsockname (stranger->opening.channel.fd, (struct sockaddr *) &address, &size);
  here = svpn_endpoint_from_sockaddr (&address);
  stranger->relay = svpn_relay_new (stranger->config->origin, &stranger->opening.channel,
                                    svpn_stranger_get_address (stranger), &here, stranger->head.bytes,
                                    stranger->head.size, run->monotonic_us);
  if (stranger->relay == NULL)
    return respond_with_error (stranger, 502, run);
  svpn_request_head_clear (&stranger->head);
  return enter (stranger, PLACE_RELAY);
}

/* A proxy's requests on one connection may be for several clients. */
static void
note_forwarded (SvpnStranger *stranger)
{
  const SvpnStrangerConfig *config = stranger->config;
  const SvpnPrefix *peer = &stranger->opening.address.address;
  SvpnPrefix client = svpn_forwarded_client (&stranger->head, peer, config->trusted, config->n_trusted);
  gboolean is_other = memcmp (&client, peer, sizeof client) != 0;

  stranger->forwarded = is_other ? (SvpnEndpoint){ .address = client } : (SvpnEndpoint){ .port = 0 };
}

/* Called with a head that is whole, or cannot become so. */
static Step
answer (SvpnStranger *stranger, const Run *run)
{
  const SvpnStrangerConfig *config = stranger->config;

  if (stranger->opening.is_misdirected)
    return respond_with_error (stranger, 400, run);
  if (stranger->head.state == SVPN_REQUEST_HEAD_WHOLE) {
    note_forwarded (stranger);
    if (svpn_gate_decide (config->gate, &stranger->head, (uint64_t) run->unix_time, &stranger->n_proofs)
        == SVPN_GATE_UPGRADE)
      return upgrade (stranger, run);
  }
  if (config->origin != NULL)
    return relay (stranger, run);
  stranger->response = g_new (SvpnResponse, 1);
  svpn_response_init (stranger->response, config->site, &stranger->head, run->unix_time);
  return respond (stranger, PLACE_RESPONSE, run);
}

static Step
run_head (SvpnStranger *stranger, const Run *run)
{
  while (stranger->head.state == SVPN_REQUEST_HEAD_MORE) {
    size_t room, n;
    uint8_t *bytes = svpn_request_head_room (&stranger->head, &room);
    SvpnIo io
        = bytes != NULL ? svpn_channel_read (&stranger->opening.channel, bytes, room, &n) : SVPN_IO_FAILED;

    if (is_waiting (io) && stranger->head.size == 0)
      svpn_request_head_clear (&stranger->head); /* a silent one costs no buffer */
    if (is_waiting (io))
      return wait_for (io, run);
    if (io != SVPN_IO_DONE)
      return enter (stranger, PLACE_GONE);
    svpn_request_head_take (&stranger->head, n);
  }
  return answer (stranger, run);
}

static void
clear_response (SvpnStranger *stranger)
{
  if (stranger->response == NULL)
    return;
  svpn_response_clear (stranger->response);
  g_clear_pointer (&stranger->response, g_free);
}

/* Sends the response; TRUE once all is sent, else *step says what to do. */
static gboolean
send_response (SvpnStranger *stranger, const Run *run, Step *step)
{
  goffset left = stranger->response->left;
  SvpnIo io = svpn_response_send (stranger->response, &stranger->opening.channel);

  if (stranger->response->left != left)
    set_deadline (stranger, run, SVPN_STRANGER_SEND_TIMEOUT_S);
  if (io == SVPN_IO_DONE)
    return TRUE;
  *step = is_waiting (io) ? wait_for (io, run) : enter (stranger, PLACE_GONE);
  return FALSE;
}

static Step
run_response (SvpnStranger *stranger, const Run *run)
{
  gboolean keep_alive = stranger->response->keep_alive;
  Step step;

  if (!send_response (stranger, run, &step))
    return step;
  clear_response (stranger);
  if (!keep_alive) {
    svpn_request_head_clear (&stranger->head);
    return enter (stranger, PLACE_END);
  }
  set_deadline (stranger, run, SVPN_STRANGER_KEEP_ALIVE_TIMEOUT_S);
  svpn_request_head_restart (&stranger->head);
  return enter (stranger, PLACE_HEAD);
}

static Step
run_upgrade (SvpnStranger *stranger, const Run *run)
{
  Step step;

  return send_response (stranger, run, &step) ? enter (stranger, PLACE_ADMITTED) : step;
}

static Step
run_relay (SvpnStranger *stranger, const Run *run)
{
  switch (svpn_relay_run (stranger->relay, run->monotonic_us, run->wish)) {
  case SVPN_RELAY_GOING:
    stranger->deadline_us = run->wish->deadline_us;
    return STEP_WAIT;
  case SVPN_RELAY_RESET:
    svpn_channel_reset_on_close (&stranger->opening.channel);
    return enter (stranger, PLACE_GONE);
  case SVPN_RELAY_ENDED:
    return enter (stranger, PLACE_GONE);
  case SVPN_RELAY_UNREACHABLE:
    break;
  }
  g_clear_pointer (&stranger->relay, svpn_relay_free);
  return respond_with_error (stranger, 502, run);
}

/* --- the end --- */

static Step
run_end (SvpnStranger *stranger, const Run *run)
{
  SvpnIo io = svpn_channel_end (&stranger->opening.channel);

  if (is_waiting (io))
    return wait_for (io, run);
  set_deadline (stranger, run, SVPN_STRANGER_LINGER_S);
  return enter (stranger, io == SVPN_IO_DONE ? PLACE_LINGER : PLACE_GONE);
}

/* Discards what still comes: a socket that is closed with bytes unread is reset, and our last ones may be lost. */
static Step
run_linger (SvpnStranger *stranger, const Run *run)
{
  const SvpnChannel raw = { .fd = stranger->opening.channel.fd };
  guint8 bytes[SVPN_TLS_RECORD_SIZE];
  SvpnIo io;
  gsize n;

  while ((io = svpn_channel_read (&raw, bytes, sizeof bytes, &n)) == SVPN_IO_DONE
         && stranger->lingered < SVPN_STRANGER_LINGER_MAX)
    stranger->lingered += n;
  return is_waiting (io) ? wait_for (io, run) : enter (stranger, PLACE_GONE);
}

/* --- all of it --- */

static Step
run_place (SvpnStranger *stranger, const Run *run)
{
  switch (stranger->place) {
  case PLACE_OPENING:
    return run_opening (stranger, run);
  case PLACE_HEAD:
    return run_head (stranger, run);
  case PLACE_UPGRADE:
    return run_upgrade (stranger, run);
  case PLACE_RESPONSE:
    return run_response (stranger, run);
  case PLACE_RELAY:
    return run_relay (stranger, run);
  case PLACE_END:
    return run_end (stranger, run);
  case PLACE_LINGER:
    return run_linger (stranger, run);
  case PLACE_ADMITTED:
  case PLACE_GONE:
    return STEP_WAIT;
  }
  return STEP_WAIT;
}

static void
run_places (SvpnStranger *stranger, const Run *run)
{
  for (guint turn = 0; run_place (stranger, run) == STEP_ON; turn += stranger->place == PLACE_HEAD)
    if (turn == TURNS_MAX) {
      run->wish->again = TRUE;
      return;
    }
}

SvpnStrangerState
svpn_stranger_run (SvpnStranger *stranger, gint64 monotonic_us, gint64 unix_time, SvpnWish *wish)
{
  const Run run = { .monotonic_us = monotonic_us, .unix_time = unix_time, .wish = wish };

  *wish = (SvpnWish){ .again = FALSE };
  /* A relay whose time is up may still have an answer to give. */
  if (monotonic_us >= stranger->deadline_us && stranger->place != PLACE_RELAY)
    return SVPN_STRANGER_GONE;
  run_places (stranger, &run);
  wish->deadline_us = stranger->deadline_us;
  if (stranger->place == PLACE_GONE)
    return SVPN_STRANGER_GONE;
  return stranger->place == PLACE_ADMITTED ? SVPN_STRANGER_ADMITTED : SVPN_STRANGER_GOING;
}

SvpnStranger *
svpn_stranger_new (const SvpnStrangerConfig *config, int fd, const SvpnEndpoint *peer, gint64 monotonic_us)
{
  SvpnStranger *stranger = g_try_new0 (SvpnStranger, 1);

  if (stranger == NULL)
    return NULL;
  stranger->config = config;
  svpn_opening_init (&stranger->opening, fd, peer,
                     svpn_forwarded_is_trusted (&peer->address, config->trusted, config->n_trusted),
                     config->tls);
  stranger->deadline_us = monotonic_us + SVPN_STRANGER_HEAD_TIMEOUT_S * G_USEC_PER_SEC;
  svpn_request_head_init (&stranger->head);
  return stranger;
}

void
svpn_stranger_free (SvpnStranger *stranger)
{
  clear_response (stranger);
  g_clear_pointer (&stranger->relay, svpn_relay_free);
  svpn_request_head_clear (&stranger->head);
  svpn_opening_clear (&stranger->opening);
  g_free (stranger);
}

int
svpn_stranger_get_fd (const SvpnStranger *stranger)
{
  return stranger->opening.channel.fd;
}

int
svpn_stranger_get_origin_fd (const SvpnStranger *stranger)
{
  return stranger->relay != NULL ? svpn_relay_get_fd (stranger->relay) : -1;
}

const SvpnEndpoint *
svpn_stranger_get_address (const SvpnStranger *stranger)
{
  return stranger->forwarded.address.family != 0 ? &stranger->forwarded : &stranger->opening.address;
}

gboolean
svpn_stranger_is_heavy (const SvpnStranger *stranger)
{
  return stranger->opening.channel.tls != NULL || stranger->head.bytes != NULL || stranger->response != NULL
         || stranger->relay != NULL;
}

SvpnChannel
svpn_stranger_steal (SvpnStranger *stranger, const guint8 **bytes, gsize *size)
{
  SvpnChannel channel = stranger->opening.channel;

  *bytes = stranger->head.bytes + stranger->head.head_size;
  *size = stranger->head.size - stranger->head.head_size;
  stranger->opening.channel = (SvpnChannel){ .fd = -1 };
  return channel;
}
