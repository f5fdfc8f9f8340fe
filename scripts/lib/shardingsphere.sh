#!/usr/bin/env bash
# Starts and stops throw-away ShardingSphere-Proxies with a ZooKeeper, on free loopback ports, in a folder.
#
# The Java command lines of both are in zookeeper_command and proxy_command; demo and benchmark come through here.
# tests/support/sharding_cluster.cpp starts the same programs with the same configuration for tests, which want
# to kill and to freeze them, and a start that is cheap. Change both.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: shardingsphere.sh start [option]...             start ZooKeeper and N proxies
       shardingsphere.sh status DIR                    what runs, a line each: NAME running|ended PID PORT
       shardingsphere.sh halt DIR NAME [--kill]        end one (zookeeper, proxy-1, …), keep its folder
       shardingsphere.sh restart DIR NAME              start it again on the same port and data
       shardingsphere.sh stop DIR...                   end all and remove the folder
       shardingsphere.sh where                         the proxy that would be started; code 1 when none
       shardingsphere.sh clean                         remove what crashed runs left behind

options of start:
  --proxies N          how many, each with a ZooKeeper namespace of its own     (default 1)
  --parent DIR         where the folder is made                                 (default ${TMPDIR:-/tmp})
  --password TEXT      of root, on every proxy                                  (default: random)
  --memory SIZE        Java heap of each proxy                                  (default 512m)
  --owner PID          all die, and the folder goes, when this process ends

start prints, one KEY=VALUE a line: DIR PASSWORD ZOOKEEPER ZOOKEEPER_PID PROXIES, and for each proxy I from
1 on PROXY_I_URL PROXY_I_PORT PROXY_I_PID PROXY_I_NAMESPACE PROXY_I_HOME. PROXY_I_URL is what --proxy wants. The same lines lie in DIR/shardingsphere.env,
readable by you alone. What they print lies in DIR/zookeeper/output.log and DIR/proxy-I/output.log.

The proxy is the one in $SHARDINGSPHERE_PROXY_HOME, in /opt/shardingsphere-proxy or what
`scripts/setup --with-shardingsphere` brought. ZooKeeper is the one in $ZOOKEEPER_HOME or Debian's package.
TEXT
}

# --- what is started -------------------------------------------------------------------------

zookeeper_classpath=/usr/share/java/zookeeper.jar
[[ -z "${ZOOKEEPER_HOME:-}" ]] || zookeeper_classpath="$ZOOKEEPER_HOME/lib/*:$ZOOKEEPER_HOME/*"

require_programs() {
    proxy_home="$(proxy_home_dir)"
    [[ -n "$proxy_home" ]] ||
        die "no ShardingSphere-Proxy on this machine; run scripts/setup --with-shardingsphere, or set SHARDINGSPHERE_PROXY_HOME"
    compgen -G "$proxy_home/ext-lib/mysql-connector-j-*.jar" >/dev/null ||
        die "$proxy_home/ext-lib has no MySQL Connector/J; run scripts/setup --with-shardingsphere"
    [[ -n "${ZOOKEEPER_HOME:-}" || -f "$zookeeper_classpath" ]] ||
        die "ZooKeeper is not installed; run scripts/setup --with-shardingsphere"
    java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
    command -v "$java" >/dev/null || die "no Java found (looked for '$java')"
}

# UTC and UTF-8, or times and texts change on their way (the URLs of storage units say the same).
proxy_command() {
    command=("$java" "-Xmx$memory" -Duser.timezone=UTC -Dfile.encoding=UTF-8 -Djava.net.preferIPv4Stack=true
        -Dio.netty.leakDetection.level=DISABLED
        -cp "$dir/$1/conf:$proxy_home/lib/*:$proxy_home/ext-lib/*"
        org.apache.shardingsphere.proxy.Bootstrap "${port[$1]}" "$dir/$1/conf" 127.0.0.1)
}

zookeeper_command() {
    command=("$java" -Xmx128m -Djava.net.preferIPv4Stack=true -cp "$dir/zookeeper/conf:$zookeeper_classpath"
        org.apache.zookeeper.server.quorum.QuorumPeerMain "$dir/zookeeper/conf/zoo.cfg")
}

