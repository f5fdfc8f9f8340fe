/* The cutover, its journal, the reverse stream and the way back: docs/change-stream.md, invariants I13 to I20.
 *
 * A row is a client's write, known by its bit: that single changes are applied exactly is shown by the other models. Both
 * sides have a log whose entries say who wrote them. The orchestrator is killed between any two of its acts; hooks,
 * validation and servers fail; the source restarts and forgets its write stop; users retry, finish and roll back.
 *
 * Mutations, each of which spin has to find: BREAK_ORIGIN, BREAK_DRAIN, BREAK_STOP, BREAK_HOLDS, BREAK_TELL, BREAK_WAY_BACK,
 * BREAK_REVERSE_START, BREAK_DISARM, BREAK_RELEASE, BREAK_CUT_BACK, BREAK_FINISH, BREAK_ROLLBACK; and under the LTL formula
 * BREAK_RESUME.
 */
#ifndef SOURCE_WRITES
#define SOURCE_WRITES 2
#endif
#ifndef TARGET_WRITES
#define TARGET_WRITES 2
#endif
#ifndef CRASHES
#define CRASHES 3
#endif
#ifndef FAULTS
#define FAULTS 2      /* of servers, hooks and comparisons, the restart of the source among them */
#endif
#define LOG 9

mtype = { none, stopping, held, releasing, telling, over };   /* WriteStopState; telling: see I17 */
mtype = { data_running, cutting_over, cutover_failed, finalizing, reversing, closing, cutting_back, cut_back_failed,
          rolling_back, done, rolled_back };

/* --- durable on the servers --- */
byte source_rows, target_rows;       /* bit n: the write n is there */
byte source_log[LOG], target_log[LOG];    /* the write's bit, or 0 in entries that a stream wrote */
byte origin_source[LOG], origin_target[LOG]; /* what a stream wrote, to tell an echo */
byte source_end, target_end;
bool source_stopped, target_stopped; /* WriteGate */
bool armed;                          /* triggers and events are on the target */
bool forward_begun = true; byte forward_applied;
bool reverse_begun; byte reverse_applied;

/* --- durable in the job --- */
mtype state = data_running;
mtype cutover = none;                /* CutoverReport cutover, cut_back */
mtype cut_back = none;

/* --- the world --- */
bool at_target;                      /* where the clients were told to write */
byte committed;                      /* what they were told is committed */
byte writes_source, writes_target;
byte crashes, faults;

/* --- of the process --- */
bool forward_runs, reverse_runs;
bool compared;                       /* Scratch::compared_live */
bool checked;                        /* the last look at the write stop is behind us */
byte upto;

#define over_or_none(s) ((s) == none || (s) == over)
#define source_writable (!source_stopped)
#define target_writable (at_target && !target_stopped)
#define crash  if :: crashes < CRASHES -> crashes++; goto killed :: true fi
#define may_fail(where)  if :: faults < FAULTS -> faults++; goto where :: true fi

/* --- clients ---------------------------------------------------------------------------------------------------- */

#define write(rows, row_log, row_origin, row_end, row) \
    rows = rows | row; committed = committed | row; row_log[row_end] = row; row_origin[row_end] = 0; row_end++

active proctype Clients() {
end_idle:
    do
    :: atomic { writes_source < SOURCE_WRITES && !at_target && source_writable ->
                write(source_rows, source_log, origin_source, source_end, (1 << writes_source)); writes_source++ }
    :: atomic { writes_target < TARGET_WRITES && target_writable ->
                assert(reverse_begun || state == closing || state == done);   /* else it has no way back */
                write(target_rows, target_log, origin_target, target_end, (16 << writes_target)); writes_target++ }
    od
}

/* --- the streams ------------------------------------------------------------------------------------------------ */

#ifdef BREAK_ORIGIN
#define pass_over(to_rows, from) assert((to_rows & (from)) == 0)   /* an own write comes back */
#else
#define pass_over(to_rows, from) skip                              /* Piece::own */
#endif
/* The assertion is native.apply_conflict: a row doubled. */
#define carry(to_rows, to_log, to_origin, to_end, from_log, from_origin, position) \
    if \
    :: from_log[position] != 0 -> \
        assert((to_rows & from_log[position]) == 0); \
        to_rows = to_rows | from_log[position]; \
        to_log[to_end] = 0; to_origin[to_end] = from_log[position]; \
        to_end++ \
    :: else -> pass_over(to_rows, from_origin[position]) \
    fi; \
    position++

