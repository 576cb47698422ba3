/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Two clients that lose their lines and come back with their leases, while the server still believes in the old
 * sessions. There are addresses for one client or for both. The server may start again, and then knows no lease.
 *
 * How it works: each client has two slots for connections, one of which the server may still believe in. A lease is
 * named by its address: the client has it from message 2, and it holds until another is given the address. */

#define SLOTS 4 /* client c has 2 c and 2 c + 1 */
#define CUTS 2

/* Mistakes to plant; the properties below name those that they must find. */
mtype:fault = { NONE, FREED_WITH_FIRST, OLD_STAYS, LATE_END_TAKES_ADDRESS, NEW_WHILE_BELIEVED, FORGETS_LEASE,
                REFUSES_WHILE_BELIEVED, NEVER_NOTICES, LATE_TAKES_OVER };
#ifndef FAULT
#define FAULT NONE
#endif

#define NOBODY 255
#define OF(i) ((i) / 2) /* the client of a slot */

mtype:up = { MESSAGE_1, SEALED };
mtype:down = { MESSAGE_2, GOODBYE, CUT };
mtype:state = { FREE, WAITING, LIVE }; /* WAITING: no sealed frame has opened */

chan up[SLOTS] = [2] of { mtype:up, byte };
chan down[SLOTS] = [2] of { mtype:down, byte };
bool in_use[SLOTS]; /* by its client */

/* The server. */
mtype:state session[SLOTS] = FREE;
byte at[SLOTS];           /* its address */
byte addresses;           /* 1 or 2 */
byte lease_of[2] = NOBODY; /* by address: the client to which it was given last */
byte users[2];            /* by address: sessions */
byte owner[2] = NOBODY;   /* by address: the slot to which it leads */
byte youngest[2];         /* by client: the slot of its last message 1 */
bool restarts = true;

/* The clients, by number. */
byte current[2] = NOBODY; /* the slot of its session, or of an attempt */
byte lease[2] = NOBODY;   /* its address */
bool backs_off[2];        /* until something has changed */
byte cuts = CUTS;

/* For the properties alone. */
byte given_to[2] = NOBODY; /* by address: the client to which this run of the server gave it last */
bool changed, refused, returned, left;
#define IS_FREE(i) (!in_use[i] && session[i] == FREE && len (up[i]) + len (down[i]) == 0)
#define SHARE(i, j) (session[i] != FREE && session[j] != FREE && at[i] == at[j])
#define IS_OWN(address) (address != NOBODY && given_to[address] == OF (i))
#define LEADS(i) (session[i] != LIVE || owner[at[i]] == i)
/* A first sealed frame was long on its way: its client has gone on to the session that has the address. */
#define OVERTAKEN (other != NOBODY && session[other] == LIVE && other == youngest[OF (i)] && FAULT != LATE_TAKES_OVER)
/* A session that had the address and is proven ends; one that is not goes on waiting. */
#define OUSTS (other != NOBODY && other != i && FAULT != OLD_STAYS && \
               (session[other] == LIVE || FAULT == LATE_TAKES_OVER))
#define BACK(c) (current[c] != NOBODY && session[current[c]] == LIVE && owner[lease[c]] == current[c])

inline say (i, what, address) { if :: in_use[i] -> down[i] ! what, address :: else fi }

inline end_session (i, what)
{
  session[i] = FREE;
  users[at[i]] = (FAULT == FREED_WITH_FIRST -> 0 : users[at[i]] - 1);
  owner[at[i]] = (owner[at[i]] == i || FAULT == LATE_END_TAKES_ADDRESS -> NOBODY : owner[at[i]]);
  lease_of[at[i]] = (FAULT == FORGETS_LEASE && users[at[i]] == 0 -> NOBODY : lease_of[at[i]]);
  at[i] = 0;
  backs_off[0] = false;
  backs_off[1] = false;
  say (i, what, 0)
}

/* The address for a client that names `address`, else one that was never given, else one that is idle. */
inline choose (c, address)
{
  if
  :: address != NOBODY && lease_of[address] == c && !(FAULT == NEW_WHILE_BELIEVED && users[address] > 0) ->
     address = (FAULT == REFUSES_WHILE_BELIEVED && users[address] > 0 -> NOBODY : address)
  :: else ->
     if
     :: lease_of[0] == NOBODY -> address = 0
     :: lease_of[0] != NOBODY && addresses == 2 && lease_of[1] == NOBODY -> address = 1
     :: else -> address = (users[0] == 0 -> 0 : (addresses == 2 && users[1] == 0 -> 1 : NOBODY))
     fi
  fi
}

