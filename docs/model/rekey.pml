/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * A session's keys renewed beside traffic, on a line that drops, repeats, reorders, retypes and reflects frames.
 *
 * How it works: a frame carries what its seal is bound to (key, sequence, type) beside the type that the wire shows. It
 * opens if all three are what the receiver expects. `plain` numbers the plaintexts, for the properties. */

#define REKEYS 2
#define PACKETS 2 /* of each side */
#define MEDDLES 2 /* drops and injections: one of each reorders */

/* Mistakes to plant; the properties below name those that they must find. */
mtype:fault = { NONE, SEQUENCE_UNBOUND, TYPE_UNBOUND, ONE_KEY_FOR_BOTH, SEQUENCE_KEPT, OLD_KEY_ONE_FRAME_LONGER,
                KEY_AT_RESP, KEY_KEPT, BEGINS_TWICE, QUEUE_FULL, TEN_SECONDS_FROM_INIT };
#ifndef FAULT
#define FAULT NONE
#endif

mtype:kind = { REKEY_INIT, REKEY_RESP, REKEY_DONE, PACKET };

typedef Frame {
  mtype:kind type;   /* on the wire */
  mtype:kind sealed; /* as it was sealed */
  byte key, sequence, plain
};

/* The two sides; each is also the name of the direction in which it sends. */
#define CLIENT 0
#define SERVER 1
#define OTHER(side) (1 - (side))
#define KEY(generation, direction) (2 * (generation) + (FAULT == ONE_KEY_FOR_BOTH -> 0 : (direction)))
#define NEXT_KEY(side, old, direction) (FAULT == KEY_KEPT -> (old) : KEY (generation[side], direction))

chan line[2] = [2] of { Frame };         /* by direction */
chan urgent[2] = [2] of { mtype:kind };  /* by side: frames of a rekey that wait to be sealed */
chan timers = [2] of { bit };            /* all last 10 s, so they end in the order in which they began */
Frame kept;                              /* the middlebox's copy */
hidden Frame frame;                      /* a scratch of whoever acts: all that use it is atomic */

byte generation[2]; /* by side: of the last handshake that is complete */
byte send_key[2], send_sequence[2], receive_key[2], receive_sequence[2]; /* by side */
byte packets[2] = PACKETS, rekeys = REKEYS, meddles = MEDDLES;
bool under_way;      /* at the client: REKEY_RESP has not come */
bool waits_for_done; /* at the server */
bool late;           /* at the server: the old key opens one more frame */
bool resting[2];     /* by side: less than 10 s ago there was a rekey */

/* For the properties alone. */
byte sealed[2], opened[2]; /* frames, by direction */
byte completed;
bool wrong, failed, disagreed, reused, refused, meddled;

inline switch_receive_key (side)
{
  receive_key[side] = NEXT_KEY (side, receive_key[side], OTHER (side));
  receive_sequence[side] = (FAULT == SEQUENCE_KEPT && side == SERVER -> receive_sequence[side] : 0)
}

/* Seals a frame at its place on the line. Two of them are the last under their key. */
inline seal (side, what)
{
  line[side] ! what, what, send_key[side], send_sequence[side], 16 * side + sealed[side];
  sealed[side]++;
  send_sequence[side]++;
  if
  :: what == REKEY_RESP || what == REKEY_DONE ->
     reused = reused || NEXT_KEY (side, send_key[side], side) == send_key[side];
     send_key[side] = NEXT_KEY (side, send_key[side], side);
     send_sequence[side] = 0
  :: else
  fi
}

/* A full queue loses the frame unnoticed, if that is planted. */
inline queue (side, what)
{
  if
  :: FAULT == QUEUE_FULL
  :: urgent[side] ! what
  fi
}

inline rest (side)
{
  resting[side] = true;
  timers ! side
}

/* The next frame on the line opens, or has failed. */
inline open_next (side)
{
  line[OTHER (side)] ? frame;
  if
  :: frame.key == receive_key[side] && (frame.sequence == receive_sequence[side] || FAULT == SEQUENCE_UNBOUND) &&
     (frame.type == frame.sealed || FAULT == TYPE_UNBOUND) ->
     wrong = wrong || frame.plain != 16 * OTHER (side) + opened[OTHER (side)] || frame.type != frame.sealed;
     opened[OTHER (side)]++;
     receive_sequence[side]++
  :: else -> failed = true
  fi
}

inline client_takes ()
{
  if
  :: !failed && frame.type == REKEY_RESP && under_way ->
     generation[CLIENT]++;
     under_way = false;
     switch_receive_key (CLIENT);
     queue (CLIENT, REKEY_DONE);
     if :: FAULT != TEN_SECONDS_FROM_INIT -> rest (CLIENT) :: else fi
  :: else -> failed = failed || frame.type != PACKET
  fi
}

