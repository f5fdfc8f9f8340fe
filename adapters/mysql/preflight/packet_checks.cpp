#include <fmt/format.h>

#include <array>
#include <chrono>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"

/// Values that are too long for the target's packets. Only tables big enough to hold such a value are read at
/// all, and only for a moment.
namespace transload::mysql {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto budget = std::chrono::milliseconds{1'500};
constexpr unsigned query_timed_out_mysql = 3024;
constexpr unsigned query_timed_out_mariadb = 1969;

bool is_long(const Column& column) {
    return column.data_type == "longblob" || column.data_type == "longtext" ||
           column.data_type == "mediumblob" || column.data_type == "mediumtext" ||
           column.data_type == "json" || column.data_type == "geometry";
}

/// Length in bytes of the longest value of the table's long columns; the server stops after `allowed`.
std::string longest_value_sql(const Server& server, const TablePlan& plan,
                              std::chrono::milliseconds allowed) {
    std::string greatest = "0";
    for (const Column& column : plan.columns) {
        if (!is_long(column) || column.generated) continue;
        const std::string name = quote_name(column.name);
        // LENGTH of JSON would count the text; its storage is never longer than twice that.
        greatest += fmt::format(", COALESCE(MAX(LENGTH({})), 0)", name);
    }
    const std::string select = fmt::format("GREATEST({}) FROM {}", greatest, quote_name(plan.source));
    if (server.mariadb())
        return fmt::format("SET STATEMENT max_statement_time={:.3f} FOR SELECT {}",
                           static_cast<double>(allowed.count()) / 1000, select);
    return fmt::format("SELECT /*+ MAX_EXECUTION_TIME({}) */ {}", allowed.count(), select);
}

void measure_longest_values(Context& context) {
    const std::uint64_t packet = context.target.number("max_allowed_packet");
    const auto end = Clock::now() + budget;
    for (const TablePlan& plan : context.tables) {
        bool has_long = false;
        for (const Column& column : plan.columns) has_long |= is_long(column) && !column.generated;
        // A value is no longer than its table; statistics may be off and pages compressed, hence the factor.
        if (!has_long || plan.data_bytes * 8 < packet) continue;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        std::uint64_t longest = 0;
        bool measured = left.count() > 20;
        if (measured) {
            try {
                longest = std::stoull(context.source.connection()
                                          .scalar(longest_value_sql(context.source, plan, left))
                                          .value_or("0"));
            } catch (const ServerError& error) {
                if (error.code() != query_timed_out_mysql && error.code() != query_timed_out_mariadb) throw;
                measured = false;
            }
        }
        const std::string remedy = "SET GLOBAL max_allowed_packet=1073741824 on the target";
        if (!measured && plan.data_bytes >= packet)
            context.log.add(
                "target.max_allowed_packet", Severity::warning, plan.source.display(),
                fmt::format("{} may hold values longer than the target's max_allowed_packet of {} bytes; "
                            "measuring took too long",
                            plan.source.display(), packet),
                remedy);
        else if (longest >= packet)
            context.log.add("target.max_allowed_packet", plan.source.display(),
                            fmt::format("{} holds a value of {} bytes; the target's max_allowed_packet is {}",
                                        plan.source.display(), longest, packet),
                            remedy);
    }
}

constexpr std::array checks{Check{"longest values", measure_longest_values}};

}  // namespace

std::span<const Check> packet_checks() {
    return checks;
}

}  // namespace transload::mysql
