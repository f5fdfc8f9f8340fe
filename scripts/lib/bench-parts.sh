# shellcheck shell=bash
# What the benchmarks share: servers of equal settings, sysbench tables, clocks and medians. Sourced after common.sh.
# Reads flavour, memory, rows, tables; sets work, password, dir and port (by server name).

servers="$repo_root/scripts/lib/mysql-server.sh"
work="$(mktemp -d "${TMPDIR:-/tmp}/transload-bench.XXXXXX")"
declare -A dir port
password="bench-$RANDOM$RANDOM"

# More to end than servers: a benchmark redefines it.
end_more() { :; }
clean_up() {
    local code=$? name
    trap '' INT TERM
    end_more
    for name in "${!dir[@]}"; do "$servers" stop "${dir[$name]}" || true; done
    rm -rf "$work"
    exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The same for source and target, apart from the port. The log is large enough not to be the limit.
redo=()
[[ "$flavour" == mysql80 ]] || redo=(--innodb-redo-log-capacity=1G)
start_server() {
    local name="$1" key value
    while IFS='=' read -r key value; do
        case "$key" in
        PORT) port[$name]="$value" ;;
        DIR) dir[$name]="$value" ;;
        esac
    done < <("$servers" start --flavour "$flavour" --owner "$$" --memory "$memory" --password "$password" --local-infile \
        -- "${redo[@]}" --max-allowed-packet=1G --max-connections=200)
    [[ -n "${dir[$name]:-}" ]] || die "the $name server did not start"
}
stop_server() {
    "$servers" stop "${dir[$1]}"
    unset "dir[$1]"
}
client() {
    local name="$1"
    shift
    MYSQL_PWD="$password" mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="${port[$name]}" --user=root \
        --max-allowed-packet=1G --batch --skip-column-names "$@"
}
now() { local t="$EPOCHREALTIME"; printf '%s\n' "${t/,/.}"; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN{printf "%.2f\n", b - a}'; }

fill_with_sysbench() {
    client source -e "CREATE DATABASE sbtest"
    sysbench oltp_read_write --mysql-host=127.0.0.1 --mysql-port="${port[source]}" --mysql-user=root \
        --mysql-password="$password" --mysql-db=sbtest --tables="$tables" --table-size="$rows" --threads=2 \
        --rand-seed=42 prepare >"$work/sysbench.log" 2>&1 || { tail "$work/sysbench.log" >&2; die "sysbench could not fill the source"; }
}

# Also warms the source's buffer pool, so that the first side is not the slowest for that.
count_rows() {
    local name="$1" table
    for table in $(client "$name" -e "SELECT table_name FROM information_schema.tables WHERE table_schema = 'sbtest' AND table_name NOT LIKE 'DATABASECHANGELOG%' ORDER BY 1"); do
        printf '%s %s\n' "$table" "$(client "$name" sbtest -e "SELECT count(*) FROM $table")"
    done
}

# median FILE SIDE COLUMN, of lines that begin with the side's name
median() {
    awk -v side="$2" -v column="$3" '$1 == side {print $column}' "$1" | sort -n |
        awk '{v[NR] = $1} END {if (NR) printf "%.2f\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN{printf "%.2f\n", a / b}'; }
