/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A client that moves from server A to server B because A is about to stop. Its address comes along, or it gets another
 * one at B.
 *
 * How it works: packets for an address go where the network routes it, and may still be on their way to A when the
 * route changes. At each sender packets wait in a queue, which all other frames overtake. Whoever drops a packet notes
 * it. A may stop at any time after it has asked the client to move, B may refuse once, and the line to B may break once
 * before the client has B's answer. */

#define PACKETS 3 /* of each direction */

/* Mistakes to plant; the properties below name those that they must find. */
mtype:fault = { NONE, LEAVES_FIRST, ANSWER_NOT_AWAITED, GOODBYE_OVERTAKES, CLIENT_CLOSES_AT_ONCE, SERVER_DROPS_QUEUE,
                ENDS_UNSETTLED, ROUTE_AT_MESSAGE_1, ROUTE_LOST, GOODBYE_ENDS, ANY_SOURCE };
#ifndef FAULT
#define FAULT NONE
#endif

#define A 0
#define B 1

mtype:what = { MOVE, MESSAGE_1, MESSAGE_2, FIRST, ANSWER, PACKET, GOODBYE, CUT };
mtype:session = { FREE, WAITING, LIVE, LEFT };               /* LEFT: its client sends nothing more */
mtype:view = { NOTHING, ASKED, KEYED, OPEN, READING, CLOSED }; /* READING: sends nothing more */

/* A packet is told by the client's address in it; addresses are called by the server at which they begin. */
chan up[2] = [2] of { mtype:what, byte };   /* by server */
chan down[2] = [2] of { mtype:what, byte }; /* by server */
chan unsent[2] = [1] of { byte };           /* by server: at the client */
chan queue[2] = [1] of { byte };            /* by server: at the server */
chan network[2] = [1] of { byte };          /* by server: routed there, not read yet */

bool same;                          /* the address comes along */
byte route[2];                      /* by address: the server */
bool has[2];                        /* by address: the client */
mtype:session session[2] = FREE;    /* by server */
mtype:view view[2] = NOTHING;       /* by server: the session as the client sees it */
byte outbound = PACKETS, inbound = PACKETS;
bool asked, told;                   /* to move */
bool refuses = true, breaks = true; /* B, once each */
hidden mtype:what what;
hidden byte address;

/* For the properties alone. */
byte out, in;
bool lost_out, lost_in, stopped, broke, gone, answered;
#define ADDRESS_AT(server) (server == B && !same)
#define IS_UP(server) (session[server] == LIVE || session[server] == LEFT)
#define SETTLED (len (network[A]) == 0 && (!same || route[A] == B))

inline drop_packets (packets, lost)
{
  do
  :: nempty (packets) -> packets ? address; lost = true
  :: empty (packets) -> break
  od
}

inline drop_line (line, lost)
{
  do
  :: nempty (line) -> line ? what, address; lost = lost || what == PACKET
  :: empty (line) -> break
  od
}

inline take (me)
{
  if
  :: what == MESSAGE_1 && refuses -> refuses = false; down[me] ! CUT, 0
  :: what == MESSAGE_1 ->
     session[me] = WAITING;
     route[ADDRESS_AT (B)] = (FAULT == ROUTE_AT_MESSAGE_1 -> B : route[ADDRESS_AT (B)]);
     down[me] ! MESSAGE_2, 0
  :: what == FIRST -> session[me] = LIVE; route[ADDRESS_AT (B)] = B; down[me] ! ANSWER, 0
  :: what == PACKET && IS_UP (me) && address == ADDRESS_AT (me) -> out++
  :: what == PACKET && !(IS_UP (me) && address == ADDRESS_AT (me)) -> lost_out = true
  :: what == GOODBYE && session[me] == LIVE ->
     session[me] = LEFT;
     if :: FAULT == SERVER_DROPS_QUEUE -> drop_packets (queue[me], lost_in) :: else fi
  :: what == GOODBYE && session[me] != LIVE
  fi
}

proctype Server (bit me)
{
end:
  do
  :: atomic { nempty (up[me]) -> up[me] ? what, address; take (me) }
  :: atomic { nempty (network[me]) && IS_UP (me) && nfull (queue[me]) -> network[me] ? address; queue[me] ! address }
  :: atomic { nempty (network[me]) && !IS_UP (me) -> network[me] ? address; lost_in = true }
  :: atomic { nempty (queue[me]) && nfull (down[me]) -> queue[me] ? address; down[me] ! PACKET, address }
  :: atomic { me == A && !asked && nfull (down[A]) -> asked = true; down[A] ! MOVE, 0 }
  /* The client has left, and all its packets are sent. */
  :: atomic { session[me] == LEFT && empty (queue[me]) && (SETTLED || FAULT == ENDS_UNSETTLED) && nfull (down[me]) ->
       session[me] = FREE;
       down[me] ! GOODBYE, 0 }
  /* Its time is up. */
  :: atomic { me == A && asked && IS_UP (A) && nfull (down[A]) ->
       stopped = true;
       session[A] = FREE;
       drop_packets (queue[A], lost_in);
       down[A] ! GOODBYE, 0 }
  od
}

