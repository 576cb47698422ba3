/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * One lease (or key) of a server: its client comes back, or opens a second session beside the first, while somebody
 * repeats the client's recorded message 1 as often as he likes.
 *
 * How it works: each connection has a slot. The client's are the first two; the repeater has the others, and can seal
 * nothing. He ceases at some time, unannounced. The server's side of each slot is a process. */

#define SLOTS 4
#define CUTS 2 /* the client gives a line up: its frames may still arrive, and the server notices at some time */

/* Mistakes to plant; the properties below name those that they must find. */
mtype:fault = { NONE, TAKES_OVER_AT_MESSAGE_1, UNBOUNDED, REFUSES_NEWCOMER, THROWS_OUT_LIVE, GOODBYE_TO_WAITING,
                OLD_STAYS, GOODBYE_OF_OLD_COUNTS, FORGETS_ATTEMPT, LATE_TAKES_OVER };
#ifndef FAULT
#define FAULT NONE
#endif

#define NOBODY 255
mtype:up = { MESSAGE_1, SEALED };
mtype:down = { MESSAGE_2, ANSWER, GOODBYE, CUT };
mtype:state = { FREE, WAITING, LIVE }; /* WAITING: no sealed frame has opened */

chan up[SLOTS] = [2] of { mtype:up };
chan down[SLOTS] = [3] of { mtype:down };

/* The server. */
mtype:state session[SLOTS] = FREE;
byte owner = NOBODY; /* the slot to which the address leads */
byte youngest;       /* the slot of the last message 1 */
byte sessions;

/* The client. */
bool in_use[SLOTS];
byte current = NOBODY, attempt = NOBODY;
bool went_on;     /* it has sent a sealed frame in a session after the current one */
bool roams = true;
byte cuts = CUTS;

/* For the properties alone. */
bool ceased, taken_over, disturbed, refused, replaced, left;
#define LIVES ((session[0] == LIVE) + (session[1] == LIVE) + (session[2] == LIVE) + (session[3] == LIVE))
#define IN (current != NOBODY && session[current] == LIVE && owner == current)
#define WAITS(i) (session[i] == WAITING && owner != i)
#define IS_FREE(i) (!in_use[i] && session[i] == FREE && len (up[i]) + len (down[i]) == 0)

/* A first sealed frame was long on its way: its client has gone on to the session that has the address. */
#define OVERTAKEN (owner != NOBODY && session[owner] == LIVE && owner == youngest && FAULT != LATE_TAKES_OVER)

/* The repeater has no keys to hear it. */
inline say (i, what) { if :: in_use[i] -> down[i] ! what :: else fi }

inline end_session (i, last_words)
{
  session[i] = FREE;
  sessions--;
  owner = (owner == i -> NOBODY : owner);
  say (i, last_words)
}

/* With a third session the one goes that waits, without a goodbye: it may be the client's. */
inline make_room (i)
{
  for (other : 0 .. SLOTS - 1) {
    if :: other != i && (WAITS (other) || FAULT == THROWS_OUT_LIVE && session[other] == LIVE) -> break :: else fi
  }
  if
  :: other < SLOTS && sessions > 2 && FAULT != UNBOUNDED ->
     replaced = replaced || other < 2;
     disturbed = disturbed || session[other] == LIVE;
     if :: FAULT == GOODBYE_TO_WAITING -> end_session (other, GOODBYE) :: else -> end_session (other, CUT) fi
  :: else
  fi
}

/* A session that had the address and is proven ends; one that is not goes on waiting. */
inline take_over (i)
{
  other = owner;
  owner = i;
  if
  :: other != NOBODY && other != i && FAULT != OLD_STAYS &&
     (session[other] == LIVE || FAULT == LATE_TAKES_OVER) ->
     taken_over = true;
     end_session (other, GOODBYE)
  :: else
  fi
}

inline take_message_1 (i)
{
  if
  :: FAULT == REFUSES_NEWCOMER && sessions == 2 -> refused = refused || i < 2; say (i, CUT)
  :: else ->
     session[i] = WAITING;
     sessions++;
     youngest = i;
     say (i, MESSAGE_2);
     make_room (i);
     owner = (owner == NOBODY -> i : owner);
     disturbed = disturbed || FAULT == TAKES_OVER_AT_MESSAGE_1 && session[owner] == LIVE;
     if :: FAULT == TAKES_OVER_AT_MESSAGE_1 -> take_over (i) :: else fi
  fi
}