write_zookeeper_conf() {
    mkdir -p "$dir/zookeeper/conf" "$dir/zookeeper/data"
    cat >"$dir/zookeeper/conf/zoo.cfg" <<TEXT
tickTime=1000
dataDir=$dir/zookeeper/data
clientPort=${port[zookeeper]}
clientPortAddress=127.0.0.1
maxClientCnxns=0
admin.enableServer=false
4lw.commands.whitelist=ruok,srvr
TEXT
    cat >"$dir/zookeeper/conf/log4j.properties" <<'TEXT'
log4j.rootLogger=WARN, CONSOLE
log4j.appender.CONSOLE=org.apache.log4j.ConsoleAppender
log4j.appender.CONSOLE.layout=org.apache.log4j.PatternLayout
log4j.appender.CONSOLE.layout.ConversionPattern=%d{ISO8601} %p %c: %m%n
TEXT
}

# A proxy takes two ports: its own, and one that it opens for change capture whether wanted or not.
write_proxy_conf() {
    local name="$1" quoted="${password//\'/\'\'}"
    mkdir -p "$dir/$name/conf" "$dir/$name/tmp"
    (
        umask 077
        cat >"$dir/$name/conf/global.yaml" <<TEXT
mode:
  type: Cluster
  repository:
    type: ZooKeeper
    props:
      namespace: ${namespace[$name]}
      server-lists: 127.0.0.1:${port[zookeeper]}
      retryIntervalMilliseconds: 500
      maxRetries: 10
      timeToLiveSeconds: 15
      operationTimeoutMilliseconds: 5000

authority:
  users:
    - user: root@%
      password: '$quoted'
      admin: true
  privilege:
    type: ALL_PERMITTED

props:
  system-log-level: INFO
  proxy-mysql-default-version: 8.0.15
  cdc-server-port: ${port[$name-cdc]}
TEXT
    )
}

# --- processes -------------------------------------------------------------------------------

declare -A port pid started namespace

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the kernel's range for outgoing connections, so that none of those takes it meanwhile.
free_port() {
    local one
    for _ in {1..200}; do
        one=$((18000 + (RANDOM * 32768 + RANDOM) % 14000))
        if [[ " ${port[*]} " != *" $one "* ]] && port_is_free "$one"; then printf '%s\n' "$one"; return; fi
    done
    die "no free port found"
}

random_password() { od -An -N12 -tx1 /dev/urandom | tr -d ' \n'; }

zookeeper_answers() {
    local reply=""
    { exec 3<>"/dev/tcp/127.0.0.1/${port[zookeeper]}"; } 2>/dev/null || return 1
    printf 'ruok' >&3
    read -r -t 2 -N 4 reply <&3 || true
    exec 3>&-
    [[ "$reply" == imok ]]
}

# It greets who connects as a MySQL server does; before its metadata is loaded nobody listens.
proxy_answers() {
    local length=""
    { exec 3<>"/dev/tcp/127.0.0.1/${port[$1]}"; } 2>/dev/null || return 1
    read -r -t 2 -N 1 length <&3 2>/dev/null || true
    exec 3>&-
    [[ -n "$length" ]]
}

answers() { if [[ "$1" == zookeeper ]]; then zookeeper_answers; else proxy_answers "$1"; fi; }

# Starts one without waiting. Its umask and descriptors are its own: nothing of the caller's leaks into it.
launch() {
    local name="$1" command
    if [[ "$name" == zookeeper ]]; then zookeeper_command; else proxy_command "$name"; fi
    : >"$dir/$name/output.log"
    (
        cd "$dir/$name"
        for fd in /proc/self/fd/*; do
            fd="${fd##*/}"
            ((fd <= 2)) || eval "exec $fd>&-" 2>/dev/null || true
        done
        exec setsid "${command[@]}"
    ) </dev/null >>"$dir/$name/output.log" 2>&1 &
    pid[$name]=$!
    disown
    started[$name]="$(process_start "${pid[$name]}" || echo 0)"
}

wait_until_it_answers() {
    local name="$1" waited=0
    until answers "$name"; do
        if ! alive "${pid[$name]}" "${started[$name]}"; then
            tail -n 25 "$dir/$name/output.log" >&2
            say "$name ended before it was ready"
            return 1
        fi
        waited=$((waited + 1))
        if ((waited > 1200)); then
            tail -n 25 "$dir/$name/output.log" >&2
            say "$name did not answer within 120 s"
            return 1
        fi
        nap 0.1
    done
}

