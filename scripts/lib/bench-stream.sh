#!/usr/bin/env bash
# How fast and how late a stream of changes is: Transload against the servers' own replication, on the same servers in the
# same run. Called by scripts/bench.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: scripts/bench stream [option]...

One MySQL 8.0 source with sysbench tables, two replicas and a target of equal settings; then, in one run:
  backlog     all receivers are stopped while sysbench oltp_write_only writes to the source; then each catches up alone:
              replication with 1 worker, replication with 4 (LOGICAL_CLOCK, commit order kept, WRITESET dependencies on
              the source), transload (its start included), and ShardingSphere-Proxy where it is there (a migration per
              table, STOP and START by hand). Rates in row changes per second
  steady      an even load; milliseconds from the answer to COMMIT to the first read on the receiver that shows it
  validation  sysbench at full speed until all has arrived, without and with validation going on all the time; and rows
              per second of that validation
  cutover     jobs that cut over under the even load: the write stop as reported, and as a writer sees it, from its last
              commit on the source to its first on the target
and transload's peak memory over all of it.

  --rows N          rows of each table                (default 100000)
  --tables N        tables                            (default 4)
  --seconds N       of sysbench for the backlog       (default 60)
  --steady N        seconds of even load              (default 30)
  --rate N          row changes per second of it      (default 2000)
  --cutovers N      (default 3)
  --only A,B        only these parts
  --replication L   workers of replication, commas    (default 1,4)
  --dependencies D  COMMIT_ORDER, WRITESET or WRITESET_SESSION, of the source's log (default WRITESET)
  --memory SIZE     InnoDB buffer pool of each server (default 1G)
  --without-transload   the rivals alone, in the parts that have any
  --json FILE       the figures, too
TEXT
}

rows=100000 tables=4 seconds=60 steady=30 rate=2000 cutovers=3 only="" replication=1,4 dependencies=WRITESET memory=1G
without=false json_file="" flavour=mysql80
while (($#)); do
    case "$1" in
    --rows) rows="${2:?}"; shift 2 ;;
    --tables) tables="${2:?}"; shift 2 ;;
    --seconds) seconds="${2:?}"; shift 2 ;;
    --steady) steady="${2:?}"; shift 2 ;;
    --rate) rate="${2:?}"; shift 2 ;;
    --cutovers) cutovers="${2:?}"; shift 2 ;;
    --only) only="${2:?}"; shift 2 ;;
    --replication) replication="${2?}"; shift 2 ;;
    --dependencies) dependencies="${2:?}"; shift 2 ;;
    --memory) memory="${2:?}"; shift 2 ;;
    --without-transload) without=true; shift ;;
    --json) json_file="${2:?}"; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
! $without || only="${only:-backlog,steady}"
wanted() { [[ -z "$only" || ",$only," == *",$1,"* ]]; }
IFS=',' read -ra workers <<<"$replication"

setup_options=(--with-bench)
if $without || [[ -n "${TRANSLOAD_PROGRAM:-}" ]]; then setup_options+=(--no-build); fi
"$repo_root/scripts/setup" "${setup_options[@]}"
transload="${TRANSLOAD_PROGRAM:-$repo_root/build/release/cli/transload}"
probe="${TRANSLOAD_STREAM_PROBE:-$repo_root/build/release/tests/bench/transload_stream_probe}"
if [[ -z "${TRANSLOAD_STREAM_PROBE:-}" ]]; then
    [[ -f "$repo_root/build/release/build.ninja" ]] || (cd "$repo_root" && cmake --preset release >&2)
    cmake --build "$repo_root/build/release" --target transload_stream_probe >&2
fi
source "$repo_root/scripts/lib/bench-parts.sh"
heap=1g
source "$repo_root/scripts/lib/bench-proxy.sh"
source "$repo_root/scripts/lib/bench-receivers.sh"

figures="$work/figures"
: >"$figures"
figure() { printf '%s %s %s\n' "$1" "$2" "$3" >>"$figures"; }           # SIDE NAME NUMBER
value_of() { awk -v side="$1" -v name="$2" '$1 == side && $2 == name {v = $3} END {print v == "" ? "-" : v}' "$figures"; }
member() { grep -oE "\"$2\": *-?[0-9.eE+-]+" <<<"$1" | head -n 1 | awk -F: '{print $2 + 0}'; }

