#include "adapters/shardingsphere/distsql/unit_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "orchestrator/plan/error.hpp"

namespace transload::shardingsphere {
namespace {

// useSSL and serverTimezone are what the proxy forces on migrations anyway; said here, so that its other sessions are
// the same. caching_sha2_password without TLS needs the server's public key.
// serverTimezone alone says what the driver takes a session's time zone to be: without the forcing, a TIMESTAMP on a
// server that does not speak UTC arrives shifted.
constexpr std::string_view parameters =
    "allowPublicKeyRetrieval=true&useSSL=false&serverTimezone=UTC&forceConnectionTimeZoneToSession=true"
    "&characterEncoding=UTF-8"
    "&rewriteBatchedStatements=true&tcpKeepAlive=true&connectTimeout=30000";

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
}

bool breaks_path(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' ||
           std::string_view("/?#%&=+:;,()[]{}'\"`\\<>|^@*!~").find(c) != std::string_view::npos;
}

}  // namespace

std::string unit_url(const Endpoint& endpoint, std::string_view database) {
    if (endpoint.tls.mode != TlsMode::disabled && endpoint.tls.mode != TlsMode::preferred)
        throw Error(ErrorKind::usage, "shardingsphere.no_tls", endpoint.label(),
                    "the job demands TLS, and ShardingSphere-Proxy 5.5.2 reads binlogs without it",
                    "use the native engine, or tls=preferred where the network is trusted");
    if (endpoint.host.empty() || !std::all_of(endpoint.host.begin(), endpoint.host.end(), is_host_character))
        throw Error(ErrorKind::usage, "shardingsphere.bad_host", endpoint.label(),
                    "ShardingSphere-Proxy takes host names and IPv4 addresses only", "name the server by one of them");
    if (database.empty() || std::any_of(database.begin(), database.end(), breaks_path))
        throw Error(ErrorKind::usage, "shardingsphere.bad_database", std::string(database),
                    "ShardingSphere-Proxy can't carry this name of a database in a URL",
                    "move this database with the native engine");
    return fmt::format("jdbc:mysql://{}:{}/{}?{}", endpoint.host, endpoint.port, database, parameters);
}

}  // namespace transload::shardingsphere