/* The line to B breaks, and B gives the address back. */
proctype Break ()
{
end:
  atomic { breaks && view[B] != NOTHING && !answered ->
    breaks = false;
    broke = true;
    drop_line (up[B], lost_out);
    drop_line (down[B], lost_in);
    drop_packets (queue[B], lost_in);
    session[B] = FREE;
    route[A] = (same && FAULT != ROUTE_LOST -> A : route[A]);
    down[B] ! CUT, 0 }
}

/* Sends packets to the client's addresses. */
proctype Network ()
{
end:
  do
  :: atomic { inbound > 0 && has[A] && nfull (network[route[A]]) -> inbound--; network[route[A]] ! A }
  :: atomic { inbound > 0 && has[B] && nfull (network[B]) -> inbound--; network[B] ! B }
  od
}

inline hear (server)
{
  if
  :: what == MOVE -> told = true
  :: what == MESSAGE_2 -> view[B] = (FAULT == ANSWER_NOT_AWAITED -> OPEN : KEYED); up[B] ! FIRST, 0
  :: what == ANSWER -> view[B] = OPEN; answered = true; has[B] = !same
  :: what == CUT -> view[B] = NOTHING; drop_packets (unsent[B], lost_out)
  :: what == PACKET && view[server] != CLOSED -> in++
  :: what == PACKET && view[server] == CLOSED -> lost_in = true
  :: what == GOODBYE ->
     gone = gone || !told || FAULT == GOODBYE_ENDS && view[B] != OPEN;
     view[A] = CLOSED;
     has[A] = has[A] && same;
     drop_packets (unsent[A], lost_out)
  fi
}

/* To which server a packet from address A goes: 0 or 1, as they are numbered. */
#define PATH (view[B] == OPEN && (same || FAULT == ANY_SOURCE))

proctype Client ()
{
end:
  do
  :: atomic { outbound > 0 && has[A] && view[PATH] == OPEN && nfull (unsent[PATH]) -> outbound--; unsent[PATH] ! A }
  :: atomic { outbound > 0 && has[B] && view[B] == OPEN && nfull (unsent[B]) -> outbound--; unsent[B] ! B }
  :: atomic { view[A] == OPEN && nempty (unsent[A]) && nfull (up[A]) -> unsent[A] ? address; up[A] ! PACKET, address }
  :: atomic { view[B] == OPEN && nempty (unsent[B]) && nfull (up[B]) -> unsent[B] ? address; up[B] ! PACKET, address }
  :: atomic { nempty (down[A]) -> down[A] ? what, address; hear (A) }
  :: atomic { nempty (down[B]) -> down[B] ? what, address; hear (B) }
  :: atomic { told && !gone && view[B] == NOTHING && (FAULT != LEAVES_FIRST || view[A] != OPEN) && empty (down[B]) ->
       view[B] = ASKED;
       up[B] ! MESSAGE_1, 0 }
  /* Goodbye is the last frame to A, behind all packets. Those that A still has come. */
  :: atomic { told && view[A] == OPEN && (view[B] == OPEN || FAULT == LEAVES_FIRST) && nfull (up[A]) &&
              (len (unsent[A]) == 0 || FAULT == GOODBYE_OVERTAKES) ->
       drop_packets (unsent[A], lost_out);
       view[A] = (FAULT == CLIENT_CLOSES_AT_ONCE -> CLOSED : READING);
       has[A] = same;
       up[A] ! GOODBYE, 0 }
  od
}

init {
  atomic {
    if :: same = true :: same = false fi;
    session[A] = LIVE; view[A] = OPEN; has[A] = true; route[B] = B;
    run Client (); run Server (A); run Server (B); run Break (); run Network ()
  }
}

/* Planted: GOODBYE_OVERTAKES ANSWER_NOT_AWAITED ANY_SOURCE */
ltl nothing_sent_is_lost { [] (lost_out -> stopped) }
/* Planted: CLIENT_CLOSES_AT_ONCE SERVER_DROPS_QUEUE ENDS_UNSETTLED ROUTE_AT_MESSAGE_1 */
ltl nothing_received_is_lost { [] (lost_in -> stopped || broke) }
/* Planted: CLIENT_CLOSES_AT_ONCE */
ltl all_arrives { <> (stopped || broke || out == PACKETS && in == PACKETS) }
/* Planted: LEAVES_FIRST ANSWER_NOT_AWAITED */
ltl second_before_first_left { [] (view[A] == NOTHING || view[A] == OPEN || stopped || answered) }
/* Planted: ROUTE_AT_MESSAGE_1 ROUTE_LOST */
ltl address_leads_to_session { [] (!same || !IS_UP (A) && session[B] != LIVE || IS_UP (route[A])) }
/* Planted: GOODBYE_ENDS */
ltl arrives { <> [] (view[B] == OPEN && session[B] == LIVE && route[ADDRESS_AT (B)] == B && view[A] == CLOSED) }
ltl can_take_the_address_along { [] !(same && view[A] == CLOSED && view[B] == OPEN && !stopped) }
ltl can_get_another { [] !(!same && view[A] == CLOSED && view[B] == OPEN && !stopped) }
