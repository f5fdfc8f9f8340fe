/* The inventory and the filter: docs/change-stream.md, invariants I1 to I7.
 *
 * A source with one table: KEYS keys, each with a unique secondary value (0: no such row). Transactions commit while the
 * inventory copies one chunk per key out of views at different positions, the orchestrator is killed between any two
 * durable steps, and the stream then reads the log from the position that was recorded before the first view. Row images
 * are whole (checkpoint.pml has how groups are split).
 *
 * "No invalid end state" says that every run can only end drained.
 *
 * Mutations, each of which spin has to find: BREAK_FILTER, BREAK_WINDOW, BREAK_START, BREAK_BRACKET, BREAK_MARK,
 * BREAK_INDEX, BREAK_FOLD, BREAK_ORDER, BREAK_CHECKPOINT.
 */
#define KEYS 3
#define VALUES 3    /* of the unique column, 1 … VALUES */
#ifndef LOG
#define LOG 3       /* transactions that the source commits while it is watched */
#endif
#ifndef CRASHES
#define CRASHES 1
#endif

#define at(position, key) history[(position) * KEYS + (key)]

byte history[(LOG + 1) * KEYS];  /* the source's rows behind each position of its log */
byte now_at = 0;                 /* the source's last position */
bool writers_gone = false;

/* Durable, on the target. */
byte target[KEYS];
bool begun = false;
bool marked[KEYS];       /* chunk is done */
byte chunk_at[KEYS];     /* CopiedRun::position */
byte chunk_low[KEYS];    /* CopiedRun::bracket_low; equal to chunk_at where the view is exact */
byte applied = 0;        /* the checkpoint; first where StreamStore::begin says */
bool indexed = false;    /* the secondary unique index is built */
bool finished = false;

byte crashes = 0;

inline check_unique(rows_of_target) {
    assert(target[0] == 0 || (target[0] != target[1] && target[0] != target[2]));
    assert(target[1] == 0 || target[1] != target[2]);
}

/* --- the source ------------------------------------------------------------------------------------------------ */

#define free_value(v) (at(now_at, 0) != (v) && at(now_at, 1) != (v) && at(now_at, 2) != (v))

inline next_position() {
    at(now_at + 1, 0) = at(now_at, 0);
    at(now_at + 1, 1) = at(now_at, 1);
    at(now_at + 1, 2) = at(now_at, 2);
}

proctype Source() {
    byte k, other, v;
    do
    :: now_at < LOG ->
        atomic {
            if
            :: now_at == LOG -> goto over
            :: else
            fi;
            k = 0; do :: k < KEYS - 1 -> k++ :: break od;
            if
            :: at(now_at, k) != 0 -> next_position(); at(now_at + 1, k) = 0               /* DELETE */
            :: v = 1; do :: v < VALUES -> v++ :: break od;
               if
               :: free_value(v) -> next_position(); at(now_at + 1, k) = v                 /* INSERT or UPDATE */
               :: else -> goto next                                                       /* refused: nothing is logged */
               fi
            :: at(now_at, k) != at(now_at, (k + 1) % KEYS) ->         /* values change places; with an absent row: a */
               other = (k + 1) % KEYS;                                /* change of the key */
               next_position();
               at(now_at + 1, k) = at(now_at, other);
               at(now_at + 1, other) = at(now_at, k)
            fi;
            now_at++;
            next: k = 0; other = 0; v = 0
        }
    :: break
    od;
over:
    atomic { k = 0; other = 0; v = 0; writers_gone = true }
}

/* --- the engine ------------------------------------------------------------------------------------------------ */

byte view_low, view_at, view_high;  /* position before, what the view really shows, position after */
bool view_open = false;
byte upto, scan;
byte expect[KEYS], result[KEYS];    /* net effect of a key: what the group found, what it leaves */
byte touched[KEYS];                 /* 0: not; 1: exact; 2: inside a bracket, written whatever is there */
byte i;

#ifdef BREAK_INDEX
#define passed_all_views true
#else
#define passed_all_views (applied >= chunk_at[0] && applied >= chunk_at[1] && applied >= chunk_at[2])
#endif

/* Adds the change of `key` at `scan` to the net effects, unless the copied rows contain it. */
inline fold(key) {
    if
    :: at(scan - 1, key) == at(scan, key)                 /* not a change of this key */
    :: else ->
        if
#ifdef BREAK_FILTER
        :: false                                          /* everything is applied */
#elif defined(BREAK_WINDOW)
        :: scan <= chunk_at[0]                            /* one position for all chunks */
#elif defined(BREAK_BRACKET)
        :: scan <= chunk_at[key]                          /* the bracket's end taken for the view's position */
#else
        :: scan <= chunk_low[key]                         /* the copied row contains it */
#endif
        :: else ->
            if
            :: touched[key] == 0 -> expect[key] = at(scan - 1, key); touched[key] = 1
            :: else
            fi;
#if !defined(BREAK_BRACKET) && !defined(BREAK_FILTER)
            if
            :: scan <= chunk_at[key] -> touched[key] = 2
            :: else
            fi;
#endif
#ifdef BREAK_FOLD
            if :: result[key] == 0 -> result[key] = at(scan, key) :: else fi     /* keeps the first image, not the last */
#else
            result[key] = at(scan, key)
#endif
        fi
    fi
}