inline give (i, address)
{
  lease_of[address] = OF (i);
  users[address]++;
  at[i] = address;
  session[i] = WAITING;
  youngest[OF (i)] = i;
  given_to[address] = OF (i);
  owner[address] = (owner[address] == NOBODY -> i : owner[address]);
  say (i, MESSAGE_2, address)
}

proctype Session (byte i)
{
  byte asked, address, other;

end:
  do
  :: atomic { up[i] ? MESSAGE_1, asked ->
       address = asked;
       choose (OF (i), address);
       returned = returned || address != NOBODY && users[address] > 0;
       changed = changed || IS_OWN (asked) && address != asked;
       refused = refused || IS_OWN (asked) && address == NOBODY;
       if
       :: address != NOBODY -> give (i, address)
       :: else -> backs_off[OF (i)] = true; say (i, CUT, 0)
       fi;
       asked = 0; address = 0 }
  :: atomic { up[i] ? SEALED, asked ->
       other = (session[i] == FREE -> NOBODY : owner[at[i]]);
       if
       :: session[i] == WAITING && OVERTAKEN -> end_session (i, CUT)
       :: session[i] == WAITING && !OVERTAKEN ->
          session[i] = LIVE;
          owner[at[i]] = i;
          if :: OUSTS -> end_session (other, GOODBYE) :: else fi
       :: session[i] != WAITING
       fi;
       asked = 0; other = 0 }
  /* Keepalives find nobody there. */
  :: atomic { session[i] != FREE && !in_use[i] && FAULT != NEVER_NOTICES -> end_session (i, CUT) }
  /* Bytes to an end that is gone. */
  :: atomic { !in_use[i] && nempty (down[i]) -> down[i] ? _, _ }
  od
}

proctype Restart ()
{
  byte i;

end:
  atomic { restarts -> restarts = false;
    for (i : 0 .. SLOTS - 1) {
      do :: up[i] ? _, _ :: empty (up[i]) -> break od;
      do :: down[i] ? _, _ :: empty (down[i]) -> break od;
      session[i] = FREE;
      at[i] = 0;
      say (i, CUT, 0)
    }
    for (i : 0 .. 1) {
      lease_of[i] = NOBODY; users[i] = 0; owner[i] = NOBODY; given_to[i] = NOBODY; backs_off[i] = false
    }
    i = 0 }
}

proctype Client (byte c)
{
  byte i, address;

end:
  do
  :: atomic { !left && current[c] == NOBODY && !backs_off[c] && (IS_FREE (2 * c) || IS_FREE (2 * c + 1)) ->
       current[c] = (IS_FREE (2 * c) -> 2 * c : 2 * c + 1);
       in_use[current[c]] = true;
       up[current[c]] ! MESSAGE_1, lease[c] }
  :: atomic { current[c] != NOBODY && nempty (down[current[c]]) ->
       i = current[c];
       if
       :: down[i] ? MESSAGE_2, address -> lease[c] = address; up[i] ! SEALED, 0
       :: down[i] ? CUT, _ -> in_use[i] = false; current[c] = NOBODY
       :: down[i] ? GOODBYE, _ -> in_use[i] = false; current[c] = NOBODY; left = true
       fi;
       i = 0; address = 0 }
  :: atomic { current[c] != NOBODY && cuts > 0 -> cuts--; in_use[current[c]] = false; current[c] = NOBODY }
  od
}

init { atomic {
  if :: addresses = 1 :: addresses = 2 fi;
  run Client (0); run Client (1); run Restart ();
  run Session (0); run Session (1); run Session (2); run Session (3)
} }

/* Planted: FREED_WITH_FIRST */
ltl one_client_an_address { [] !(SHARE (0, 2) || SHARE (0, 3) || SHARE (1, 2) || SHARE (1, 3)) }
/* Planted: OLD_STAYS */
ltl one_live_session { [] !(session[0] == LIVE && session[1] == LIVE && at[0] == at[1]) }
/* Planted: LATE_END_TAKES_ADDRESS OLD_STAYS */
ltl live_leads { [] (LEADS (0) && LEADS (1) && LEADS (2) && LEADS (3)) }
/* Planted: NEW_WHILE_BELIEVED FORGETS_LEASE */
ltl same_address_again { [] !changed }
/* Planted: REFUSES_WHILE_BELIEVED */
ltl own_address_never_refused { [] !refused }
/* Planted: LATE_TAKES_OVER */
ltl not_sent_away { [] !left }
/* Planted: NEVER_NOTICES */
ltl comes_back { <> [] (BACK (0) && BACK (1) || addresses == 1 && (BACK (0) || BACK (1))) }
ltl can_return_while_believed { [] !returned }
