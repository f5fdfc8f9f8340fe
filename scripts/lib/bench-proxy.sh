# shellcheck shell=bash
# ShardingSphere-Proxies for the benchmarks, and what is said to them by hand. Sourced after bench-parts.sh.
# Reads heap; sets proxy_dir, proxy_urls, proxy_port, migrations.

proxies="$repo_root/scripts/lib/shardingsphere.sh"
proxy_dir="" proxy_urls=() proxy_port="" migrations=()
end_proxies() { [[ -z "$proxy_dir" ]] || "$proxies" stop "$proxy_dir"; }

start_proxies() {
    local key value
    proxy_urls=() migrations=()
    while IFS='=' read -r key value; do
        case "$key" in
        DIR) proxy_dir="$value" ;;
        PROXY_1_PORT) proxy_port="$value" ;;
        PROXY_*_URL) proxy_urls+=("$value") ;;
        esac
    done < <("$proxies" start --proxies "$1" --memory "$heap" --password "$password" --owner "$$")
    [[ -n "$proxy_dir" ]] || die "ShardingSphere-Proxy did not start"
}
stop_proxies() {
    "$proxies" stop "$proxy_dir"
    proxy_dir=""
}

# Statements that need a database say so themselves: each call is a new session.
proxy() {
    MYSQL_PWD="$password" mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$proxy_port" --user=root \
        --batch --skip-column-names "$@"
}

unit() {
    printf "%s (URL='jdbc:mysql://127.0.0.1:%s/sbtest?%s', USER='root', PASSWORD='%s', PROPERTIES('maxPoolSize'='50', 'minPoolSize'='1'))" \
        "$1" "${port[$2]}" "allowPublicKeyRetrieval=true&useSSL=false&serverTimezone=UTC&characterEncoding=UTF-8&rewriteBatchedStatements=true&tcpKeepAlive=true&connectTimeout=30000" \
        "$password"
}

# register_units TARGET: the logical database `moving`, TARGET's server as its only unit, and the source's.
register_units() {
    proxy -e "CREATE DATABASE moving"
    until proxy -e "SHOW DATABASES" | grep -qx moving; do nap 0.1; done
    proxy moving -e "REGISTER STORAGE UNIT $(unit target_unit "$1")"
    until proxy -e "SHOW STORAGE UNITS FROM moving" | grep -q ^target_unit; do nap 0.1; done
    proxy moving -e "SET DEFAULT SINGLE TABLE STORAGE UNIT = target_unit; REGISTER MIGRATION SOURCE STORAGE UNIT $(unit source_unit source)"
    until proxy -e "SHOW MIGRATION SOURCE STORAGE UNITS" | grep -q ^source_unit; do nap 0.1; done
}

# migrate_table TABLE INTO: begins to move it, and appends the migration's id to the array `migrations`. The statement
# does not answer with it: it is the one that the list has more.
migrate_table() {
    local known id=""
    known="$(printf '%s\n' "${migrations[@]}")"
    proxy moving -e "MIGRATE TABLE source_unit.$1 INTO moving.$2"
    until [[ -n "$id" ]]; do
        id="$(proxy moving -e "SHOW MIGRATION LIST" | cut -f 1 | grep -vxF "${known:-none}" || true)"
    done
    migrations+=("$id")
}
