#include "tests/integration/validation/sides.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "adapters/mysql/catalog.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload::test {
namespace {

Endpoint endpoint(const TestServer& server) {
    Endpoint where;
    where.host = server.host();
    where.port = static_cast<std::uint16_t>(server.port());
    where.user = TestServer::user();
    where.password = Secret(server.password());
    return where;
}

void run_script(const TestServer& server, std::string_view script, const std::string& database) {
    sql(server, "SET sql_mode = '', time_zone = '+00:00', foreign_key_checks = 0;\n" + std::string(script), database);
}

}  // namespace

void RecordingControl::event(Severity, std::string_view, std::string_view object, std::string_view message) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::string(object) + ": " + std::string(message));
}

void RecordingControl::progress(const TableProgress& progress) {
    const std::lock_guard lock(mutex_);
    progress_.push_back(progress);
}

std::vector<std::string> RecordingControl::events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

std::vector<TableProgress> RecordingControl::progress_seen() const {
    const std::lock_guard lock(mutex_);
    return progress_;
}

Sides::Sides(const TestServer& source, const TestServer& target)
    : source_(source), target_(target), database_({&source, &target}, {}, "validate") {
    spec.source = endpoint(source);
    spec.target = endpoint(target);
    spec.databases = {{database(), database()}};
    spec.limits.workers = 3;
    spec.retry.backoff_min = std::chrono::milliseconds(50);
}

void Sides::on_source(std::string_view script) const { run_script(source_, script, database()); }
void Sides::on_target(std::string_view script) const { run_script(target_, script, database()); }
void Sides::on_both(std::string_view script) const {
    on_source(script);
    on_target(script);
}

std::vector<TablePlan> Sides::plans() const {
    RecordingControl control;
    std::vector<TablePlan> plans = mysql::MysqlCatalog().plan_tables(spec, control);
    if (rows_per_chunk != 0)
        for (TablePlan& plan : plans) plan.average_row_bytes = (64ULL << 20) / rows_per_chunk;
    return plans;
}

ValidationOutcome Sides::validate(ValidationLevel level, bool repair) const {
    RecordingControl control;
    return validate(level, repair, control);
}

ValidationOutcome Sides::validate(ValidationLevel level, bool repair, RunControl& control) const {
    JobSpec job = spec;
    job.validate = level;
    job.repair = repair;
    const std::vector<TablePlan> tables = plans();
    return mysql::MysqlValidator().validate({job, tables, nullptr}, control);
}

std::vector<std::string> named(const ValidationOutcome& outcome) {
    std::vector<std::string> names;
    for (const Mismatch& one : outcome.summary.details) {
        std::string name = std::string(to_string(one.kind)) + " " + one.table.substr(one.table.find('.') + 1) + " " + one.key;
        if (!one.column.empty()) name += " " + one.column;
        names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool clean(const ValidationOutcome& outcome) {
    for (const std::string& name : named(outcome)) UNSCOPED_INFO("found: " << name);
    for (const TableReport& table : outcome.tables)
        if (table.mismatches != 0 || table.source_rows != table.target_rows)
            UNSCOPED_INFO(table.name << ": " << table.source_rows << " and " << table.target_rows << " rows, "
                                     << table.mismatches << " mismatches");
    return outcome.summary.mismatches == 0 && outcome.summary.details.empty() &&
           std::all_of(outcome.tables.begin(), outcome.tables.end(), [](const TableReport& table) {
               return table.mismatches == 0 && table.source_rows == table.target_rows && !table.validated.empty();
           });
}

}  // namespace transload::test
