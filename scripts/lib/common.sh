# shellcheck shell=bash
# What every script of this folder needs: where things lie, how to speak, how to know a process.
# Sourced, never run. Expects `set -euo pipefail` in the caller.

repo_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

# Versions that the rest of the repository relies on. Checksums lie beside, in checksums.sha256.
mysql80_version=8.0.15
liquibase_version=4.27.0
mysql_connector_version=8.3.0
mariadb_connector_version=3.3.3
shardingsphere_version=5.5.2

say() { printf '%s\n' "$*" >&2; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# The folder that scripts/setup installs into and everything else reads from.
tools_dir() { printf '%s\n' "${TRANSLOAD_TOOLS:-$HOME/.cache/transload/tools}"; }

mysql80_dir() { printf '%s\n' "${TRANSLOAD_MYSQL80:-$(tools_dir)/mysql-$mysql80_version}"; }
liquibase_dir() { printf '%s\n' "$(tools_dir)/liquibase-$liquibase_version"; }

# The ShardingSphere-Proxy to use: the user's own, else what setup brought. Empty when there is none.
proxy_home_dir() {
    local one
    for one in "${SHARDINGSPHERE_PROXY_HOME:-}" /opt/shardingsphere-proxy "$(tools_dir)/shardingsphere-proxy-$shardingsphere_version"; do
        if [[ -n "$one" && -f "$one/lib/shardingsphere-proxy-bootstrap-$shardingsphere_version.jar" ]]; then
            printf '%s\n' "$one"
            return
        fi
        # A home that was named is the only one: another would be a surprise.
        [[ -z "$one" || "$one" != "${SHARDINGSPHERE_PROXY_HOME:-}" ]] || return 0
    done
}

# Debian sid moves, so its MySQL has no pinned version: the newest that setup brought. The folder
# holds a file system root (usr/sbin/mysqld with its own C library). Empty when there is none.
mysql97_dir() {
    if [[ -n "${TRANSLOAD_MYSQL97:-}" ]]; then printf '%s\n' "$TRANSLOAD_MYSQL97"; return; fi
    local found
    found="$(compgen -G "$(tools_dir)/mysql-9.*" | grep -v '\.partial$' | sort -V | tail -n 1 || true)"
    printf '%s\n' "$found"
}

# A process is known by its id and its start time, since ids are used again.
process_start() {
    local stat fields threads
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    read -ra fields <<<"${stat##*) }"         # the name before it may hold spaces and brackets
    if [[ "${fields[0]}" == [ZX] ]]; then     # a zombie is dead once its last thread is gone
        threads=("/proc/$1/task/"*)
        ((${#threads[@]} > 1)) || return 1
    fi
    printf '%s\n' "${fields[19]}"
}

# alive PID [START]
alive() {
    local now
    now="$(process_start "$1")" && [[ "$now" == "${2:-$now}" ]]
}

# Sleeps without starting a process; fractions of a second are allowed.
nap() {
    [[ -n "${nap_fd:-}" ]] || { exec {nap_fd}<> <(:); }
    read -r -t "$1" -u "$nap_fd" || true
}
