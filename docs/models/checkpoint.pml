/* Groups, parts and the checkpoint: docs/change-stream.md, invariants I6 to I12.
 *
 * The log of a source with KEYS keys, each with a unique secondary value (0: no such row), is applied in groups that are
 * cut anywhere, folded to net effects, in one transaction or in two parts that run in any order. A program is killed between
 * any two steps: its open transactions are rolled back; a commit that nobody heard of is a death right behind it. Row locks
 * of the server are modelled for the rows of `_transload`.
 *
 * Three set-ups:
 *   as it is       a second program begins as soon as the first is killed, while sessions of the first may still live: what
 *                  they have begun is committed at any time later; they begin nothing new
 *   TWO_PROGRAMS   both live, as nobody should let them. Parts have to look at the group's number then (FENCE)
 *   VALIDATE       one program; a validation holds the stream, advances it to the position of a view, and compares
 *
 * Mutations, each of which spin has to find: BREAK_CHECKPOINT, BREAK_MARK, BREAK_MARK_LAST, BREAK_RESPLIT, BREAK_TAKE,
 * BREAK_WRITESETS, BREAK_ORDER; TWO_PROGRAMS without FENCE; with VALIDATE BREAK_HOLD, BREAK_ADVANCE.
 */
#ifdef VALIDATE
#define ENGINES 1
#define DEATHS 0
#endif
#ifdef TWO_PROGRAMS
#define DEATHS 0
#endif
#define KEYS 3
#define VALUES 3
#ifndef LOG
#ifdef VALIDATE
#define LOG 3
#else
#define LOG 2
#endif
#endif
#ifndef ENGINES
#define ENGINES 2
#endif
#ifndef DEATHS
#define DEATHS 1
#endif
#define GROUPS (2 * (LOG + DEATHS) + 2)

#define at(position, key) history[(position) * KEYS + (key)]
byte history[(LOG + 1) * KEYS];

/* Durable: rows, `_transload`.stream_state, `_transload`.stream_parts. */
byte target[KEYS];
byte group_no, applied, pending_end;
bool marked[GROUPS * 2];

/* The server's locks: who writes the row of stream_state (0: nobody), who reads it, who inserts the mark of a part. */
byte state_lock;
bool state_shared[ENGINES + 1];
byte mark_lock[2];

byte deaths, ended;
bool second, killed;   /* killed: the first program; its sessions may live on */

/* ChangeStream::hold, advance_to */
bool hold;
byte hold_at = LOG;
bool parked;

#define same_as_history(position) \
    (target[0] == at(position, 0) && target[1] == at(position, 1) && target[2] == at(position, 2))

/* Net effect of a key over (applied, upto]: its value before and behind. */
#define before(k) at(from, k)
#define behind(k) at(upto, k)
#define touched(k) (before(k) != behind(k))
#define share(j, k) (touched(j) && touched(k) && \
    ((before(j) != 0 && (before(j) == before(k) || before(j) == behind(k))) || \
     (behind(j) != 0 && (behind(j) == before(k) || behind(j) == behind(k)))))
/* Write sets: changes that share a value of the unique index, old or new, are in one part. */
#ifdef BREAK_WRITESETS
#define part_of(k) ((k) % 2)
#else
#define joined(k) (share(0, k) || (share(0, 3 - (k)) && share(3 - (k), k)))
#define part_of(k) ((k) == 0 || joined(k) -> 0 : 1)
#endif
#define mine(k) (touched(k) && (parts == 1 || part_of(k) == part))

inline check_unique() {
    assert(target[0] == 0 || (target[0] != target[1] && target[0] != target[2]));
    assert(target[1] == 0 || target[1] != target[2])
}

/* Exactly, deletes first; the assertion is native.apply_conflict, a doubled or a stale row. */
#define take_away(k) if :: mine(k) -> assert(target[k] == before(k)); target[k] = 0 :: else fi
#define put(k) if :: mine(k) -> target[k] = behind(k); check_unique() :: else fi
inline apply_rows() {
#ifdef BREAK_ORDER
    take_away(0); put(0); take_away(1); put(1); take_away(2); put(2)
#else
    take_away(0); take_away(1); take_away(2);
    put(0); put(1); put(2)
#endif
}

#define may_go_on(position) (!hold || position < hold_at)
#ifdef BREAK_ADVANCE
#define may_go_further(position) true
#else
#define may_go_further(position) may_go_on(position)
#endif

#define die  if :: deaths < DEATHS -> goto dead :: true fi; true

#define others_read (me == 1 -> (ENGINES > 1 && state_shared[ENGINES]) : state_shared[1])

#ifdef TWO_PROGRAMS
#define lives true
#else
#define lives (me == 2 || !killed)
#endif

/* Ledger::take, the first statement of a transaction: waits for the row, and demands the number before. */
#ifdef BREAK_TAKE
#define number_before_is(n) true
#else
#define number_before_is(n) (group_no == (n))
#endif
inline take(n) {
    atomic {
        (state_lock == 0 && !others_read) || !lives;
        if
        :: !lives -> goto gone
        :: lives && number_before_is(n) -> state_lock = me
        :: lives && !(number_before_is(n)) -> goto start        /* somebody else was here: look again */
        fi
    }
}