inline take_sealed (i)
{
  if
  :: session[i] == WAITING && OVERTAKEN -> end_session (i, CUT)
  :: session[i] == WAITING && !OVERTAKEN -> session[i] = LIVE; take_over (i); say (i, ANSWER)
  :: session[i] != WAITING
  fi
}

proctype Session (byte i)
{
  byte other;

end:
  do
  :: atomic { up[i] ? MESSAGE_1 -> take_message_1 (i); other = 0 }
  :: atomic { up[i] ? SEALED -> take_sealed (i); other = 0 }
  /* Keepalives find nobody there. */
  :: atomic { session[i] != FREE && !in_use[i] -> end_session (i, CUT) }
  /* Bytes to an end that is gone. */
  :: atomic { !in_use[i] && nempty (down[i]) -> down[i] ? _ }
  od
}

inline give_up (slot)
{
  in_use[slot] = false;
  slot = NOBODY;
  went_on = went_on && FAULT != FORGETS_ATTEMPT
}

proctype Client ()
{
end:
  do
  :: atomic { !left && attempt == NOBODY && (current == NOBODY || roams) && (IS_FREE (0) || IS_FREE (1)) ->
       roams = roams && current == NOBODY;
       attempt = (IS_FREE (0) -> 0 : 1);
       in_use[attempt] = true;
       up[attempt] ! MESSAGE_1 }
  :: atomic { attempt != NOBODY && down[attempt] ? [MESSAGE_2] ->
       down[attempt] ? _; went_on = true; up[attempt] ! SEALED }
  :: atomic { attempt != NOBODY && down[attempt] ? [ANSWER] ->
       down[attempt] ? _;
       if :: current != NOBODY -> in_use[current] = false :: else fi;
       current = attempt;
       attempt = NOBODY;
       went_on = false }
  :: atomic { attempt != NOBODY && down[attempt] ? [CUT] -> down[attempt] ? _; give_up (attempt) }
  :: atomic { attempt != NOBODY && down[attempt] ? [GOODBYE] -> down[attempt] ? _; give_up (attempt); left = true }
  :: atomic { current != NOBODY && down[current] ? [CUT] ->
       down[current] ? _; in_use[current] = false; current = NOBODY }
  /* It may come before the answer in the new session, or after that session's line broke. */
  :: atomic { current != NOBODY && down[current] ? [GOODBYE] ->
       down[current] ? _;
       left = left || !went_on || FAULT == GOODBYE_OF_OLD_COUNTS;
       in_use[current] = false;
       current = NOBODY }
  :: atomic { current != NOBODY && cuts > 0 -> cuts--; in_use[current] = false; current = NOBODY }
  :: atomic { attempt != NOBODY && cuts > 0 -> cuts--; give_up (attempt) }
  od
}

proctype Repeater (byte i)
{
end:
  do
  :: atomic { !ceased && IS_FREE (i) -> up[i] ! MESSAGE_1 }
  :: atomic { !ceased -> ceased = true }
  od
}

init { atomic {
  run Client (); run Session (0); run Session (1); run Session (2); run Session (3); run Repeater (2); run Repeater (3)
} }

/* Planted: UNBOUNDED */
ltl two_at_most { [] (sessions <= 2) }
/* Planted: OLD_STAYS */
ltl one_has_the_address { [] (LIVES <= 1) }
/* Planted: OLD_STAYS */
ltl live_leads { [] (current != NOBODY && session[current] == LIVE -> owner == current) }
/* Planted: TAKES_OVER_AT_MESSAGE_1 THROWS_OUT_LIVE */
ltl message_1_ends_nothing_live { [] !disturbed }
/* Planted: REFUSES_NEWCOMER */
ltl client_not_refused { [] !refused }
/* Planted: TAKES_OVER_AT_MESSAGE_1 GOODBYE_TO_WAITING GOODBYE_OF_OLD_COUNTS FORGETS_ATTEMPT LATE_TAKES_OVER */
ltl client_not_sent_away { [] !left }
/* When the repeater has ceased, the client gets in and stays. Planted: GOODBYE_TO_WAITING LATE_TAKES_OVER */
ltl gets_in { (<> ceased) -> <> [] IN }
ltl can_take_over { [] !taken_over }
/* The price of two: a repetition between the client's message 1 and its first sealed frame costs that attempt. */
ltl can_cost_an_attempt { [] !replaced }
