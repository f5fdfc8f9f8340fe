#include <errmsg.h>
#include <mysql.h>

#include <algorithm>
#include <array>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/error_codes.hpp"

namespace transload::mysql {
namespace {

using K = ErrorKind;

// What a user can do about an answer of the server. Codes: MySQL 8.0 / 9.x and MariaDB 10.11 error references.
constexpr auto known = std::to_array<KnownError>({
    // clang-format off
    {2002, K::transient, "mysql.unreachable",        "check host and port, and that the server runs and listens there"},
    {2003, K::transient, "mysql.unreachable",        "check host and port, and that the server runs and listens there"},
    {2005, K::failed,    "mysql.unknown_host",       "check the host name in the URL"},
    {2006, K::transient, "mysql.connection_lost",    "check the network and the server's log; then retry"},
    {2013, K::transient, "mysql.connection_lost",    "check the network and the server's log; then retry"},
    {2026, K::failed,    "mysql.tls",                "check tls=… and ca=… in the URL and the server's certificates"},
    {2059, K::failed,    "mysql.auth_plugin",        "use an account with caching_sha2_password or mysql_native_password"},
    {1040, K::transient, "mysql.too_many_connections", "raise max_connections or lower limits.workers"},
    {1203, K::transient, "mysql.too_many_connections", "raise max_user_connections or lower limits.workers"},
    {1226, K::transient, "mysql.too_many_connections", "raise the account's resource limits or lower limits.workers"},
    {1044, K::failed,    "mysql.access_denied",      "grant the account the privileges that preflight lists"},
    {1045, K::failed,    "mysql.access_denied",      "check user and password, and that the account may log in from this host"},
    {1698, K::failed,    "mysql.access_denied",      "check user and password, and that the account may log in from this host"},
    {1049, K::failed,    "mysql.unknown_database",   "check the database's name in the URL"},
    {1129, K::failed,    "mysql.host_blocked",       "unblock this host with FLUSH HOSTS on the server"},
    {1130, K::failed,    "mysql.access_denied",      "create an account that may log in from this host"},
    {1142, K::failed,    "mysql.privilege",          "grant the account the privileges that preflight lists"},
    {1143, K::failed,    "mysql.privilege",          "grant the account the privileges that preflight lists"},
    {1227, K::failed,    "mysql.privilege",          "grant the account the privileges that preflight lists"},
    {1370, K::failed,    "mysql.privilege",          "grant the account the privileges that preflight lists"},
    {1419, K::failed,    "mysql.privilege",          "set log_bin_trust_function_creators=1 on the target or grant SUPER"},
    {1053, K::transient, "mysql.shutdown",           "wait until the server is back; then retry"},
    {1077, K::transient, "mysql.shutdown",           "wait until the server is back; then retry"},
    {1079, K::transient, "mysql.shutdown",           "wait until the server is back; then retry"},
    {1317, K::transient, "mysql.interrupted",        "the statement was killed on the server; retry"},
    {1205, K::transient, "mysql.lock_wait_timeout",  "find who holds the lock in information_schema.innodb_trx; then retry"},
    {1213, K::transient, "mysql.deadlock",           "retry"},
    {1412, K::transient, "mysql.table_changed",      "TRUNCATE or ALTER TABLE made the table anew, and an older view can't look into it: retry in a new one"},
    {3572, K::transient, "mysql.lock_wait_timeout",  "retry"},
    // MySQL's bug 114138: what a view sees of a large document that was changed in place meanwhile may be garbage.
    {1815, K::transient, "mysql.misread",            "retry; if it is not about JSON, or goes on, look at the server's error log"},
    {3142, K::transient, "mysql.misread",            "retry; if it goes on, the document is damaged on the server: CHECK TABLE"},
    {1927, K::transient, "mysql.connection_lost",    "the session was killed on the server; retry"},
    {3169, K::transient, "mysql.connection_lost",    "the session was killed on the server; retry"},
    {4031, K::transient, "mysql.connection_lost",    "the server closed an idle session; retry"},
    {1290, K::failed,    "mysql.read_only",          "the server runs with an option that forbids this: see its message (read_only? secure_file_priv?)"},
    {1792, K::failed,    "mysql.read_only",          "use a server and a session that may write"},
    {1836, K::failed,    "mysql.read_only",          "SET GLOBAL super_read_only=OFF, read_only=OFF on the target, or choose another target"},
    {3032, K::transient, "mysql.offline",            "SET GLOBAL offline_mode=OFF on the server"},
    {1021, K::failed,    "mysql.disk_full",          "free disk space on the server; then retry"},
    {1114, K::failed,    "mysql.disk_full",          "free disk space on the server (or raise innodb_data_file_path's maximum); then retry"},
    {1030, K::failed,    "mysql.storage",            "look at the server's error log (disk full?); then retry"},
    {1026, K::failed,    "mysql.storage",            "look at the server's error log (disk full?); then retry"},
    {1153, K::failed,    "mysql.packet_too_big",     "SET GLOBAL max_allowed_packet=1073741824 on the server; then retry"},
    {2020, K::failed,    "mysql.packet_too_big",     "SET GLOBAL max_allowed_packet=1073741824 on the server; then retry"},
    {1148, K::failed,    "mysql.local_infile",       "SET GLOBAL local_infile=ON on the target; without it INSERT is used"},
    {3948, K::failed,    "mysql.local_infile",       "SET GLOBAL local_infile=ON on the target; without it INSERT is used"},
    {4166, K::failed,    "mysql.local_infile",       "SET GLOBAL local_infile=ON on the target; without it INSERT is used"},
    {3159, K::failed,    "mysql.tls",                "the server demands TLS: use tls=required in the URL"},
    {1820, K::failed,    "mysql.password_expired",   "change the account's password: ALTER USER … IDENTIFIED BY …"},
    {1862, K::failed,    "mysql.password_expired",   "change the account's password: ALTER USER … IDENTIFIED BY …"},
    {3118, K::failed,    "mysql.access_denied",      "unlock the account: ALTER USER … ACCOUNT UNLOCK"},
    {1062, K::failed,    "mysql.duplicate_key",      "a row with this key is on the target already"},
    {1146, K::failed,    "mysql.no_such_table",      "the table was dropped, or the selection is wrong"},
    {3819, K::failed,    "mysql.check_violated",     "the row breaks a CHECK constraint that the source does not enforce"},
    // clang-format on
});

}  // namespace

const KnownError* find_known_error(unsigned code) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const KnownError& error) { return error.code == code; });
    return found == known.end() ? nullptr : &*found;
}

namespace {

std::string id_of(unsigned code) {
    const KnownError* error = find_known_error(code);
    return error ? std::string(error->id) : "mysql.error_" + std::to_string(code);
}

/// One sentence on one line, as messages are; a proxy's have a "\nMore details: ".
std::string on_one_line(std::string message) {
    for (char& c : message)
        if (c == '\n' || c == '\r') c = ' ';
    return message;
}

}  // namespace

ServerError::ServerError(ErrorKind kind, unsigned code, std::string object, const std::string& message,
                         std::string remedy)
    : Error(kind, id_of(code), std::move(object), on_one_line(message), std::move(remedy)), code_(code) {}

bool ServerError::connection_lost() const noexcept {
    switch (code_) {
        case CR_SERVER_GONE_ERROR:
        case CR_SERVER_LOST:
        case 2002:
        case 2003:
        case 1053:
        case 1077:
        case 1079:
        case 1927:
        case 3169:
        case 4031: return true;
        default: return false;
    }
}

}  // namespace transload::mysql