end_one() {
    local name="$1" signal="$2" waited=0
    [[ -n "${pid[$name]:-}" ]] && alive "${pid[$name]}" "${started[$name]}" || return 0
    kill "-$signal" "${pid[$name]}" 2>/dev/null || true
    while alive "${pid[$name]}" "${started[$name]}"; do
        waited=$((waited + 1))
        ((waited != 300)) || kill -KILL "${pid[$name]}" 2>/dev/null || true
        nap 0.05
    done
}

end_all() {
    local name
    for name in "${!pid[@]}"; do    # whose number may be somebody else's by now
        ! alive "${pid[$name]}" "${started[$name]:-}" || kill -KILL "${pid[$name]}" 2>/dev/null || true
    done
    for name in "${!pid[@]}"; do end_one "$name" KILL; done
}

# --- the folder ------------------------------------------------------------------------------

write_env() {
    local file="$dir/shardingsphere.env" i name
    (
        umask 077
        {
            printf '%s\n' "DIR=$dir" "PASSWORD=$password" "OWNER=$owner" "MEMORY=$memory" "PROXY_HOME=$proxy_home" \
                "ZOOKEEPER=127.0.0.1:${port[zookeeper]}" "ZOOKEEPER_PID=${pid[zookeeper]:-0}" \
                "ZOOKEEPER_STARTED=${started[zookeeper]:-0}" "PROXIES=$proxies"
            for ((i = 1; i <= proxies; i++)); do
                name="proxy-$i"
                printf '%s\n' "PROXY_${i}_PORT=${port[$name]}" "PROXY_${i}_PID=${pid[$name]:-0}" \
                    "PROXY_${i}_STARTED=${started[$name]:-0}" "PROXY_${i}_CDC_PORT=${port[$name-cdc]}" \
                    "PROXY_${i}_NAMESPACE=${namespace[$name]}" "PROXY_${i}_HOME=$dir/$name" \
                    "PROXY_${i}_URL=mysql://root@127.0.0.1:${port[$name]}?namespace=${namespace[$name]}&zookeeper=127.0.0.1:${port[zookeeper]}&tls=disabled"
            done
        } >"$file.new"
    )
    mv "$file.new" "$file"
}

read_env() {
    dir="${1%/}"
    [[ -f "$dir/shardingsphere.env" ]] || die "$dir holds no proxies of this script"
    local line key value name
    while IFS= read -r line; do
        key="${line%%=*}" value="${line#*=}"
        case "$key" in
        PASSWORD) password="$value" ;;
        OWNER) owner="$value" ;;
        MEMORY) memory="$value" ;;
        PROXY_HOME) proxy_home="$value" ;;
        PROXIES) proxies="$value" ;;
        ZOOKEEPER) port[zookeeper]="${value##*:}" ;;
        ZOOKEEPER_PID) pid[zookeeper]="$value" ;;
        ZOOKEEPER_STARTED) started[zookeeper]="$value" ;;
        PROXY_*_*)
            name="${key#PROXY_}"
            name="proxy-${name%%_*}"
            case "$key" in
            *_CDC_PORT) port[$name-cdc]="$value" ;;
            *_PORT) port[$name]="$value" ;;
            *_PID) pid[$name]="$value" ;;
            *_STARTED) started[$name]="$value" ;;
            *_NAMESPACE) namespace[$name]="$value" ;;
            esac
            ;;
        esac
    done <"$dir/shardingsphere.env"
}

names() {
    local i
    echo zookeeper
    for ((i = 1; i <= proxies; i++)); do echo "proxy-$i"; done
}

require_name() {
    names | grep -qxF -- "$1" || die "$dir has no '$1'; it has: $(names | paste -sd ' ')"
}

# A process that outlives the caller's crash: ends everything and removes the folder when the owner is
# gone. It looks again at the folder each time, for a proxy may have been restarted since.
watch_owner() {
    local owner_start="$1"
    trap '' HUP INT
    while [[ -d "$dir" ]] && alive "$owner" "$owner_start"; do nap 0.5; done
    [[ -d "$dir" ]] || exit 0
    read_env "$dir"
    end_all
    rm -rf "$dir"
}

# --- commands --------------------------------------------------------------------------------

