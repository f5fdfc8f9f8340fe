#include "adapters/mysql/validation/sharded_tables.hpp"

#include <strings.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace transload::mysql::validation {
namespace {

/// As for a target that is one server: see validator.cpp.
constexpr std::uint64_t least_packet = 1U << 20;

struct Unit {
    explicit Unit(const StorageUnit& unit) : session(connect_unit(unit, SessionProfile::general)) {
        const Result set = session.query("SELECT @@GLOBAL.time_zone, @@system_time_zone, @@GLOBAL.sql_mode");
        const std::string zone = set.rows.at(0).at(0).value_or("");
        const std::string system = set.rows.at(0).at(1).value_or("");
        utc = zone == "+00:00" || zone == "UTC" || (zone == "SYSTEM" && (system == "UTC" || system == "GMT"));
        pads = set.rows.at(0).at(2).value_or("").find("PAD_CHAR_TO_FULL_LENGTH") != std::string::npos;
    }
    Connection session;
    bool utc = false;
    bool pads = false;
};

bool has_timestamp_key(const TablePlan& plan) {
    return plan.key && std::any_of(plan.key->parts.begin(), plan.key->parts.end(), [&](const KeyPart& part) {
               return plan.columns[part.column].data_type == "timestamp";
           });
}

bool has_char(const TablePlan& plan) {
    return std::any_of(plan.columns.begin(), plan.columns.end(),
                       [](const Column& column) { return column.data_type == "char"; });
}

bool same_columns(const TargetTable& left, const TargetTable& right) {
    const auto shape = [](const Column& column) {
        return std::tie(column.name, column.column_type, column.charset, column.collation, column.nullable,
                        column.generated);
    };
    return std::equal(left.columns.begin(), left.columns.end(), right.columns.begin(), right.columns.end(),
                      [&](const Column& a, const Column& b) { return shape(a) == shape(b); });
}

bool older(const ServerVersion& left, const ServerVersion& right) {
    return std::tie(left.major, left.minor, left.patch) < std::tie(right.major, right.minor, right.patch);
}

class Reader {
  public:
    Reader(const JobSpec& spec, bool counts_only)
        : spec_(spec), counts_only_(counts_only), proxy_(connect_logical(spec)) {}

    std::optional<ShardedTable> read(const TablePlan& plan) {
        ShardedTable result;
        for (const ShardingRule& rule : spec_.sharding->rules)
            if (strcasecmp(rule.table.c_str(), plan.source.table.c_str()) == 0) result.rule = &rule;
        result.nodes = shard_nodes(proxy_, *spec_.sharding, plan.source.table);
        std::vector<std::string> lacking;
        for (const ShardNode& node : result.nodes) {
            Unit& unit = this->unit(*node.unit);
            require_settings(plan, node, unit);
            TablePlan actual;
            actual.target = {node.unit->database, node.table};
            TargetTables tables = read_target_tables(unit.session, {actual});
            const auto found = tables.find(actual.target.display());
            if (found == tables.end()) {
                lacking.push_back(node.display());
                continue;
            }
            const ServerVersion& version = unit.session.version();
            if (result.table.columns.empty()) {
                result.table = std::move(found->second);
                result.version = version;
            } else {
                if (!same_columns(result.table, found->second))
                    throw Error(ErrorKind::failed, "validation.shards_differ", plan.source.display(),
                                node.display() + " has other columns than " + result.nodes.front().display(),
                                "make the actual tables equal, then validate again");
                if (older(version, result.version)) result.version = version;
            }
        }
        if (lacking.size() == result.nodes.size()) return std::nullopt;
        if (!lacking.empty())
            throw Error(ErrorKind::failed, "validation.shard_lacks_table", plan.source.display(),
                        "the table is there, but " + lacking.front() + " is not",
                        "look for what dropped it; retry the job's data part to make it again");
        if (!make_known(proxy_, *spec_.sharding, plan.source.table))
            throw Error(ErrorKind::failed, "validation.proxy_ignorant", plan.source.display(),
                        "its shards have the table, but the proxy does not know it",
                        "REFRESH TABLE METADATA on the proxy, then validate again");
        return result;
    }

  private:
    Unit& unit(const StorageUnit& unit) { return units_.try_emplace(unit.name, unit).first->second; }

    void require_settings(const TablePlan& plan, const ShardNode& node, const Unit& unit) const {
        if (counts_only_) return;
        const std::string label = unit.session.endpoint().label();
        if (unit.session.max_allowed_packet() < least_packet)
            throw Error(ErrorKind::failed, "validation.packet", label,
                        "max_allowed_packet is below 1 MiB, too small to compute digests of rows",
                        "SET GLOBAL max_allowed_packet = 67108864");
        if (!unit.utc && has_timestamp_key(plan))
            throw Error(ErrorKind::failed, "validation.time_zone", plan.source.display(),
                        "the key holds a TIMESTAMP, and " + label + ", where " + node.display() +
                            " lies, does not run in UTC: through the proxy its ranges mean other rows",
                        "SET GLOBAL time_zone = '+00:00' on the shards and restart the proxy, then validate again");
        if (unit.pads && has_char(plan))
            throw Error(ErrorKind::failed, "validation.sql_mode", plan.source.display(),
                        label + " runs with PAD_CHAR_TO_FULL_LENGTH, which changes the values of CHAR columns",
                        "take it out of the shards' sql_mode and restart the proxy, then validate again");
    }

    const JobSpec& spec_;
    bool counts_only_;
    Connection proxy_;
    std::map<std::string, Unit> units_;
};

}  // namespace

std::unordered_map<std::string, ShardedTable> read_sharded_tables(const JobSpec& spec,
                                                                  const std::vector<TablePlan>& plans,
                                                                  bool counts_only) {
    std::unordered_map<std::string, ShardedTable> result;
    if (!spec.sharding || std::none_of(plans.begin(), plans.end(), [](const TablePlan& plan) { return plan.sharded; }))
        return result;
    Reader reader(spec, counts_only);
    for (const TablePlan& plan : plans)
        if (plan.sharded)
            if (auto table = reader.read(plan)) result.emplace(plan.target.display(), std::move(*table));
    return result;
}

}  // namespace transload::mysql::validation
