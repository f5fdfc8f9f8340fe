#include <fmt/format.h>

#include <array>
#include <chrono>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"

/// Definitions, values and rows that are too long for the target's packets. Only tables big enough to hold such a
/// value are read at all, and only for a moment.
namespace transload::mysql {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto budget = std::chrono::milliseconds{1'500};
constexpr std::uint64_t least_packet = 1U << 20;  ///< what the validator demands
constexpr std::uint64_t usual_packet = 4U << 20;  ///< the smallest default of any server since MySQL 5.6
constexpr const char* remedy = "SET GLOBAL max_allowed_packet=1073741824 on the target";
constexpr unsigned query_timed_out_mysql = 3024;
constexpr unsigned query_timed_out_mariadb = 1969;

bool is_long(const Column& column) {
    return column.data_type == "longblob" || column.data_type == "longtext" ||
           column.data_type == "mediumblob" || column.data_type == "mediumtext" ||
           column.data_type == "json" || column.data_type == "geometry";
}

struct Longest {
    std::uint64_t value = 0;  ///< of one long column
    std::uint64_t row = 0;    ///< all long columns together
};

/// Selects what Longest holds, bytes; the server stops after `allowed`.
std::string longest_value_sql(const Server& server, const TablePlan& plan,
                              std::chrono::milliseconds allowed) {
    std::string greatest = "0", together = "0";
    for (const Column& column : plan.columns) {
        if (!is_long(column) || column.generated) continue;
        const std::string name = quote_name(column.name);
        // LENGTH of JSON would count the text; its storage is never longer than twice that.
        greatest += fmt::format(", COALESCE(MAX(LENGTH({})), 0)", name);
        together += fmt::format(" + COALESCE(LENGTH({}), 0)", name);
    }
    const std::string select = fmt::format("GREATEST({}), COALESCE(MAX({}), 0) FROM {}", greatest, together,
                                           quote_name(plan.source));
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
        Longest longest;
        bool measured = left.count() > 20;
        if (measured) {
            try {
                const Result result =
                    context.source.connection().query(longest_value_sql(context.source, plan, left));
                longest = {std::stoull(result.rows.at(0).at(0).value_or("0")),
                           std::stoull(result.rows.at(0).at(1).value_or("0"))};
            } catch (const ServerError& error) {
                if (error.code() != query_timed_out_mysql && error.code() != query_timed_out_mariadb) throw;
                measured = false;
            }
        }
        if (!measured && plan.data_bytes >= packet)
            context.log.add(
                "target.max_allowed_packet", Severity::warning, plan.source.display(),
                fmt::format("{} may hold values longer than the target's max_allowed_packet of {} bytes; "
                            "measuring took too long",
                            plan.source.display(), packet),
                remedy);
        else if (longest.value >= packet)
            context.log.add("target.max_allowed_packet", plan.source.display(),
                            fmt::format("{} holds a value of {} bytes; the target's max_allowed_packet is {}",
                                        plan.source.display(), longest.value, packet),
                            remedy);
        else if (!context.target.on("local_infile") && longest.row >= packet)
            context.log.add("target.max_allowed_packet", plan.source.display(),
                            fmt::format("{} holds a row of {} bytes, which must go as one INSERT because the "
                                        "target's local_infile is off; its max_allowed_packet is {}",
                                        plan.source.display(), longest.row, packet),
                            std::string(remedy) + ", or SET GLOBAL local_infile=ON there");
    }
}

/// The target's statements and digests need room of their own, however short the rows are.
void look_at_packets(Context& context) {
    for (Server* server : {&context.target, &context.source}) {
        const std::uint64_t packet = server->number("max_allowed_packet");
        const bool is_target = server == &context.target;
        if (packet == 0 || packet >= (is_target ? usual_packet : least_packet)) continue;
        const bool too_small = packet < least_packet && context.spec.validate != ValidationLevel::counts;
        if (!too_small && !is_target) continue;
        context.log.add("target.max_allowed_packet", too_small ? Severity::error : Severity::warning,
                        server->side(),
                        fmt::format("max_allowed_packet is {} bytes at the {}: {}", packet, server->side(),
                                    too_small ? "too small to write and compare rows"
                                              : "long rows and definitions may be refused"),
                        fmt::format("SET GLOBAL max_allowed_packet=1073741824 on the {}", server->side()));
    }
}

void measure_definitions(Context& context) {
    const std::uint64_t packet = context.target.number("max_allowed_packet");
    const auto judge = [&](const std::string& name, std::size_t length) {
        if (packet == 0 || length < packet) return;
        context.log.add("target.max_allowed_packet", name,
                        fmt::format("the definition of {} has {} bytes; the target's max_allowed_packet is {}",
                                    name, length, packet),
                        remedy);
    };
    for (std::size_t i = 0; i < context.tables.size(); ++i)
        judge(context.tables[i].source.display(), context.definitions[i].size());
    for (const StoredObject* object : context.moving_objects())
        judge(object->name.display(), object->body.size());
}

constexpr std::array checks{
    Check{"packets of the servers", look_at_packets},
    Check{"lengths of definitions", measure_definitions},
    Check{"longest values", measure_longest_values},
};

}  // namespace

std::span<const Check> packet_checks() {
    return checks;
}

}  // namespace transload::mysql