probe() {
    local command="$1" receiver="$2"
    shift 2
    MYSQL_PWD="$password" "$probe" "$command" --source "${port[source]}" --target "${port[$receiver]}" --rate "$rate" \
        --tables "$tables" --rows "$rows" "$@"
}
row_changes() {
    client "$1" -e "SHOW GLOBAL STATUS WHERE variable_name IN ('Innodb_rows_inserted', 'Innodb_rows_updated', 'Innodb_rows_deleted')" |
        awk '{sum += $2} END {printf "%d\n", sum}'
}
write_with_sysbench() {
    sysbench oltp_write_only --mysql-host=127.0.0.1 --mysql-port="${port[source]}" --mysql-user=root --mysql-password="$password" \
        --mysql-db=sbtest --tables="$tables" --table-size="$rows" --threads=4 --time="$1" --rand-seed="$RANDOM" run \
        >"$work/sysbench.log" 2>&1 || { tail "$work/sysbench.log" >&2; die "sysbench could not write"; }
}
checksums() {
    local name="$1" n list=bench_marks table=sbtest
    [[ "$name" != shardingsphere ]] || list=staged_0 table=staged_
    for ((n = 1; n <= tables; n++)); do list+=", $table$n"; done
    client "$name" sbtest -e "CHECKSUM TABLE $list" | cut -f 2
}
expect_equal() {
    [[ "$(checksums source)" == "$(checksums "$1")" ]] || die "$1 has other rows than the source"
}

# --- backlog ---------------------------------------------------------------------------------

measure_backlog() {
    local before changes begun took side
    say "backlog: $seconds s of sysbench while nobody reads"
    before="$(row_changes source)"
    write_with_sysbench "$seconds"
    changes=$(($(row_changes source) - before))
    figure source row_changes "$changes"
    for side in "${receivers[@]}"; do
        begun="$(now)"
        start_receiver "$side"
        if ! caught_up "$side"; then
            say "backlog: $side: given up"
            stop_receiver "$side"
            continue
        fi
        took="$(since "$begun")"
        note_memory
        stop_receiver "$side"
        expect_equal "$side"
        figure "$side" catch_up_seconds "$took"
        figure "$side" row_changes_per_second "$(awk -v n="$changes" -v s="$took" 'BEGIN {printf "%.0f\n", n / s}')"
        say "backlog: $side: $changes row changes in $took s"
    done
}

# --- an even load ----------------------------------------------------------------------------

measure_steady() {
    local side said name
    for side in "${receivers[@]}"; do
        start_receiver "$side"
        caught_up "$side"
        said="$(probe delay "$side" --seconds "$steady")"
        note_memory
        for name in row_changes_per_second p50_ms p99_ms max_ms late_transactions; do
            figure "$side" "steady_$name" "$(member "$said" "$name")"
        done
        say "steady: $side: $said"
        # The others must have what was written meanwhile, or they would carry it later.
        caught_up "$side"
        stop_receiver "$side"
    done
    for side in "${receivers[@]}"; do
        start_receiver "$side"
        caught_up "$side"
        stop_receiver "$side"
    done
}

# --- validation while it follows ---------------------------------------------------------------

# Full speed until all has arrived: row changes per second from the first statement to the last row on the target.
flood() {
    local before begun
    before="$(row_changes source)"
    begun="$(now)"
    write_with_sysbench "$1"
    probe caught-up "$2" >/dev/null
    awk -v n="$(($(row_changes source) - before))" -v s="$(since "$begun")" 'BEGIN {printf "%.0f\n", n / s}'
}

measure_validation() {
    local side plain validating report time=20
    for side in plain validating; do
        start_server "$side"
        begin_job "$side" "$([[ "$side" == plain ]] && echo 0 || echo 1s)"
        figure "$side" flood_row_changes_per_second "$(flood "$time" "$side")"
        note_memory
        report="$(job_document "$side")"
        end_job "$side"
        expect_equal "$side"
        figure "$side" validate_seconds "$(member "$report" validate_seconds)"
        stop_server "$side"
    done
    plain="$(value_of plain flood_row_changes_per_second)" validating="$(value_of validating flood_row_changes_per_second)"
    figure transload validation_costs_percent "$(awk -v a="$plain" -v b="$validating" 'BEGIN {printf "%.1f\n", (a > 0 ? 100 * (a - b) / a : 0)}')"
    # Once, right after the rows, over all of them.
    figure transload validation_rows_per_second "$(awk -v n="$((rows * tables))" -v s="$(value_of plain validate_seconds)" 'BEGIN {printf "%.0f\n", (s > 0 ? n / s : 0)}')"
    say "validation: flood $plain row changes/s without, $validating with it"
}

# --- cutover -----------------------------------------------------------------------------------