inline server_takes ()
{
  if :: late -> late = false; switch_receive_key (SERVER) :: else fi;
  if
  :: !failed && frame.type == REKEY_INIT && !waits_for_done && resting[SERVER] -> refused = true
  :: !failed && frame.type == REKEY_INIT && !waits_for_done && !resting[SERVER] ->
     rest (SERVER);
     generation[SERVER]++;
     waits_for_done = true;
     queue (SERVER, REKEY_RESP);
     if :: FAULT == KEY_AT_RESP -> switch_receive_key (SERVER) :: else fi
  :: !failed && frame.type == REKEY_DONE && waits_for_done ->
     waits_for_done = false;
     completed++;
     late = (FAULT == OLD_KEY_ONE_FRAME_LONGER);
     if :: late || FAULT == KEY_AT_RESP :: else -> switch_receive_key (SERVER) fi;
     disagreed = disagreed || send_key[CLIENT] != receive_key[SERVER] || send_key[SERVER] != receive_key[CLIENT] ||
                 (!meddled && send_sequence[CLIENT] != receive_sequence[SERVER] + len (line[CLIENT]))
  :: else -> failed = failed || frame.type != PACKET
  fi
}

#define GOES_ON (!failed && !refused)

proctype Side (bit me)
{
end:
  do
  :: atomic { GOES_ON && packets[me] > 0 && nfull (line[me]) -> packets[me]--; seal (me, PACKET) }
  :: atomic { GOES_ON && me == CLIENT && rekeys > 0 && (!under_way || FAULT == BEGINS_TWICE) && !resting[CLIENT] &&
              nfull (urgent[CLIENT]) -> rekeys--; under_way = true; queue (CLIENT, REKEY_INIT) }
  :: atomic { GOES_ON && nempty (urgent[me]) && nfull (line[me]) ->
       urgent[me] ? frame.type;
       if :: FAULT == TEN_SECONDS_FROM_INIT && frame.type == REKEY_INIT -> rest (CLIENT) :: else fi;
       seal (me, frame.type) }
  :: atomic { GOES_ON && me == CLIENT && nempty (line[SERVER]) -> open_next (CLIENT); client_takes () }
  :: atomic { GOES_ON && me == SERVER && nempty (line[CLIENT]) -> open_next (SERVER); server_takes () }
  :: atomic { timers ? eval (me) -> resting[me] = false }
  od
}

/* Has a copy of one frame. It injects behind the frames on the line: at any time, so at any place in the stream. */
proctype Middlebox (bit direction)
{
end:
  do
  :: atomic { meddles > 0 && kept.type == 0 && nempty (line[direction]) -> line[direction] ? <kept> }
  :: atomic { meddles > 0 && nempty (line[direction]) -> line[direction] ? frame; meddles--; meddled = true }
  :: atomic { meddles > 0 && kept.type != 0 && nfull (line[direction]) ->
       if
       :: true
       :: kept.type == PACKET -> kept.type = REKEY_DONE
       :: kept.type == REKEY_DONE -> kept.type = PACKET
       fi;
       line[direction] ! kept; meddles--; meddled = true }
  od
}

init {
  atomic {
    send_key[CLIENT] = KEY (0, CLIENT); receive_key[SERVER] = KEY (0, CLIENT);
    send_key[SERVER] = KEY (0, SERVER); receive_key[CLIENT] = KEY (0, SERVER);
    run Side (CLIENT); run Side (SERVER); run Middlebox (CLIENT); run Middlebox (SERVER)
  }
}

/* A frame that opens is the next of the other side. Planted: SEQUENCE_UNBOUND TYPE_UNBOUND ONE_KEY_FOR_BOTH KEY_KEPT */
ltl only_what_was_sent_in_order { [] !wrong }
/* Planted: SEQUENCE_KEPT OLD_KEY_ONE_FRAME_LONGER KEY_AT_RESP BEGINS_TWICE QUEUE_FULL */
ltl fails_only_if_meddled { [] (failed -> meddled) }
/* Planted: SEQUENCE_KEPT OLD_KEY_ONE_FRAME_LONGER */
ltl agree_at_done { [] !disagreed }
/* Planted: KEY_KEPT */
ltl no_key_twice { [] !reused }
/* A server that takes one rekey in 10 s ends no session of a client that waits. Planted: TEN_SECONDS_FROM_INIT */
ltl never_refused { [] !refused }
/* Planted: QUEUE_FULL */
ltl rekeys_complete { <> (completed == REKEYS || meddled) }
ltl can_complete { [] (completed < REKEYS) }
ltl can_notice { [] !failed }
