#include "adapters/mysql/preflight/preflight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

constexpr unsigned must_change_password = 1820;
constexpr unsigned password_expired = 1862;

/// The server, or nothing and a finding when it only waits for a new password.
std::optional<Server> open(const std::string& side, const Endpoint& endpoint, FindingsLog& log) {
    try {
        return Server(side, endpoint);
    } catch (const ServerError& error) {
        if (error.code() != must_change_password && error.code() != password_expired) throw;
        log.add("preflight.account_expired", endpoint.label(),
                fmt::format("the password of {} on the {} has expired", endpoint.user, side));
        return std::nullopt;
    }
}

/// SHOW CREATE TABLE of every table; "" where the server answers with an error.
std::vector<std::string> read_definitions(Context& context, RunControl& control) {
    std::vector<std::string> definitions;
    definitions.reserve(context.tables.size());
    for (const TablePlan& plan : context.tables) {
        if (definitions.size() % 100 == 0) control.check();
        try {
            const Result result =
                context.source.connection().query("SHOW CREATE TABLE " + quote_name(plan.source));
            definitions.push_back(result.rows.at(0).at(1).value_or(""));
        } catch (const ServerError& error) {
            if (error.connection_lost()) throw;
            definitions.emplace_back();
        }
    }
    return definitions;
}

void read_objects_of_both(Context& context, RunControl& control) {
    for (const DatabaseMapping& mapping : context.spec.databases) {
        control.check();
        context.source_objects.push_back(read_objects(context.source, mapping.source));
        const bool read_already =
            std::any_of(context.target_objects.begin(), context.target_objects.end(),
                        [&](const DatabaseObjects& known) { return known.database == mapping.target; });
        if (!read_already) context.target_objects.push_back(read_objects(context.target, mapping.target));
    }
}

void run(const Check& check, Context& context) {
    try {
        check.run(context);
    } catch (const ServerError& error) {
        if (error.connection_lost()) throw;
        context.log.add("preflight.check_failed", std::string(check.name),
                        fmt::format("could not look at {}: {}", check.name, error.message()));
    }
}

}  // namespace

Findings MysqlPreflight::inspect(const JobSpec& spec, const std::vector<TablePlan>& tables,
                                 RunControl& control) {
    FindingsLog log;
    std::optional<Server> source = open("source", spec.source, log);
    std::optional<Server> target = open("target", spec.target, log);
    if (!source || !target) return std::move(log).sorted();

    std::vector<TablePlan> ordered = tables;
    std::sort(ordered.begin(), ordered.end(),
              [](const TablePlan& a, const TablePlan& b) { return a.source < b.source; });
    Context context{spec, ordered, *source, *target, log, {}, {}, {}};
    read_objects_of_both(context, control);
    context.definitions = read_definitions(context, control);

    for (const auto& area :
         {selection_checks(), source_privilege_checks(), target_privilege_checks(), server_checks(),
          binlog_checks(), cutover_checks(), activity_checks(), existing_checks(), table_checks(), feature_checks(),
          packet_checks(), view_checks(), object_checks(), pair_checks(), name_checks()})
        for (const Check& check : area) {
            control.check();
            run(check, context);
        }
    return std::move(log).sorted();
}

}  // namespace transload::mysql