measure_cutovers() {
    local n said reported
    for ((n = 1; n <= cutovers; n++)); do
        client source -e "SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF"
        start_server "cut$n"
        begin_job "cut$n" 0
        probe cutover "cut$n" --handed-over "$work/cut$n/handed-over" --limit 180 >"$work/cut$n/seen" &
        local watcher=$!
        nap 8
        note_memory
        "$transload" job cutover "$(job_id "cut$n")" --state-dir "$work/cut$n/state" >/dev/null 2>&1 || die "the cutover was refused"
        wait "$watcher" || die "the cutover was not seen"
        wait "${job_pid[cut$n]}" || { tail "$work/cut$n/errors" >&2; die "the job with the cutover failed"; }
        unset "job_pid[cut$n]"
        said="$(cat "$work/cut$n/seen")"
        reported="$(member "$(cat "$work/cut$n/report.json")" write_stop_seconds)"
        figure transload "cutover_${n}_reported_ms" "$(awk -v s="$reported" 'BEGIN {printf "%.0f\n", s * 1000}')"
        figure transload "cutover_${n}_seen_ms" "$(member "$said" first_write_after_ms)"
        say "cutover $n: reported $reported s, seen $said"
        stop_server "cut$n"
    done
    client source -e "SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF"
}

# --- run, then the figures -------------------------------------------------------------------

start_server source
client source -e "SET GLOBAL binlog_transaction_dependency_tracking = $dependencies"
say "filling the source: $tables tables of $rows rows"
fill_with_sysbench
client source sbtest -e "CREATE TABLE bench_marks (id INT NOT NULL PRIMARY KEY, n BIGINT NOT NULL); INSERT INTO bench_marks VALUES (1, 0)"
if wanted backlog || wanted steady; then prepare_receivers; fi

! wanted backlog || measure_backlog
! wanted steady || measure_steady
end_receivers
! wanted validation || measure_validation
! wanted cutover || measure_cutovers

cutover_median() { awk -v pattern="^cutover_[0-9]+_$1$" '$1 == "transload" && $2 ~ pattern {print "x", $3}' "$figures" >"$work/cuts"; median "$work/cuts" x 2; }
cutover_most() { awk -v pattern="^cutover_[0-9]+_$1$" '$1 == "transload" && $2 ~ pattern && $3 > most {most = $3} END {print most + 0}' "$figures"; }

echo
echo "$tables tables of $rows rows, MySQL 8.0, buffer pool $memory, $(nproc) cores"
printf '%-16s %14s %14s %12s %10s %10s\n' side 'catch-up s' 'changes/s' 'steady/s' 'p50 ms' 'p99 ms'
for side in "${receivers[@]}"; do
    printf '%-16s %14s %14s %12s %10s %10s\n' "$side" "$(value_of "$side" catch_up_seconds)" "$(value_of "$side" row_changes_per_second)" \
        "$(value_of "$side" steady_row_changes_per_second)" "$(value_of "$side" steady_p50_ms)" "$(value_of "$side" steady_p99_ms)"
done
echo
if wanted backlog && ((${#workers[@]})) && [[ " ${receivers[*]} " == *" transload "* ]]; then
    best="$(awk '$1 ~ /^replication-/ && $2 == "row_changes_per_second" && $3 > most {most = $3} END {print most + 0}' "$figures")"
    echo "backlog: transload / the better of replication: $(ratio "$(value_of transload row_changes_per_second)" "$best")   (bar: at least 2.0)"
fi
if wanted steady && ! $without; then
    echo "steady: p50 $(value_of transload steady_p50_ms) ms, p99 $(value_of transload steady_p99_ms) ms   (bar: at most 20 and 100)"
fi
if wanted validation; then
    echo "validation: $(value_of transload validation_rows_per_second) rows/s   (bar: at least 100000), costs the stream $(value_of transload validation_costs_percent) %   (bar: at most 20)"
fi
if wanted cutover; then
    echo "write stop: reported median $(cutover_median reported_ms) ms, most $(cutover_most reported_ms) ms   (bar: at most 300 and 1000)"
    echo "            a writer's last commit on the source to its first on the target: median $(cutover_median seen_ms) ms, most $(cutover_most seen_ms) ms"
fi
if ! $without; then
    echo "peak memory of transload: $peak_mb MB   (bar: at most 200)"
    figure transload peak_rss_mb "$peak_mb"
fi
if [[ -n "$json_file" ]]; then
    awk 'BEGIN {printf "["} {printf "%s\n  {\"side\": \"%s\", \"figure\": \"%s\", \"value\": %s}", (NR > 1 ? "," : ""), $1, $2, ($3 == "-" || $3 == "" ? "null" : $3)} END {print "\n]"}' \
        "$figures" >"$json_file"
fi
