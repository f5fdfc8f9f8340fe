#include "adapters/shardingsphere/distsql/proxy_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace transload::shardingsphere {
namespace {

using K = ErrorKind;

struct KnownCode {
    unsigned code;
    ErrorKind kind;
    std::string_view word;
    std::string_view remedy;
};

constexpr std::string_view look_at_proxy = "check that the proxy runs, and read its log";
constexpr std::string_view repeat = "repeat it when the proxy is ready";
constexpr std::string_view report = "read the proxy's log; report this with its version";
constexpr std::string_view native = "move this table with the native engine";

// The client library's codes, those that the proxy takes over from MySQL, and its own: kernel 1…, features 2…, general
// 3…. From the exceptions of 5.5.2 that a statement of this client can meet.
constexpr auto known = std::to_array<KnownCode>({
    // clang-format off
    {1007,  K::failed,    "database_exists",     "use it, or drop it on the proxy"},
    {1008,  K::failed,    "no_database",         "nothing is left to drop"},
    {1040,  K::transient, "too_many_connections", "raise proxy-frontend-max-connections of the proxy"},
    {1044,  K::failed,    "access_denied",       "grant the account of the proxy (authority in global.yaml)"},
    {1045,  K::failed,    "access_denied",       "check user and password of the proxy (authority in global.yaml)"},
    {1046,  K::failed,    "no_database_selected", "name a logical database that exists on the proxy"},
    {1049,  K::failed,    "no_database",         "create the logical database on the proxy"},
    {1050,  K::failed,    "table_exists",        "drop the table, or use another name"},
    {1064,  K::failed,    "syntax",              "use ShardingSphere-Proxy 5.5.2, or report this with its version"},
    {1146,  K::failed,    "no_table",            "check the table's name; REFRESH TABLE METADATA on the proxy"},
    {1815,  K::failed,    "internal",            report},
    {2002,  K::transient, "proxy_unreachable",   "check the proxy's host and port, and that it runs"},
    {2003,  K::transient, "proxy_unreachable",   "check the proxy's host and port, and that it runs"},
    {2005,  K::failed,    "unknown_host",        "check the proxy's host name"},
    {2006,  K::transient, "proxy_lost",          look_at_proxy},
    {2012,  K::transient, "proxy_lost",          look_at_proxy},
    {2013,  K::transient, "proxy_lost",          look_at_proxy},
    {2026,  K::failed,    "tls",                 "check tls=… of the proxy's URL; the proxy offers TLS only when it is configured"},
    {2027,  K::transient, "proxy_lost",          look_at_proxy},
    {2055,  K::transient, "proxy_lost",          look_at_proxy},
    {2059,  K::failed,    "auth_plugin",         "set the proxy's authority to native password"},
    {10000, K::failed,    "no_database_selected", "name a logical database that exists on the proxy"},
    {10001, K::failed,    "no_schema",           "REFRESH TABLE METADATA on the proxy"},
    {10002, K::failed,    "no_table",            "LOAD SINGLE TABLE, or create the sharding rule, on the proxy"},
    {10003, K::failed,    "no_column",           "REFRESH TABLE METADATA on the proxy"},
    {10004, K::failed,    "no_index",            "REFRESH TABLE METADATA on the proxy"},
    {10005, K::failed,    "index_exists",        "drop the index, or use another name"},
    {10100, K::failed,    "unit_operation",      "check the servers of the storage units; see the proxy's message"},
    {10101, K::failed,    "no_unit",             "register the storage unit first"},
    {10102, K::failed,    "no_unit",             "register the storage unit first"},
    {10103, K::failed,    "unit_in_use",         "drop the rules and unload the tables of this unit first"},
    {10104, K::failed,    "unit_exists",         "unregister the old unit, or use another name"},
    {10110, K::failed,    "unit_unreachable",    "check that the proxy reaches the server, and user, password and database: see its message"},
    {10111, K::failed,    "unit_change",         "unregister the unit and register it anew"},
    {10120, K::failed,    "unit_status",         report},
    {10200, K::failed,    "bad_rule",            "mend the sharding rule as the proxy's message says"},
    // Right after REGISTER the rules of a fresh database are not there yet.
    {10201, K::transient, "no_rule",             repeat},
    {10202, K::failed,    "no_rule",             "create the rule on the proxy first"},
    {10203, K::failed,    "rule_in_use",         "drop first what uses the rule"},
    {10204, K::failed,    "rule_exists",         "drop the old rule, or use it"},
    {10210, K::failed,    "bad_rule",            "REFRESH TABLE METADATA on the proxy; mend the rule"},
    {10300, K::failed,    "bad_node",            "mend the names of units and tables in the rule"},
    {10301, K::failed,    "bad_node",            "mend the names of units and tables in the rule"},
    {10500, K::failed,    "bad_single_rule",     "check the tables that LOAD SINGLE TABLE names"},
    {10501, K::failed,    "no_single_table",     "check that the table is on the unit; then LOAD SINGLE TABLE again"},
    {10502, K::transient, "single_tables",       "check that the proxy reaches the unit's server; then repeat it"},
    {13000, K::transient, "too_many_connections", "raise the pool's size of the unit or the server's max_connections"},
    {13001, K::transient, "interrupted",         repeat},
    {13010, K::transient, "circuit_break",       "enable the proxy again: ENABLE COMPUTE NODE"},
    {13020, K::transient, "unit_unreachable",    "check that the proxy reaches the unit's server"},
    {17000, K::failed,    "not_a_cluster",       "run the proxy in mode Cluster with ZooKeeper"},
    {17010, K::transient, "zookeeper",           "check ZooKeeper and the proxy's connection to it"},
    {17020, K::transient, "cluster_state",       "UNLOCK CLUSTER on the proxy"},
    {17030, K::transient, "cluster_locked",      "UNLOCK CLUSTER on the proxy"},
    {17031, K::failed,    "cluster_not_locked",  "nothing is left to unlock"},
    {17100, K::failed,    "not_a_cluster",       "run the proxy in mode Cluster with ZooKeeper"},
    {18000, K::failed,    "bad_parameter",       "see the proxy's message: a unit, a table or a job is not in the state that the statement needs"},
    {18002, K::failed,    "unsupported_server",  native},
    {18100, K::failed,    "no_database",         "create the logical database on the proxy"},
    {18101, K::failed,    "no_job",              "the job is gone: migrate the table again"},
    {18102, K::failed,    "no_shards",           "check that the table has a rule or a unit"},
    {18103, K::failed,    "no_table_metadata",   "check that the source has the table under this name"},
    {18104, K::failed,    "split",               native},
    {18105, K::failed,    "target_not_empty",    "empty the target table, and migrate it anew; never STOP and START this job"},
    {18106, K::failed,    "source_privilege",    "GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT on the source"},
    {18107, K::failed,    "source_variable",     "set log_bin, binlog_format=ROW and binlog_row_image=FULL on the source"},
    {18108, K::failed,    "no_user",             "check the source's user"},
    {18109, K::failed,    "source_privilege",    "GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT on the source"},
    {18110, K::failed,    "write_failed",        "see the cause in the proxy's message; then migrate the table again"},
    {18111, K::failed,    "binlog_position",     "check SHOW MASTER STATUS on the source (MySQL up to 8.3)"},
    {18112, K::failed,    "no_check",            "start a check first"},
    {18113, K::failed,    "check_unfinished",    "wait for it, or DROP MIGRATION CHECK"},
    {18114, K::failed,    "no_table_ddl",        "check that the source has the table under this name"},
    {18200, K::failed,    "data_record",         native},
    {18201, K::failed,    "check_load",          "see the cause in the proxy's message; DROP MIGRATION CHECK, then check again"},
    {20000, K::failed,    "bad_rule",            "mend the sharding rule as the proxy's message says"},
    {20001, K::failed,    "no_rule",             "create the sharding rule on the proxy first"},
    {20002, K::failed,    "bad_rule",            "mend the names of units and tables in the rule"},
    {20003, K::failed,    "bad_rule",            "mend the names of units and tables in the rule"},
    {20004, K::failed,    "bad_rule",            "mend the names of units and tables in the rule"},
    {20006, K::failed,    "rule_in_use",         "drop first what uses the rule"},
    {20011, K::failed,    "bad_rule",            "mend the sharding rule as the proxy's message says"},
    {20012, K::failed,    "bad_rule",            "no two tables can have the same node: mend the rule"},
    {20020, K::failed,    "null_sharding_value", "shard by a NOT NULL column"},
    {20021, K::failed,    "sharding_value_type", "shard by a column of one type"},
    {20040, K::failed,    "sharding_route",      "see the proxy's message"},
    {20041, K::failed,    "sharding_route",      "see the proxy's message"},
    {20050, K::failed,    "bad_algorithm",       "see the proxy's message"},
    {20051, K::failed,    "sharding_route",      "check the algorithm's properties against the rule's nodes"},
    {20060, K::failed,    "bad_rule",            "mend the sharding rule as the proxy's message says"},
    // Mostly a read of ZooKeeper that met another session's change: a NullPointerException that the next try does not have.
    {30000, K::transient, "internal",            report},
    {30001, K::failed,    "unsupported",         "use ShardingSphere-Proxy 5.5.2, or report this with its version"},
    {30002, K::failed,    "protocol",            report},
    {30003, K::failed,    "unsupported",         "use ShardingSphere-Proxy 5.5.2, or report this with its version"},
    {30004, K::failed,    "internal",            report},
    {30010, K::failed,    "no_plugin",           "check the algorithm's name"},
    {30020, K::failed,    "file",                report},
    // clang-format on
});

const KnownCode* find(unsigned code) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const KnownCode& each) { return each.code == code; });
    return found == known.end() ? nullptr : &*found;
}

}  // namespace

