#!/usr/bin/env bash
# Starts and stops throw-away database servers on free loopback ports, each in a folder of its own.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: mysql-server.sh start --flavour mysql80|mysql97|mariadb [option]... [-- SERVER-OPTION...]
       mysql-server.sh restart DIR [-- SERVER-OPTION...]   start again on the same data and port;
                                           options given here replace those of start
       mysql-server.sh halt DIR [--kill]                   end the server, keep its folder
       mysql-server.sh stop DIR...                         end the server and remove its folder
       mysql-server.sh flavours                            what can be started on this machine
       mysql-server.sh clean                               remove what crashed runs left behind

options of start:
  --parent DIR         where the server's folder is made            (default ${TMPDIR:-/tmp})
  --port N             a port of your choice instead of a free one
  --password TEXT      of root@localhost, root@127.0.0.1 and root@% (default: random)
  --server-id N        (default: the port)
  --gtid on|off        (default off; MariaDB always has its own)
  --binlog on|off      binary log, ROW format                       (default on)
  --local-infile       allow LOAD DATA LOCAL
  --memory SIZE        InnoDB buffer pool                           (default 256M)
  --owner PID          the server dies, and its folder goes, when this process ends

start prints, one KEY=VALUE a line: HOST PORT SOCKET PID DATADIR PASSWORD FLAVOUR VERSION DIR.
The same lines lie in DIR/server.env, readable by you alone.
TEXT
}

# --- what a flavour is -----------------------------------------------------------------------