start_command() {
    local parent="${TMPDIR:-/tmp}" owner_start="" name
    proxies=1 password="" memory=512m owner=""
    while (($#)); do
        case "$1" in
        --proxies) proxies="${2:?}"; shift 2 ;;
        --parent) parent="${2:?}"; shift 2 ;;
        --password) password="${2:?}"; shift 2 ;;
        --memory) memory="${2:?}"; shift 2 ;;
        --owner) owner="${2:?}"; shift 2 ;;
        *) usage >&2; die "unknown option '$1'" ;;
        esac
    done
    [[ "$proxies" =~ ^[1-9][0-9]?$ ]] || die "--proxies wants a number from 1 to 99"
    [[ "$password" != *[[:cntrl:]]* ]] || die "a password has no control characters here"
    [[ -n "$password" ]] || password="$(random_password)"
    if [[ -n "$owner" ]]; then
        owner_start="$(process_start "$owner")" || die "there is no process $owner to be the owner"
    fi
    require_programs

    dir="$(mktemp -d "$parent/transload-proxies.XXXXXX")"
    trap 'end_all; rm -rf "$dir"' ERR EXIT
    port[zookeeper]="$(free_port)"
    for name in $(names); do
        [[ "$name" != zookeeper ]] || continue
        port[$name]="$(free_port)"
        port[$name-cdc]="$(free_port)"
        namespace[$name]="transload_${name/-/_}"
    done
    write_zookeeper_conf
    launch zookeeper
    for name in $(names); do [[ "$name" == zookeeper ]] || write_proxy_conf "$name"; done
    wait_until_it_answers zookeeper || die "ZooKeeper did not start"
    for name in $(names); do [[ "$name" == zookeeper ]] || launch "$name"; done
    for name in $(names); do wait_until_it_answers "$name" || die "ShardingSphere-Proxy did not start"; done
    write_env
    trap - ERR EXIT
    if [[ -n "$owner" ]]; then
        (watch_owner "$owner_start") </dev/null >/dev/null 2>&1 &
        disown
    fi
    cat "$dir/shardingsphere.env"
}

status_command() {
    (($#)) || die "status needs the folder"
    local name
    read_env "$1"
    for name in $(names); do
        if alive "${pid[$name]}" "${started[$name]}"; then
            printf '%s running %s %s\n' "$name" "${pid[$name]}" "${port[$name]}"
        else
            printf '%s ended - %s\n' "$name" "${port[$name]}"
        fi
    done
}

halt_command() {
    (($# >= 2)) || die "halt needs the folder and a name"
    local signal=TERM
    [[ "${3:-}" != --kill ]] || signal=KILL
    read_env "$1"
    require_name "$2"
    end_one "$2" "$signal"
}

restart_command() {
    (($# == 2)) || die "restart needs the folder and a name"
    read_env "$1"
    require_name "$2"
    local home="$proxy_home"
    require_programs
    proxy_home="$home"
    end_one "$2" TERM
    launch "$2"
    wait_until_it_answers "$2" || { end_one "$2" KILL; die "$2 did not start again"; }
    write_env
    cat "$dir/shardingsphere.env"
}

stop_command() {
    (($#)) || die "stop needs the folder"
    local one
    for one in "$@"; do
        [[ -d "$one" ]] || continue
        (
            read_env "$one"
            end_all     # all of it is thrown away, so there is nothing to flush
            rm -rf "$dir"
        )
    done
}

where_command() {
    (require_programs) 2>/dev/null || return 1
    proxy_home_dir
}

# Removes a folder whose owner is gone, or where nothing runs and nobody owned it.
clean_one() {
    local name
    read_env "$1" || return
    if [[ -n "$owner" ]]; then
        ! alive "$owner" || return 0
    else
        for name in $(names); do
            ! alive "${pid[$name]}" "${started[$name]}" || return 0
        done
    fi
    end_all
    rm -rf "$dir" && say "removed $dir"
}

# One folder's trouble is not that of the others; what its watcher has removed by now is nothing to tell.
clean_command() {
    local file folder said
    for file in "${TMPDIR:-/tmp}"/transload-proxies.*/shardingsphere.env; do
        [[ -f "$file" && -O "$file" ]] || continue
        folder="$(dirname "$file")"
        said="$(clean_one "$folder" 2>&1)" || [[ -d "$folder" ]] || continue
        [[ -z "$said" ]] || say "$said"
    done
}

main() {
    (($#)) || { usage >&2; exit 2; }
    local command="$1"
    shift
    case "$command" in
    start) start_command "$@" ;;
    status) status_command "$@" ;;
    halt) halt_command "$@" ;;
    restart) restart_command "$@" ;;
    stop) stop_command "$@" ;;
    where) where_command ;;
    clean) clean_command ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
    esac
}

main "$@"
