# shellcheck shell=bash
# Who receives the stream in scripts/bench stream, each with a server of its own name. Sourced after bench-parts.sh.
# Reads workers, without, transload; sets receivers, peak_mb, job_pid (by server name).

receivers=() peak_mb=0
declare -A job_pid

end_more() {
    local name
    for name in "${!job_pid[@]}"; do kill -KILL "${job_pid[$name]}" 2>/dev/null || true; done
    end_proxies
}

# The kernel's own high-water mark of transload's process, over all of the jobs that run now.
note_memory() {
    local name key line mb
    for name in "${!job_pid[@]}"; do
        while read -r key line; do
            [[ "$key" == VmHWM: ]] || continue
            mb=$(((${line% kB} + 1023) / 1024))
            ((mb <= peak_mb)) || peak_mb="$mb"
        done 2>/dev/null <"/proc/${job_pid[$name]}/status" || true
    done
}

# --- transload: a job per server ---------------------------------------------------------------

# run_job NAME VALIDATE_EVERY: begins it, or goes on with it.
run_job() {
    local name="$1" every="$2"
    mkdir -p "$work/$name"
    # A file, since a hand-over has no flag. It says when by being there.
    cat >"$work/$name/job.yaml" <<TEXT
source: "mysql://root@127.0.0.1:${port[source]}/sbtest"
target: "mysql://root@127.0.0.1:${port[$name]}/sbtest"
engine: native
cutover: {mode: manual, hand_over: {command: [/usr/bin/touch, "$work/$name/handed-over"]}}
$([[ "$every" == 0 ]] || printf 'follow: {validate_every: %s}\n' "$every")
state_dir: "$work/$name/state"
schema_dir: "$work/$name/schema"
TEXT
    TRANSLOAD_SOURCE_PASSWORD="$password" TRANSLOAD_TARGET_PASSWORD="$password" \
        "$transload" migrate "$work/$name/job.yaml" --json --quiet >"$work/$name/report.json" 2>"$work/$name/errors" &
    job_pid[$name]=$!
}
job_id() {
    "$transload" job list --json --state-dir "$work/$1/state" 2>/dev/null | grep -oE '"job_id": *"[^"]+"' | head -n 1 | cut -d '"' -f 4
}
job_document() { "$transload" job show "$(job_id "$1")" --json --state-dir "$work/$1/state"; }

# Waits until rows and indexes are there and the stream follows.
begin_job() {
    local name="$1" waited=0 indexes
    run_job "$name" "$2"
    indexes="$(index_count source)"
    until [[ "$(index_count "$name" 2>/dev/null || true)" == "$indexes" && "$(count_rows "$name" 2>/dev/null || true)" == "$(count_rows source)" ]]; do
        alive "${job_pid[$name]}" || { cat "$work/$name/errors" "$work/$name/report.json" >&2; die "the job on $name ended"; }
        waited=$((waited + 1))
        ((waited < 600)) || die "the job on $name does not come to follow"
        nap 0.5
    done
    probe caught-up "$name" >/dev/null
}
index_count() {
    client "$1" -e "SELECT COUNT(DISTINCT table_name, index_name) FROM information_schema.statistics WHERE table_schema = 'sbtest' AND table_name NOT LIKE 'DATABASECHANGELOG%'"
}
# Stops at the next safe point and keeps the job.
end_job() {
    local name="$1" code=0
    note_memory
    kill -INT "${job_pid[$name]}"
    wait "${job_pid[$name]}" || code=$?
    unset "job_pid[$name]"
    ((code == 130)) || { tail "$work/$name/errors" >&2; die "the job on $name ended with code $code"; }
}

# --- replication -------------------------------------------------------------------------------

begin_replica() {
    local name="$1" count="$2"
    client "$name" -e "SET GLOBAL slave_parallel_workers = $count, GLOBAL slave_parallel_type = LOGICAL_CLOCK;
        SET GLOBAL slave_preserve_commit_order = $((count > 1));
        CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port[source]}, MASTER_USER = 'root', MASTER_PASSWORD = '$password',
            MASTER_LOG_FILE = '$(client source -e 'SHOW BINARY LOGS' | head -n 1 | cut -f 1)', MASTER_LOG_POS = 4, GET_MASTER_PUBLIC_KEY = 1"
}

# --- ShardingSphere-Proxy: a migration per table, by hand ----------------------------------------

# It refuses a target table (or view) of the source's name, so it fills others; the mark is read through a view that is made
# afterwards.
begin_migrations() {
    local n table columns
    start_server shardingsphere
    start_proxies 1
    client shardingsphere -e "CREATE DATABASE sbtest"
    for ((n = 0; n <= tables; n++)); do
        columns="id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id), KEY k (k)"
        ((n != 0)) || columns="id INT NOT NULL PRIMARY KEY, n BIGINT NOT NULL"
        client shardingsphere sbtest -e "CREATE TABLE staged_$n ($columns)"
    done
    register_units shardingsphere
    for ((n = 0; n <= tables; n++)); do
        table="sbtest$n"
        ((n != 0)) || table=bench_marks
        migrate_table "$table" "staged_$n"
        until [[ "$(proxy moving -e "SHOW MIGRATION STATUS '${migrations[-1]}'")" == *EXECUTE_INCREMENTAL_TASK* ]]; do nap 0.2; done
    done
    client shardingsphere sbtest -e "CREATE VIEW bench_marks AS SELECT * FROM staged_0"
}
# For stopped migrations: the position is kept.
switch_migrations() {
    local id
    for id in "${migrations[@]}"; do proxy moving -e "$1 MIGRATION '$id'"; done
}

# --- all of them -------------------------------------------------------------------------------

prepare_receivers() {
    local count
    for count in "${workers[@]}"; do
        start_server "replication-$count"
        receivers+=("replication-$count")
        begin_replica "replication-$count" "$count"
        start_receiver "replication-$count"
        probe caught-up "replication-$count" >/dev/null
        stop_receiver "replication-$count"
    done
    if ! $without; then
        start_server transload
        receivers+=(transload)
        begin_job transload 0
        end_job transload
    fi
    if "$proxies" where >/dev/null 2>&1; then
        begin_migrations
        receivers+=(shardingsphere)
        caught_up shardingsphere
        stop_receiver shardingsphere
    else
        say "ShardingSphere-Proxy is not here: it is left out"
    fi
}
# One receiver has it when it has the mark; ShardingSphere carries each table by itself, and is looked at as a whole.
caught_up() {
    local waited=0
    if [[ "$1" != shardingsphere ]]; then
        probe caught-up "$1" >/dev/null
        return
    fi
    local wanted
    wanted="$(checksums source)"
    until [[ "$(checksums shardingsphere)" == "$wanted" ]]; do
        waited=$((waited + 1))
        if ((waited > 2000)); then
            say "shardingsphere does not come to have the source's rows"
            return 1
        fi
        nap 0.2
    done
}
start_receiver() {
    case "$1" in
    replication-*) client "$1" -e "START SLAVE" ;;
    transload) run_job transload 0 ;;
    shardingsphere) switch_migrations START ;;
    esac
}
stop_receiver() {
    case "$1" in
    replication-*) client "$1" -e "STOP SLAVE" ;;
    transload) end_job transload ;;
    shardingsphere) switch_migrations STOP ;;
    esac
}
end_receivers() {
    local name
    [[ -z "$proxy_dir" ]] || stop_proxies
    for name in "${receivers[@]}"; do stop_server "$name"; done
}