# Sets: program (array), base (options naming its files), redo (the log's size: large, so that it is
# never the limit, and the same in the template, since changing it makes a start slow), version, tree
# (folder to make reachable).
load_flavour() {
    local root lib
    case "$1" in
    mysql80)
        tree="$(mysql80_dir)"
        [[ -x "$tree/bin/mysqld" ]] || die "MySQL $mysql80_version is not installed; run scripts/setup"
        root="${2:-$tree}"
        program=("$root/bin/mysqld")
        base=(--basedir="$root" --lc-messages-dir="$root/share" --character-sets-dir="$root/share/charsets")
        redo=(--innodb-log-file-size=512M)
        version="$mysql80_version"
        ;;
    mysql97)
        # Built against a newer C library than this system's: run by the loader that came with it.
        tree="$(mysql97_dir)"
        [[ -n "$tree" && -x "$tree/usr/sbin/mysqld" ]] ||
            die "MySQL 9 is not installed; run scripts/setup --with-tests"
        root="${2:-$tree}"
        lib="$root/usr/lib/x86_64-linux-gnu"
        program=("$lib/ld-linux-x86-64.so.2" --library-path "$lib:$root/usr/lib/mysql/private" "$root/usr/sbin/mysqld")
        base=(--basedir="$root/usr" --lc-messages-dir="$root/usr/share/mysql"
              --character-sets-dir="$root/usr/share/mysql/charsets" --plugin-dir="$root/usr/lib/mysql/plugin")
        redo=(--innodb-redo-log-capacity=256M)    # it writes the files in full when it starts
        version="$(basename "$tree")"
        version="${version#mysql-}"
        ;;
    mariadb)
        tree=""
        [[ -x /usr/sbin/mariadbd && -x /usr/bin/mariadb-install-db ]] ||
            die "the MariaDB server is not installed; run scripts/setup --with-tests"
        program=(/usr/sbin/mariadbd)
        base=(--basedir=/usr)
        redo=(--innodb-log-file-size=1G)
        version="$(/usr/sbin/mariadbd --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)"
        ;;
    *) die "unknown flavour '$1' (mysql80, mysql97 or mariadb)" ;;
    esac
    [[ ${#program[@]} -eq 1 || -x "${program[0]}" ]] || die "no loader at ${program[0]}"
}

# Servers refuse to be root, and nobody should have to: as root they run as this account.
as_server_user() {
    if [[ $EUID -eq 0 ]]; then
        setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$@"
    else
        "$@"
    fi
}

give_to_server_user() { if [[ $EUID -eq 0 ]]; then chown -R nobody:nogroup "$@"; fi; }

# As root the tools lie under a home that the account can't enter, so the program comes to the
# server's folder: as hard links where the file system allows, else as copies.
bring_program() {
    local into="$1/program"
    load_flavour "$flavour"
    if [[ $EUID -ne 0 || -z "$tree" ]] || as_server_user test -r "${program[0]}"; then return; fi
    if [[ ! -d "$into" ]]; then
        mkdir "$into"
        local parts=(bin lib share)
        [[ "$flavour" != mysql97 ]] || parts=(usr/sbin usr/share/mysql usr/lib)
        (cd "$tree" && { cp -al --parents "${parts[@]}" "$into/" 2>/dev/null ||
            { rm -rf "${into:?}"/* && cp -a --parents "${parts[@]}" "$into/"; }; })
    fi
    load_flavour "$flavour" "$into"
}

# --- an initialised data folder, made once and copied ----------------------------------------

make_template() {
    local into="$1" work log
    work="$(mktemp -d "${TMPDIR:-/tmp}/transload-init.XXXXXX")"
    log="$work/init.log"
    chmod 755 "$work"
    bring_program "$work"
    mkdir "$work/data" "$work/tmp"
    give_to_server_user "$work/data" "$work/tmp"
    local ok=true
    case "$flavour" in
    mariadb)
        # mariadb-install-db looks into the current folder before the one that it is told.
        (cd "$work/tmp" && as_server_user /usr/bin/mariadb-install-db --no-defaults --basedir=/usr \
            --datadir="$work/data" --tmpdir="$work/tmp" --auth-root-authentication-method=normal \
            --skip-name-resolve --skip-test-db "${redo[@]}") >"$log" 2>&1 || ok=false
        ;;
    *)
        # Initialising makes no TLS keys in 8.0, a start does: one that shuts itself down at once.
        printf 'SHUTDOWN;\n' >"$work/tmp/shutdown.sql"
        chmod 644 "$work/tmp/shutdown.sql"
        as_server_user "${program[@]}" --no-defaults "${base[@]}" --datadir="$work/data" \
            --tmpdir="$work/tmp" --secure-file-priv= --initialize-insecure "${redo[@]}" >"$log" 2>&1 || ok=false
        if $ok; then
            as_server_user "${program[@]}" --no-defaults "${base[@]}" --datadir="$work/data" \
                --tmpdir="$work/tmp" --skip-networking --mysqlx=OFF --socket="$work/tmp/s" \
                --secure-file-priv= --skip-log-bin "${redo[@]}" --init-file="$work/tmp/shutdown.sql" >>"$log" 2>&1 || ok=false
        fi
        ;;
    esac
    if ! $ok; then
        tail -n 30 "$log" >&2
        rm -rf "$work"
        die "the data folder of $flavour could not be initialised"
    fi
    rm -f "$work/data/auto.cnf"      # or all servers would have one uuid
    rm -rf "$into.partial"
    cp -a --sparse=always "$work/data" "$into.partial"    # mostly zeros, so that copies are quick
    mv -T "$into.partial" "$into"
    rm -rf "$work"
}

copy_template() {
    local store template
    store="$(tools_dir)/templates"
    mkdir -p "$store"
    template="$store/$flavour-$version-$EUID-${redo[0]##*=}"    # old ones of another size don't count
    if [[ ! -d "$template" ]]; then
        # The lock's descriptor must not live on in the server that is started later.
        (
            flock 8
            [[ -d "$template" ]] || make_template "$template"
        ) 8>"$store/.lock"
    fi
    cp -a --reflink=auto --sparse=auto "$template" "$1"
}

# --- one server ------------------------------------------------------------------------------

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the kernel's range for outgoing connections, so that none of those takes it meanwhile.
free_port() {
    local port
    for _ in {1..200}; do
        port=$((18000 + (RANDOM * 32768 + RANDOM) % 14000))
        if port_is_free "$port"; then printf '%s\n' "$port"; return; fi
    done
    die "no free port found"
}

random_password() { od -An -N12 -tx1 /dev/urandom | tr -d ' \n'; }

# Root's accounts, for the first start only. Each statement on a line of its own, as init files want.
write_accounts() {
    local file="$1" quoted="${2//\\/\\\\}" host
    quoted="${quoted//\'/\'\'}"
    {
        [[ "$binlog" == off ]] || echo "SET sql_log_bin = 0;"
        for host in localhost 127.0.0.1 %; do
            echo "CREATE USER IF NOT EXISTS 'root'@'$host' IDENTIFIED BY '$quoted';"
            echo "ALTER USER 'root'@'$host' IDENTIFIED BY '$quoted';"
            echo "GRANT ALL PRIVILEGES ON *.* TO 'root'@'$host' WITH GRANT OPTION;"
        done
        # MariaDB makes more of them, without a password.
        [[ "$flavour" != mariadb ]] || echo "DROP USER IF EXISTS 'root'@'::1', 'root'@'$(uname -n)';"
    } >"$file"
}

server_options() {
    options=("${base[@]}" "${redo[@]}" --datadir="$dir/data" --tmpdir="$dir/tmp" --socket="$dir/run/s.sock"
        --pid-file="$dir/run/server.pid" --log-error="$dir/run/error.log" --port="$port"
        --bind-address=127.0.0.1 --skip-name-resolve --server-id="$server_id" --secure-file-priv=
        --innodb-buffer-pool-size="$memory" --innodb-flush-log-at-trx-commit=2 --local-infile="$local_infile")
    if [[ "$binlog" == on ]]; then
        options+=(--log-bin=binlog --binlog-format=ROW --sync-binlog=0)
        if [[ "$flavour" != mariadb && "$gtid" == on ]]; then
            options+=(--gtid-mode=ON --enforce-gtid-consistency=ON)
        fi
    else
        options+=(--skip-log-bin)
    fi
    [[ "$flavour" == mariadb ]] || options+=(--mysqlx=OFF)
    # Many servers on one machine use up the kernel's share of asynchronous I/O; then do without.
    local used most
    used="$(cat /proc/sys/fs/aio-nr 2>/dev/null || echo 0)"
    most="$(cat /proc/sys/fs/aio-max-nr 2>/dev/null || echo 0)"
    ((used + 8192 < most)) || options+=(--innodb-use-native-aio=OFF)
}

# Starts the program and waits until it answers. Returns 2 when somebody else took the port.
launch() {
    local first=("$@") waited=0
    server_options
    : >"$dir/run/error.log"
    rm -f "$dir"/run/s.sock* "$dir/run/server.pid"    # of a killed one; they would stop the next
    give_to_server_user "$dir/run"
    # The umask and the closed descriptors are the server's; nothing of the caller's leaks into it.
    (
        cd "$dir/data"
        for fd in /proc/self/fd/*; do
            fd="${fd##*/}"
            ((fd <= 2)) || eval "exec $fd>&-" 2>/dev/null || true
        done
        [[ $EUID -ne 0 ]] || exec setpriv --reuid=nobody --regid=nogroup --clear-groups -- \
            setsid "${program[@]}" --no-defaults "${options[@]}" "${first[@]}" "${extra[@]}"
        exec setsid "${program[@]}" --no-defaults "${options[@]}" "${first[@]}" "${extra[@]}"
    ) </dev/null >>"$dir/run/output.log" 2>&1 &
    pid=$!
    while ! answers; do
        if ! alive "$pid"; then
            if grep -qiE "address already in use|another (mysqld|mariadbd|server).*running on port" "$dir/run/error.log"; then
                return 2
            fi
            tail -n 25 "$dir/run/error.log" "$dir/run/output.log" >&2
            return 1
        fi
        waited=$((waited + 1))
        if ((waited > 1200)); then
            kill -KILL "$pid"
            say "the server did not answer within 120 s; see $dir/run/error.log"
            return 1
        fi
        nap 0.1
    done
}

# Ready means: it says so in its log and takes connections. The log comes first, since another
# program's port would take connections too.
answers() {
    grep -qE "ready for connections" "$dir/run/error.log" 2>/dev/null || return 1
    grep -qE "port: $port\b" "$dir/run/error.log" || return 1
    ! port_is_free "$port"
}

write_env() {
    local file="$dir/server.env"
    (
        umask 077
        cat >"$file.new" <<TEXT
HOST=127.0.0.1
PORT=$port
SOCKET=$dir/run/s.sock
PID=$pid
STARTED=$(process_start "$pid" || echo 0)
DATADIR=$dir/data
PASSWORD=$password
FLAVOUR=$flavour
VERSION=$version
DIR=$dir
OWNER=$owner
TEXT
    )
    mv "$file.new" "$file"
}

read_env() {
    dir="${1%/}"
    [[ -f "$dir/server.env" && -f "$dir/settings" ]] || die "$dir holds no server of this script"
    local line key
    while IFS= read -r line; do
        key="${line%%=*}"
        case "$key" in
        PORT) port="${line#*=}" ;;
        PID) pid="${line#*=}" ;;
        STARTED) started="${line#*=}" ;;
        PASSWORD) password="${line#*=}" ;;
        FLAVOUR) flavour="${line#*=}" ;;
        OWNER) owner="${line#*=}" ;;
        esac
    done <"$dir/server.env"
}

