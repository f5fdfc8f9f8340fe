#!/usr/bin/env bash
# What Transload costs on top of ShardingSphere: the whole job against the same statements sent by hand, in the same
# run on the same servers. Called by scripts/bench.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: scripts/bench shardingsphere [option]...

Moves sysbench tables between two MySQL 8.0 servers through ShardingSphere-Proxy, writes stopped at the end:
  transload    transload migrate --engine shardingsphere --cutover auto --validate counts, one proxy
  by-hand      the same DistSQL and SQL from a script with the mariadb client: tables, units, MIGRATE in the same
               waves, looking as often, indexes, super_read_only, CHECK, COUNT(*), COMMIT, RENAME, LOAD
  transload-2  as transload, with two proxies

Prints medians, the ratio of transload to by-hand, and rows per second of the inventory. Each side of each run has a
new target server and new proxies; the order changes from run to run.

  --rows N          rows of each table     (default 250000)
  --tables N        tables                 (default 8)
  --runs N          runs of each side      (default 3)
  --only A,B        only these sides
  --memory SIZE     InnoDB buffer pool of each server (default 1G)
  --heap SIZE       Java heap of each proxy           (default 2g)
  --json FILE       the figures of every run, too
TEXT
}

rows=250000 tables=8 runs=3 only="" flavour=mysql80 memory=1G heap=2g json_file=""
while (($#)); do
    case "$1" in
    --rows) rows="${2:?}"; shift 2 ;;
    --tables) tables="${2:?}"; shift 2 ;;
    --runs) runs="${2:?}"; shift 2 ;;
    --only) only="${2:?}"; shift 2 ;;
    --memory) memory="${2:?}"; shift 2 ;;
    --heap) heap="${2:?}"; shift 2 ;;
    --json) json_file="${2:?}"; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done

all_sides=(transload by-hand transload-2)
sides=()
for side in "${all_sides[@]}"; do
    if [[ -z "$only" || ",$only," == *",$side,"* ]]; then sides+=("$side"); fi
