#include <fmt/format.h>

#include <array>
#include <set>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/write_gate/write_gate.hpp"

/// Will the native engine's cutover, and its way back, be possible? Asked hours before, not when writers wait.
namespace transload::mysql {
namespace {

/// What the write gate tells while it looks becomes warnings.
class Warnings final : public RunControl {
  public:
    explicit Warnings(Context& context) : context_(context) {}
    [[nodiscard]] std::stop_token stop_token() const override { return {}; }
    void event(Severity, std::string_view, std::string_view, std::string_view message) override {
        context_.log.add("source.write_stop", Severity::warning, context_.source.side(), std::string(message));
    }
    void record(Severity, std::string_view, std::string_view, std::string_view) override {}
    void progress(const TableProgress&) override {}

  private:
    Context& context_;
};

void try_write_stop(Context& context) {
    if (!context.native_follows()) return;
    Warnings control(context);
    CutoverReport record;
    try {
        MysqlWriteGate gate;
        gate.look(context.spec, record, control);
        if (context.spec.cutover.reverse) (void)gate.programs(context.spec, control);
    } catch (const ServerError&) {
        throw;
    } catch (const Error& error) {
        // The rights of this method are looked at with the other privileges.
        const bool told = error.id() == "cutover.no_privilege" &&
                          context.spec.cutover.write_stop == WriteStopMethod::super_read_only;
        if (!told)
            context.log.add("source.write_stop", Severity::error, error.object(), error.message(), error.remedy());
    }
    if (!context.source.grants().everywhere("PROCESS"))
        context.log.add("source.privilege.open_transactions", context.source.side(),
                        fmt::format("{} lacks PROCESS: transactions that are open when writes stop can't be waited for",
                                    context.source.account()),
                        context.source.grant_statement("PROCESS", "*.*"));
}

bool keeps_way_back(const Context& context) { return context.native_follows() && context.spec.cutover.reverse; }

void need_to_write_back(Context& context) {
    if (!keeps_way_back(context)) return;
    Server& source = context.source;
    const auto need = [&](const std::string& database, std::initializer_list<std::string_view> privileges) {
        std::vector<std::string> missing;
        for (const std::string_view privilege : privileges)
            if (!source.grants().on_database(privilege, database)) missing.emplace_back(privilege);
        if (missing.empty()) return;
        const std::string list = enumerate(missing, missing.size());
        context.log.add("source.privilege.reverse", database,
                        fmt::format("{} lacks {} on {}, which is to be kept up to date after the cutover",
                                    source.account(), list, database),
                        source.grant_statement(list, source.database_level(database)));
    };
    for (const DatabaseMapping& mapping : context.spec.databases) need(mapping.source, {"INSERT", "UPDATE", "DELETE", "TRIGGER", "EVENT"});
    need("_transload", {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX"});
}

void need_log_of_target(Context& context) {
    if (!keeps_way_back(context)) return;
    Server& target = context.target;
    const auto broken = [&](const std::string& message, const std::string& remedy) {
        context.log.add("target.reverse_log", target.side(), message, remedy);
    };
    if (!target.on("log_bin")) {
        broken("the target has no binary log: there is no way back", "set log_bin in its configuration and restart it");
        return;
    }
    if (const std::string format = target.variable("binlog_format"); !format.empty() && format != "ROW")
        broken(fmt::format("the target's binlog_format is {}", format), "SET GLOBAL binlog_format=ROW on the target");
    if (const std::string image = target.variable("binlog_row_image"); !image.empty() && image != "FULL")
        broken(fmt::format("the target's binlog_row_image is {}", image), "SET GLOBAL binlog_row_image=FULL on the target");
    if (target.variable("server_id") == "0")
        broken("the target's server_id is 0", "SET GLOBAL server_id=… on the target, a number of its own");
    std::uint64_t seconds = target.number("binlog_expire_logs_seconds");
    if (seconds == 0) seconds = 86'400 * target.number("expire_logs_days");
    constexpr std::uint64_t two_days = 2 * 86'400;
    if (seconds != 0 && seconds < two_days)
        context.log.add("target.reverse_retention", target.side(),
                        fmt::format("the target's binary logs are purged after {} s", seconds));
    const Grants& grants = target.grants();
    const bool position = grants.everywhere("REPLICATION CLIENT") || grants.everywhere("BINLOG MONITOR") ||
                          grants.everywhere("SUPER");
    if (grants.everywhere("REPLICATION SLAVE") && position) return;
    context.log.add("target.privilege.reverse", target.side(),
                    fmt::format("{} may not follow the target's binary log", target.account()),
                    target.grant_statement(target.mariadb() ? "REPLICATION SLAVE, BINLOG MONITOR"
                                                            : "REPLICATION SLAVE, REPLICATION CLIENT",
                                           "*.*"));
}

void compare_server_ids(Context& context) {
    if (!context.native_follows()) return;
    const std::string id = context.source.variable("server_id");
    if (id.empty() || id != context.target.variable("server_id")) return;
    context.log.add("pair.server_id", context.target.side(), fmt::format("both servers have server_id {}", id));
}

constexpr std::array checks{
    Check{"the write stop", try_write_stop},
    Check{"privileges of the way back", need_to_write_back},
    Check{"the target's binary log", need_log_of_target},
    Check{"server ids", compare_server_ids},
};

}  // namespace

std::span<const Check> cutover_checks() {
    return checks;
}

}  // namespace transload::mysql
