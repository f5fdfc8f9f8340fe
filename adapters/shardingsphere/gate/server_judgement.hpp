#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "adapters/mysql/preflight/server.hpp"
#include "adapters/shardingsphere/distsql/proxy.hpp"
#include "adapters/shardingsphere/gate/facts.hpp"
#include "adapters/shardingsphere/gate/finding_kinds.hpp"
#include "orchestrator/ports/run_control.hpp"

/// The servers as a whole. Each reads only and throws when a server can't be reached.
namespace transload::shardingsphere {

/// The source: version, binary log, TLS, account, privileges, names of its databases, retention.
[[nodiscard]] std::vector<Reason> judge_source(mysql::Server& source, const JobSpec& spec,
                                               const std::vector<TablePlan>& tables);

/// A server of the target, that of `databases`. `side` names it in findings.
[[nodiscard]] std::vector<Reason> judge_target(mysql::Server& target, const Endpoint& endpoint,
                                               const std::vector<std::string>& databases);

/// live: unless the source is read-only now and the job has no cutover, which would mean that writers are
/// there.
[[nodiscard]] bool may_be_written(const mysql::Server& source, const JobSpec& spec);

/// The global sql_mode lets ordinary writers store dates that are zero or have a zero part.
[[nodiscard]] bool allows_zero_dates(const mysql::Server& server);

/// Each proxy: reachable (ProxyError otherwise), version, mode, namespace, what it has under the target's
/// name.
[[nodiscard]] std::vector<Reason> judge_proxies(const JobSpec& spec);

/// What the parser of a proxy says of a statement: empty when it takes it.
[[nodiscard]] std::string parser_refusal(Proxy& proxy, const std::string& statement);

/// Tables of the source that ShardingSphere is not going to carry, in any of its databases. Made before the
/// tables are looked at, asked after: what changed between is being written.
class Neighbours {
  public:
    Neighbours(mysql::Server& source, bool zero_dates_possible);

    /// `carried` are left out. Waits until a few seconds have passed since the first look.
    [[nodiscard]] std::vector<Reason> judge(const std::vector<const TablePlan*>& carried,
                                            RunControl& control);

  private:
    struct Table {
        TableName name;
        std::vector<Column> harmful;
        bool always = false;
    };
    [[nodiscard]] std::map<TableName, std::string> writes_so_far();

    mysql::Server& source_;
    std::vector<Table> tables_;
    std::map<TableName, std::string> before_;
    std::chrono::steady_clock::time_point began_;
};

}  // namespace transload::shardingsphere
