#include "tests/integration/native/copy_job.hpp"

#include <algorithm>

#include "adapters/mysql/catalog.hpp"
#include "adapters/native/native_engine.hpp"
#include "tests/support/sql.hpp"

namespace transload::test {

void RecordingControl::event(Severity level, std::string_view step, std::string_view object,
                             std::string_view message) {
    const std::string text = std::string(level == Severity::info ? "info " : "warning ") + std::string(step) +
                             " " + std::string(object) + ": " + std::string(message);
    {
        const std::lock_guard lock(mutex_);
        events_.push_back(text);
    }
    if (on_event) on_event(text);
}

void RecordingControl::progress(const TableProgress& progress) {
    {
        const std::lock_guard lock(mutex_);
        progress_[progress.table] = progress;
    }
    if (on_progress) on_progress(progress);
}

std::vector<std::string> RecordingControl::events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

bool RecordingControl::has_event(std::string_view part) const {
    const auto all = events();
    return std::any_of(all.begin(), all.end(),
                       [&](const std::string& event) { return event.find(part) != std::string::npos; });
}

TableProgress RecordingControl::last_progress(const std::string& table) const {
    const std::lock_guard lock(mutex_);
    const auto found = progress_.find(table);
    return found == progress_.end() ? TableProgress{} : found->second;
}

Endpoint endpoint_of(const TestServer& server) {
    Endpoint endpoint;
    endpoint.host = server.host();
    endpoint.port = static_cast<std::uint16_t>(server.port());
    endpoint.user = TestServer::user();
    endpoint.password = Secret(server.password());
    return endpoint;
}

JobSpec spec_for(const Endpoint& source, const Endpoint& target, const std::string& database) {
    JobSpec spec;
    spec.source = source;
    spec.target = target;
    spec.databases = {{database, database}};
    spec.limits.replica_lag = std::chrono::milliseconds(0);
    spec.retry.backoff_min = std::chrono::milliseconds(100);
    spec.retry.backoff_max = std::chrono::milliseconds(3000);
    return spec;
}

void clone_tables(const TestServer& source, const TestServer& target, const std::string& database) {
    std::string script = "SET foreign_key_checks = 0; SET sql_mode = '';\n";
    for (const Row& table : query(source, "SHOW FULL TABLES WHERE Table_type LIKE '%TABLE%'", database))
        script += show_create(source, database, table.at(0).value()) + ";\n";
    sql(target, script, database);
}

TransferResult copy(const JobSpec& spec, RunControl& control, const CopyOptions& options) {
    mysql::MysqlCatalog catalog;
    std::vector<TablePlan> tables = catalog.plan_tables(spec, control);
    if (options.adjust)
        for (TablePlan& plan : tables) options.adjust(plan);
    const DataJob job{JobId(options.job), spec, tables, options.deferred};
    native::NativeEngine engine;
    engine.configure(job, control);
    return engine.transfer(job, control);
}

void forget(const JobSpec& spec, const std::string& job) {
    RecordingControl control;
    const std::vector<TablePlan> tables;
    native::NativeEngine().forget(DataJob{JobId(job), spec, tables, {}}, control);
}

}  // namespace transload::test