done
((${#sides[@]})) || die "nothing to measure; sides are: ${all_sides[*]}"

setup_options=(--with-bench --with-shardingsphere)
[[ "${sides[*]}" == *transload* && -z "${TRANSLOAD_PROGRAM:-}" ]] || setup_options+=(--no-build)
"$repo_root/scripts/setup" "${setup_options[@]}"
transload="${TRANSLOAD_PROGRAM:-$repo_root/build/release/cli/transload}"
source "$repo_root/scripts/lib/bench-parts.sh"

# The defaults of a job's options, which by-hand has to use too.
at_once=4 workers=4 batch=1000 range=250000

source "$repo_root/scripts/lib/bench-proxy.sh"
end_more() { end_proxies; }

# --- the sides: each sets result_rows (seconds of the inventory) and result_whole ----------------

run_transload() {
    local begun code=0 url options=()
    for url in "${proxy_urls[@]}"; do options+=(--proxy "$url"); done
    rm -rf "$work/job"
    mkdir "$work/job"
    begun="$(now)"
    TRANSLOAD_SOURCE_PASSWORD="$password" TRANSLOAD_TARGET_PASSWORD="$password" TRANSLOAD_SHARDINGSPHERE_PASSWORD="$password" \
        "$transload" migrate --source "mysql://root@127.0.0.1:${port[source]}/sbtest" \
        --target "mysql://root@127.0.0.1:${port[target]}/sbtest" --engine shardingsphere "${options[@]}" --cutover auto \
        --validate counts --json --quiet --state-dir "$work/job/state" --schema-dir "$work/job/schema" \
        >"$work/job/report.json" 2>"$work/job/errors" || code=$?
    result_whole="$(since "$begun")"
    ((code == 0)) || { cat "$work/job/errors" "$work/job/report.json" >&2; die "transload ended with code $code"; }
    result_rows="$(grep -oE '"inventory_seconds": *[0-9.eE+-]+' "$work/job/report.json" | awk -F: '{printf "%.2f\n", $2}')"
}

# How the engine looks: from 0.1 s on, ever less often, at least once a second.
pause_reset() { pause=0.1; }
pause_longer() {
    nap "$pause"
    pause="$(awk -v p="$pause" 'BEGIN {p *= 1.25; print (p > 1 ? 1 : p)}')"
}

run_by_hand() {
    local begun n id next=1 running=() left=() line statements
    begun="$(now)"
    client target -e "CREATE DATABASE sbtest"
    for ((n = 1; n <= tables; n++)); do
        client target sbtest -e "CREATE TABLE staged_$n (id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0,
            c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id))"
    done
    register_units target
    proxy moving -e "ALTER MIGRATION RULE (READ(WORKER_THREAD=$workers, BATCH_SIZE=$batch, SHARDING_SIZE=$range),
        WRITE(WORKER_THREAD=$workers, BATCH_SIZE=$batch), STREAM_CHANNEL(TYPE(NAME='MEMORY', PROPERTIES('block-queue-size'='2000'))))"

    local rows_begun
    rows_begun="$(now)"
    pause_reset
    while ((next <= tables || ${#running[@]})); do
        while ((next <= tables && ${#running[@]} < at_once)); do
            migrate_table "sbtest$next" "staged_$next"
            running+=("${migrations[-1]}")
            next=$((next + 1))
        done
        left=()
        for id in "${running[@]}"; do
            line="$(proxy moving -e "SHOW MIGRATION STATUS '$id'")"
            [[ -z "$(cut -f 9 <<<"$line" | tr -d '\n')" ]] || die "by hand: $line"
            [[ "$line" == *EXECUTE_INCREMENTAL_TASK* ]] || left+=("$id")
        done
        running=("${left[@]}")
        ((${#running[@]} == 0 && next > tables)) || pause_longer
    done
    result_rows="$(since "$rows_begun")"

    # As many at a time as a job has workers.
    seq "$tables" | MYSQL_PWD="$password" xargs -P 4 -I {} mariadb --no-defaults --protocol=tcp --host=127.0.0.1 \
        --port="${port[target]}" --user=root sbtest -e "ALTER TABLE staged_{} ADD INDEX k_{} (k)" || die "by hand: no index"

    client source -e "SET GLOBAL super_read_only = ON"
    next=0 running=()
    while ((next < tables || ${#running[@]})); do
        while ((next < tables && ${#running[@]} < at_once)); do
            proxy moving -e "CHECK MIGRATION '${migrations[next]}' BY TYPE(NAME='DATA_MATCH', PROPERTIES('chunk-size'='$batch'))"
            running+=("${migrations[next]}")
            next=$((next + 1))
        done
        left=()
        for id in "${running[@]}"; do
            line="$(proxy moving -e "SHOW MIGRATION CHECK STATUS '$id'" 2>/dev/null || true)"
            if [[ "$(cut -f 4 <<<"$line")" == false && -n "$(cut -f 2 <<<"$line")" ]]; then
                [[ "$(cut -f 2 <<<"$line")" == true ]] || die "by hand: a check found differences: $line"
            else
                left+=("$id")
            fi
        done
        running=("${left[@]}")
        ((${#running[@]} == 0 && next >= tables)) || nap 0.2
    done
    for ((n = 1; n <= tables; n++)); do
        [[ "$(client source sbtest -e "SELECT COUNT(*) FROM sbtest$n")" == "$(client target sbtest -e "SELECT COUNT(*) FROM staged_$n")" ]] ||
            die "by hand: counts of sbtest$n differ"
    done
    for id in "${migrations[@]}"; do proxy moving -e "COMMIT MIGRATION '$id'"; done
    statements=""
    for ((n = 1; n <= tables; n++)); do statements+="${statements:+, }staged_$n TO sbtest$n"; done
    client target sbtest -e "RENAME TABLE $statements"
    statements=""
    for ((n = 1; n <= tables; n++)); do statements+="${statements:+, }target_unit.sbtest$n"; done
    proxy moving -e "LOAD SINGLE TABLE $statements; UNREGISTER MIGRATION SOURCE STORAGE UNIT source_unit"
    result_whole="$(since "$begun")"
}

# --- run, then the figures -------------------------------------------------------------------

start_server source
say "filling the source: $tables tables of $rows rows"
fill_with_sysbench
expected="$(count_rows source)"
figures="$work/figures"
: >"$figures"
for ((run = 1; run <= runs; run++)); do
    for ((i = 0; i < ${#sides[@]}; i++)); do
        side="${sides[(i + run - 1) % ${#sides[@]}]}"
        start_server target
        case "$side" in
        transload) start_proxies 1; run_transload ;;
        transload-2) start_proxies 2; run_transload ;;
        by-hand) start_proxies 1; run_by_hand ;;
        esac
        [[ "$(count_rows target)" == "$expected" ]] || die "$side left other rows than it should have"
        stop_proxies
        stop_server target
        client source -e "SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF"
        printf '%s %s %s %s\n' "$side" "$run" "$result_rows" "$result_whole" >>"$figures"
        say "run $run: $side: rows $result_rows s, whole $result_whole s"
    done
done

echo
echo "$tables tables of $rows rows, $flavour, buffer pool $memory, heap $heap, $(nproc) cores, median of $runs"
printf '%-12s %8s %8s %12s\n' side 'rows s' 'whole s' 'rows/s'
for side in "${sides[@]}"; do
    seconds="$(median "$figures" "$side" 3)"
    printf '%-12s %8s %8s %12s\n' "$side" "$seconds" "$(median "$figures" "$side" 4)" \
        "$(awk -v n="$((rows * tables))" -v s="$seconds" 'BEGIN {printf "%.0f", n / s}')"
done
echo
if [[ " ${sides[*]} " == *" transload "* && " ${sides[*]} " == *" by-hand "* ]]; then
    echo "whole job / the same by hand: $(ratio "$(median "$figures" transload 4)" "$(median "$figures" by-hand 4)")   (bar: at most 1.10)"
fi
if [[ " ${sides[*]} " == *" transload "* && " ${sides[*]} " == *" transload-2 "* ]]; then
    echo "rows with two proxies / one:  $(ratio "$(median "$figures" transload-2 3)" "$(median "$figures" transload 3)")"
fi
if [[ -n "$json_file" ]]; then
    awk 'BEGIN {printf "["} {printf "%s\n  {\"side\": \"%s\", \"run\": %d, \"rows_seconds\": %s, \"whole_seconds\": %s}", (NR > 1 ? "," : ""), $1, $2, $3, $4} END {print "\n]"}' \
        "$figures" >"$json_file"
fi