ProxyError::ProxyError(ErrorKind kind, unsigned code, std::string id, std::string object, const std::string& message,
                       std::string remedy)
    : Error(kind, std::move(id), std::move(object), message, std::move(remedy)), code_(code) {}

bool ProxyError::no_answer() const noexcept {
    switch (code_) {
        case 2002:
        case 2003:
        case 2006:
        case 2012:
        case 2013:
        case 2027:
        case 2055: return true;
        default: return false;
    }
}

ProxyError proxy_error(unsigned code, std::string object, const std::string& message) {
    if (const KnownCode* each = find(code))
        return {each->kind, code, fmt::format("shardingsphere.{}", each->word), std::move(object), message,
                std::string(each->remedy)};
    return {K::failed, code, fmt::format("shardingsphere.error_{}", code), std::move(object), message,
            std::string(report)};
}

ProxyError silent_proxy(std::string object, std::chrono::milliseconds limit) {
    return {K::transient, 2013, "shardingsphere.proxy_silent", std::move(object),
            fmt::format("the proxy did not answer within {} s", (limit.count() + 999) / 1000),
            std::string(look_at_proxy)};
}

ProxyError cut_off_proxy(std::string object, const std::string& migration_id) {
    return {K::transient, 2013, "shardingsphere.proxy_cut_off", std::move(object),
            fmt::format("the proxy says that it has no migration {}, and ZooKeeper has it: the proxy does not reach ZooKeeper",
                        migration_id),
            "restore the proxy's connection to ZooKeeper, or restart the proxy"};
}

}  // namespace transload::shardingsphere