end_server() {
    local signal="$1" waited=0
    alive "$pid" "$started" || return 0
    kill "-$signal" "$pid" 2>/dev/null || true
    while alive "$pid" "$started"; do
        waited=$((waited + 1))
        ((waited != 300)) || kill -KILL "$pid" 2>/dev/null || true
        nap 0.05
    done
}

# A process that outlives the caller's crash: ends the server and removes the folder when the owner
# is gone. It looks again at the folder each time, for the server may have been restarted since.
watch_owner() {
    local owner_start="$1"
    trap '' HUP INT
    while [[ -d "$dir" ]] && alive "$owner" "$owner_start"; do nap 0.5; done
    [[ -d "$dir" ]] || exit 0
    read_env "$dir"
    end_server KILL
    rm -rf "$dir"
}

start_command() {
    flavour="" parent="${TMPDIR:-/tmp}" port="" password="" server_id="" gtid=off binlog=on
    local_infile=OFF memory=256M owner="" extra=()
    while (($#)); do
        case "$1" in
        --flavour) flavour="$2"; shift 2 ;;
        --parent) parent="$2"; shift 2 ;;
        --port) port="$2"; shift 2 ;;
        --password) password="$2"; shift 2 ;;
        --server-id) server_id="$2"; shift 2 ;;
        --gtid) gtid="$2"; shift 2 ;;
        --binlog) binlog="$2"; shift 2 ;;
        --local-infile) local_infile=ON; shift ;;
        --memory) memory="$2"; shift 2 ;;
        --owner) owner="$2"; shift 2 ;;
        --) shift; extra=("$@"); break ;;
        *) usage >&2; die "unknown option '$1'" ;;
        esac
    done
    [[ -n "$flavour" ]] || die "start needs --flavour"
    [[ "$password" != *$'\n'* ]] || die "a password has no line breaks here"
    [[ -n "$password" ]] || password="$(random_password)"
    local fixed_port="$port" fixed_id="$server_id" owner_start="" code
    if [[ -n "$owner" ]]; then
        owner_start="$(process_start "$owner")" || die "there is no process $owner to be the owner"
    fi

    load_flavour "$flavour"
    dir="$(mktemp -d "$parent/transload-server.XXXXXX")"
    trap 'rm -rf "$dir"' ERR EXIT
    chmod 755 "$dir"
    bring_program "$dir"
    copy_template "$dir/data"
    mkdir "$dir/tmp" "$dir/run"
    give_to_server_user "$dir/tmp" "$dir/run"
    for _ in 1 2 3 4 5; do
        port="${fixed_port:-$(free_port)}"
        server_id="${fixed_id:-$port}"
        write_accounts "$dir/run/accounts.sql" "$password"
        give_to_server_user "$dir/run"
        chmod 600 "$dir/run/accounts.sql"
        code=0
        launch --init-file="$dir/run/accounts.sql" || code=$?
        ((code == 2)) && [[ -z "$fixed_port" ]] || break
    done
    rm -f "$dir/run/accounts.sql"
    ((code == 0)) || die "$flavour did not start"
    declare -p port server_id gtid binlog local_infile memory extra >"$dir/settings"
    write_env
    trap - ERR EXIT
    if [[ -n "$owner" ]]; then
        (watch_owner "$owner_start") </dev/null >/dev/null 2>&1 &
        disown
    fi
    cat "$dir/server.env"
}