proctype Engine(byte me) {
    byte group, from, upto, parts, part;
    bool done[2];
    goto start;

dead:
    true;
    d_step {                         /* the server rolls back what is open */
        deaths++; parked = false;
        if :: state_lock == me -> state_lock = 0 :: else fi;
        state_shared[me] = false;
        if :: mark_lock[0] == me -> mark_lock[0] = 0 :: else fi;
        if :: mark_lock[1] == me -> mark_lock[1] = 0 :: else fi
    };
start:
    atomic {                         /* Ledger::load: waits for transactions that have touched the row */
        if :: !lives -> goto gone :: lives && state_lock == 0 fi;
        group = group_no; from = applied; upto = pending_end; parts = 0; part = 0; done[0] = false; done[1] = false;
        if
#ifdef TWO_PROGRAMS
        :: me == 1 && !second -> second = true; run Engine(2)     /* both are alike: one is the first */
#endif
        :: else
        fi;
        if
        :: from == LOG -> goto finished
        :: else
        fi;
#ifdef BREAK_RESPLIT
        upto = 0;                    /* the group that was begun is cut anew */
#endif
        if
        :: upto != 0 ->
            parts = 2;
            done[0] = marked[group * 2]; done[1] = marked[group * 2 + 1];
            goto in_parts
        :: else
        fi
    };
    parked = true;                   /* no group is half done */
    atomic {
        may_go_on(from);
        parked = false;
        upto = from + 1;
        do
        :: upto < LOG && may_go_further(upto) -> upto++
        :: break
        od
    };
    if
    :: parts = 1 -> goto whole
    :: parts = 2
    fi;

    /* The intent: end and number of parts. */
    take(group); die;
    atomic { group++; group_no = group; pending_end = upto; state_lock = 0 };
    die;
in_parts:
    do
    :: !(done[0] && done[1]) ->
        if
        :: !done[0] -> part = 0
        :: !done[1] -> part = 1
        fi;
#ifdef FENCE
        atomic {                     /* the group is still the one */
            state_lock == 0;
            if
            :: group_no == group -> state_shared[me] = true
            :: else -> goto start
            fi
        };
#endif
#ifndef BREAK_MARK_LAST
        atomic {                     /* Ledger::mark: waits for who inserts the same; a duplicate: done */
            mark_lock[part] == 0 || !lives;
            if
            :: !lives -> goto gone
            :: lives && marked[group * 2 + part] -> state_shared[me] = false; done[part] = true; goto next
            :: lives && !marked[group * 2 + part] -> mark_lock[part] = me
            fi
        };
        die;
#else
        if :: lives :: !lives -> goto gone fi; die;
#endif
        d_step {
            apply_rows();
#ifdef BREAK_MARK
        };
        die;
        d_step {
#endif
            marked[group * 2 + part] = true;
            mark_lock[part] = 0; state_shared[me] = false;
            done[part] = true
        };
        die;
next:   part = 0
    :: else -> break
    od;
    /* All parts are durable: the checkpoint. */
    take(group); die;
    d_step {
        applied = upto; pending_end = 0; group_no = group + 1; state_lock = 0;
        marked[group * 2] = false; marked[group * 2 + 1] = false       /* drop_marks_before */
    };
    die;
    goto start;

whole:
    /* One part: rows and checkpoint in one transaction. */
    take(group); die;
    d_step {
        apply_rows();
#ifdef BREAK_CHECKPOINT
    };
    die;
    d_step {
#endif
        applied = upto; group_no = group + 1; state_lock = 0
    };
    die;
    goto start;

finished:
    atomic { assert(same_as_history(LOG)); ended++ };
gone:
    atomic {
        state_shared[me] = false;
        group = 0; from = 0; upto = 0; parts = 0; part = 0; done[0] = false; done[1] = false
    }
}

/* kill -9 of the first program, and the second begins; sessions that the server does not roll back live on. */
proctype Kill() {
    do
    :: atomic { !second && ended == 0 -> second = true; killed = true; run Engine(2); break }
    :: atomic { ended != 0 -> break }
    od
}

#ifdef VALIDATE
byte view;
proctype Validation() {
    hold = true; hold_at = 0;                         /* groups that are begun are ended first */
    atomic { parked || ended != 0; view = applied };
    do :: view < LOG -> view++ :: break od;           /* a view of the source, now or later */
    hold_at = view;                                   /* advance_to */
    atomic {
#ifdef BREAK_HOLD
        applied == view || pending_end != 0;
#else
        applied == view && pending_end == 0;
#endif
        assert(same_as_history(view))                 /* the target's snapshot equals the source's view */
    };
    hold = false
}
#endif

init {
    atomic {
        at(0, 0) = 1; at(0, 1) = 2; target[0] = 1; target[1] = 2;
        byte position, k, v;
        position = 1;
        do
        :: position <= LOG ->
            at(position, 0) = at(position - 1, 0); at(position, 1) = at(position - 1, 1); at(position, 2) = at(position - 1, 2);
            k = 0; do :: k < KEYS - 1 -> k++ :: break od;
            if
            :: at(position, k) != 0 -> at(position, k) = 0
            :: v = 1; do :: v < VALUES -> v++ :: break od;
               if
               :: at(position, 0) != v && at(position, 1) != v && at(position, 2) != v -> at(position, k) = v
               :: else
               fi
            :: at(position, k) != at(position, (k + 1) % KEYS) ->
               at(position, k) = at(position - 1, (k + 1) % KEYS); at(position, (k + 1) % KEYS) = at(position - 1, k)
            fi;
            position++
        :: else -> break
        od;
        position = 0; k = 0; v = 0;
        run Engine(1);
#ifndef TWO_PROGRAMS
        if :: ENGINES > 1 -> run Kill() :: else fi;
#endif
#ifdef VALIDATE
        run Validation()
#endif
    }
}