active proctype Forward() {
end_idle:
    do
    :: atomic { forward_runs && forward_applied < source_end ->
                assert(!armed || source_log[forward_applied] == 0);   /* a trigger would fire on a row of the stream */
                carry(target_rows, target_log, origin_target, target_end, source_log, origin_source, forward_applied) }
    od
}

active proctype Reverse() {
end_idle:
    do
    :: atomic { reverse_runs && reverse_applied < target_end ->
                carry(source_rows, source_log, origin_source, source_end, target_log, origin_target, reverse_applied) }
    od
}

/* A server that is restarted has forgotten super_read_only. After the last look (WriteGate::holds) nobody can see it any
 * more: that window is the user's, who points the clients away. */
active proctype Restarts() {
end_idle:
    do
    :: atomic { faults < FAULTS && source_stopped && !checked && (cutover == stopping || cutover == held) ->
                faults++; source_stopped = false }
    od
}

/* Never both sides take clients' writes; holds in every state. */
active proctype Watch() {
end_idle:
    atomic { source_writable && target_writable -> assert(false) }
}

/* --- the orchestrator ------------------------------------------------------------------------------------------- */

inline withdraw() {                  /* WriteStop::withdraw */
    if
    :: cutover == stopping || cutover == held || cutover == releasing || cutover == telling ->
#ifdef BREAK_RELEASE
        cutover = none; crash;
        source_stopped = false
#else
        cutover = releasing; crash;
        source_stopped = false; crash;
        cutover = none
#endif
    :: else
    fi
}

inline withdraw_back() {
    if
    :: !over_or_none(cut_back) ->
        cut_back = releasing; crash;
        target_stopped = false; crash;
        cut_back = none
    :: else
    fi
}