restart_command() {
    (($#)) || die "restart needs the server's folder"
    read_env "$1"
    shift
    # shellcheck disable=SC1091
    source "$dir/settings"
    if [[ "${1:-}" == -- ]]; then shift; extra=("$@"); fi
    end_server TERM
    bring_program "$dir"
    [[ "$flavour" != mariadb ]] || load_flavour mariadb
    launch || die "$flavour did not start again"
    declare -p port server_id gtid binlog local_infile memory extra >"$dir/settings"
    write_env
    cat "$dir/server.env"
}

halt_command() {
    (($#)) || die "halt needs the server's folder"
    local signal=TERM
    [[ "${2:-}" != --kill ]] || signal=KILL
    read_env "$1"
    end_server "$signal"
}

stop_command() {
    (($#)) || die "stop needs the server's folder"
    local one
    for one in "$@"; do
        [[ -d "$one" ]] || continue
        read_env "$one"
        end_server KILL     # the data is thrown away, so there is nothing to flush
        rm -rf "$dir"
    done
}

flavours_command() {
    local one
    for one in mysql80 mysql97 mariadb; do
        if (load_flavour "$one") 2>/dev/null; then
            (load_flavour "$one"; printf '%s %s\n' "$one" "$version")
        fi
    done
}

# Removes a folder whose owner is gone, or whose server is dead and had none. Servers that were started
# without an owner and still run belong to somebody: they stay.
clean_one() {
    read_env "$1" || return
    if [[ -n "$owner" ]]; then
        ! alive "$owner" || return 0
    else
        ! alive "$pid" "$started" || return 0
    fi
    end_server KILL
    rm -rf "$dir" && say "removed $dir"
}

# One folder's trouble is not that of the others. The watcher of an owner that has just ended removes
# its folder as well: what is gone by now is nothing to tell.
clean_command() {
    local file folder said
    for file in "${TMPDIR:-/tmp}"/transload-server.*/server.env; do
        [[ -f "$file" && -O "$file" ]] || continue
        folder="$(dirname "$file")"
        said="$(clean_one "$folder" 2>&1)" || [[ -d "$folder" ]] || continue
        [[ -z "$said" ]] || say "$said"
    done
    # What tests share is noted in a folder named after the process that shares.
    for file in "${TMPDIR:-/tmp}"/transload-shared-"$EUID"-*; do
        [[ -d "$file" && -O "$file" ]] || continue
        alive "${file##*-}" || rm -rf "$file"
    done
}

main() {
    (($#)) || { usage >&2; exit 2; }
    local command="$1"
    shift
    case "$command" in
    start) start_command "$@" ;;
    restart) restart_command "$@" ;;
    halt) halt_command "$@" ;;
    stop) stop_command "$@" ;;
    flavours) flavours_command ;;
    clean) clean_command ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
    esac
}

main "$@"
