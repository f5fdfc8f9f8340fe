# shellcheck shell=bash
# ShardingSphere-Proxies for the benchmarks, and what is said to them by hand. Sourced after bench-parts.sh.
# Reads heap; sets proxy_dir, proxy_urls, proxy_port.

proxies="$repo_root/scripts/lib/shardingsphere.sh"
proxy_dir="" proxy_urls=() proxy_port=""
end_proxies() { [[ -z "$proxy_dir" ]] || "$proxies" stop "$proxy_dir"; }

start_proxies() {
    local key value
    proxy_urls=()
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