active proctype Orchestrator() {
    goto begin;

killed:
#ifdef BREAK_RESUME
    false;                           /* waits for a user */
#endif
    atomic { forward_runs = false; reverse_runs = false; compared = false; upto = 0;
             checked = (cutover == over || cutover == telling) };
begin:
    if
    :: state == data_running -> goto run_data
    :: state == cutting_over -> goto cut_over_live
    :: state == cutover_failed -> goto failed
    :: state == finalizing -> goto finalize
    :: state == reversing -> goto reverse
    :: state == closing -> goto close
    :: state == cutting_back -> goto back
    :: state == cut_back_failed -> goto back_failed
    :: state == rolling_back -> goto rollback
    :: state == done -> goto ended_done
    :: state == rolled_back -> goto ended_rolled_back
    fi;

run_data:
    armed = false; crash;            /* disarm_target */
    atomic { forward_runs = true; compared = true }; crash;
    state = cutting_over; crash;

cut_over_live:
    if
    :: cutover == over -> goto over_already
    :: cutover == telling -> goto tell_again
    :: else
    fi;
#ifndef BREAK_DISARM
    may_fail(leave);
    armed = false; crash;
#endif
    if
    :: !compared -> withdraw(); crash; atomic { forward_runs = true; compared = true }
    :: else
    fi;
    crash;
    if
    :: cutover == none ->            /* begin_way_back */
        reverse_runs = false;
        atomic { reverse_begun = false; reverse_applied = 0 }; crash;
#ifndef BREAK_WAY_BACK
        atomic { reverse_begun = true; reverse_applied = target_end }; crash;
#endif
        forward_runs = true          /* wait_for_small_lag */
    :: else
    fi;
    crash;
    /* WriteStop::hold */
    if
    :: cutover == held && source_stopped
    :: else ->
        if :: cutover == releasing -> withdraw() :: else fi;
#ifdef BREAK_STOP
        source_stopped = true; crash;
        cutover = held
#else
        cutover = stopping; crash;
        source_stopped = true; crash;
        cutover = held
#endif
    fi;
    crash;
    /* drain_all */
    forward_runs = true;
    upto = source_end;
#ifndef BREAK_DRAIN
    if
    :: forward_applied >= upto
    :: faults < FAULTS -> faults++; goto leave       /* native.drain_timeout */
    fi;
#endif
    atomic { assert(!source_stopped || (source_rows & ~target_rows) == 0);      /* "drained" is only said when it is true */
             upto = 0 };
    crash;
    may_fail(leave);                 /* prove_changes_equal */
    forward_runs = false;            /* DataEngine::commit */
    crash;
    armed = true; crash;             /* apply_at_cutover */
#ifdef BREAK_WAY_BACK
    skip;
#else
    reverse_runs = true; crash;      /* admit_stream, follow */
#endif
#ifdef BREAK_HOLDS
    checked = true;
#else
    if
    :: atomic { source_stopped -> checked = true }
    :: atomic { !source_stopped -> goto leave }      /* cutover.stop_lost */
    fi;
#endif
    crash;
#ifndef BREAK_TELL
    cutover = telling; crash;
#endif
    if
    :: at_target = true              /* HandOver::tell: success */
    :: faults < FAULTS -> faults++; checked = false; goto leave    /* the hook says that nothing was handed over */
    fi;
    crash;
    goto told;
tell_again:                          /* told perhaps: nothing else than telling again is safe */
    forward_runs = false; reverse_runs = true;
    if
    :: at_target = true
    :: faults < FAULTS -> faults++; goto tell_again
    fi;
    crash;
told:
#ifdef BREAK_REVERSE_START
    atomic { reverse_begun = true; reverse_applied = target_end };  /* recorded when clients may have written already */
#endif
    assert((source_rows & ~target_rows) == 0);
    cutover = over; crash;
over_already:
    state = finalizing; crash;
    goto finalize;

leave:                               /* leave_safely, then again or CUTOVER_FAILED */
    if
    :: !over_or_none(cutover) ->
        reverse_runs = false;
        if :: armed = false :: faults < FAULTS -> faults++ fi;     /* the target may be out of reach */
        crash;
        if :: faults < FAULTS -> faults++ :: withdraw() fi          /* and so may the source */
    :: else
    fi;
    crash;
    if
    :: goto cut_over_live
    :: state = cutover_failed; crash
    fi;
failed:                              /* a user: retry, or rollback */
    if
    :: state = cutting_over; crash; goto cut_over_live
    :: atomic { state = rolling_back }; crash; goto rollback
    fi;

finalize:
    reverse_runs = true;             /* the way back goes on whatever the schema tool does */
    crash;
    if
    :: state = reversing; crash
    :: faults < FAULTS -> faults++; state = rolling_back; crash; goto rollback   /* FINALIZE_FAILED, rollback */
    fi;

reverse:
    reverse_runs = true; crash;
    if
    :: state = closing; crash
    :: state = cutting_back; crash; goto back
    fi;

close:
#ifndef BREAK_FINISH
    if :: cut_back == over -> goto back :: else fi;    /* the source has taken over again: there is nothing to finish */
#endif
    if :: cut_back != over -> withdraw_back() :: else fi;
    reverse_runs = false; crash;
    reverse_begun = false; crash;
    state = done; crash;
ended_done:
    atomic { assert(target_writable && !source_writable);
             assert(target_rows == committed);
             goto ended }

back:                                /* cut_back() */
    if
    :: cut_back == over -> goto back_over
    :: cut_back == held && target_stopped
    :: else ->
        if :: cut_back == releasing -> withdraw_back() :: else fi;
#ifdef BREAK_CUT_BACK
        skip
#else
        cut_back = stopping; crash;
        target_stopped = true; crash;
        cut_back = held
#endif
    fi;
    crash;
    reverse_runs = true;
    upto = target_end;
    if
    :: reverse_applied >= upto
    :: faults < FAULTS -> faults++; goto back_leave
    fi;
    atomic { assert(!target_stopped || (target_rows & ~source_rows) == 0); upto = 0 };
    crash;
    may_fail(back_leave);            /* check_changes, holds */
    reverse_runs = false; crash;
    cut_back = over; crash;
back_over:
    source_stopped = false; crash;   /* WriteGate::release of the source's old stop */
    if
    :: at_target = false
    :: faults < FAULTS -> faults++; goto back_leave    /* the hook failed: told again on retry */
    fi;
    crash;
    reverse_begun = false; crash;
    state = rolled_back; crash;
    goto ended_rolled_back;

back_leave:
    if :: faults < FAULTS -> faults++ :: withdraw_back() fi;
    crash;
    state = cut_back_failed; crash;
back_failed:
    if
    :: state = cutting_back; crash; goto back
    :: state = closing; crash; goto close
    fi;

rollback:                            /* run_rollback */
#ifndef BREAK_ROLLBACK
    if
    :: cutover == over -> goto back
    :: cutover == telling -> state = cutting_over; goto cut_over_live    /* refused: the target may have taken over */
    :: else
    fi;
#endif
    withdraw(); crash;
    assert(!at_target);              /* drop_created: clients' only copy would go */
    atomic { forward_runs = false; reverse_runs = false; reverse_begun = false }; crash;
    state = rolled_back; crash;

ended_rolled_back:
    atomic { assert(source_writable && !target_writable);
             assert((committed & ~source_rows) == 0) };
ended:
    skip
}

/* Whatever happens, somebody takes writes again: crashes and faults end some day. */
ltl someone_writes { [] ((!source_writable && !target_writable) -> <> (source_writable || target_writable)) }