inline remove_row(key) {
    if
    :: touched[key] == 1 -> assert(target[key] == expect[key])     /* native.apply_conflict, or a stale row */
    :: else
    fi;
    if
    :: touched[key] != 0 -> target[key] = 0
    :: else
    fi
}

inline write_row(key) {
    if
    :: touched[key] != 0 ->
        target[key] = result[key];
        if :: indexed -> check_unique(0) :: else fi
    :: else
    fi
}

/* The log up to the checkpoint is of no interest any more. Not part of the algorithm: it merges states. */
inline purge() {
    i = 0;
    do
    :: i < applied -> at(i, 0) = 0; at(i, 1) = 0; at(i, 2) = 0; i++
    :: else -> break
    od;
    i = 0
}

inline forget_group() {
    upto = 0; scan = 0; i = 0;
    expect[0] = 0; expect[1] = 0; expect[2] = 0;
    result[0] = 0; result[1] = 0; result[2] = 0;
    touched[0] = 0; touched[1] = 0; touched[2] = 0
}

proctype Engine() {
again:  /* a new process: knows what is durable */
    atomic { view_open = false; view_low = 0; view_at = 0; view_high = 0; forget_group() }

    /* DATA_CONFIGURING */
#ifndef BREAK_START
    if
    :: !begun -> d_step { applied = now_at; begun = true; purge() }
    :: else
    fi;
#endif
    /* DATA_RUNNING, the inventory */
    do
    :: !(marked[0] && marked[1] && marked[2]) && !view_open ->
        view_low = now_at;
        view_at = now_at;
        atomic { view_high = now_at; view_open = true }
    :: view_open && !(marked[0] && marked[1] && marked[2]) ->
        atomic {
            if :: !marked[0] -> i = 0 :: else -> if :: !marked[1] -> i = 1 :: else -> i = 2 fi fi;
#ifdef BREAK_MARK
            assert(target[i] == 0);
            target[i] = at(view_at, i);      /* rows and mark in transactions of their own */
        };
        if :: crashes < CRASHES -> crashes++; goto again :: skip fi;
        atomic {
#else
            target[i] = at(view_at, i);      /* rows and mark in one transaction */
#endif
            chunk_low[i] = view_low; chunk_at[i] = view_high;
            marked[i] = true;
            i = 0
        }
    :: view_open && crashes < CRASHES -> crashes++; goto again
    :: marked[0] && marked[1] && marked[2] -> break
    od;
    atomic { view_open = false; view_low = 0; view_at = 0; view_high = 0; crashes = 0 };   /* below they are not counted */
#ifdef BREAK_START
    if
    :: !begun -> d_step { applied = now_at; begun = true; purge() }
    :: else
    fi;
#endif
    /* The stream. What it does depends on the log's contents only, and groups are cut everywhere: nothing is lost to the
     * check when the writers are waited for, and the states are a tenth. */
    writers_gone;
    do
    :: !indexed && passed_all_views -> d_step { check_unique(0); indexed = true }   /* ALTER TABLE … ADD UNIQUE */
    :: applied < now_at ->
        atomic {
            upto = applied + 1;
            do :: upto < now_at && upto < applied + 3 -> upto++ :: break od;
            true;
            d_step {
                scan = applied + 1;
                do
                :: scan <= upto -> fold(0); fold(1); fold(2); scan++
                :: else -> break
                od;
#ifdef BREAK_ORDER
                remove_row(0); write_row(0); remove_row(1); write_row(1); remove_row(2); write_row(2);
#else
                remove_row(0); remove_row(1); remove_row(2);
                write_row(0); write_row(1); write_row(2);
#endif
            };
#ifdef BREAK_CHECKPOINT
        };
        if :: goto again :: skip fi;
        atomic {
#endif
            applied = upto;                  /* the checkpoint, in the rows' transaction */
            purge();
            forget_group()
        }
    :: goto again                        /* killed */
    :: applied == now_at && indexed -> break
    od;
    atomic {
        assert(target[0] == at(now_at, 0) && target[1] == at(now_at, 1) && target[2] == at(now_at, 2));
        finished = true
    }
}

init {
    atomic {
        at(0, 0) = 1; at(0, 1) = 2;          /* rows that are there before; the third key is absent */
        run Source();
        run Engine()
    }
}
