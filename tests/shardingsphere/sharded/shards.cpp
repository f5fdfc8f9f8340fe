#include "tests/shardingsphere/sharded/shards.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <stdexcept>

#include "adapters/mysql/catalog.hpp"

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

template <class Act>
void until_taken(Act act) {
    std::string said;
    const bool taken = eventually(
        [&] {
            try {
                act();
                return true;
            } catch (const Error& error) {
                said = error.message();
                return false;
            }
        },
        std::chrono::seconds(20), std::chrono::milliseconds(100));
    if (!taken) throw std::runtime_error("the proxy does not take it: " + said);
}

}  // namespace

Shards::Shards()
    : Shards(shared_server(Flavour::mysql80, proxy_source), shared_server(Flavour::mysql80, "target"),
             shared_server(Flavour::mysql80, "shard")) {}

Shards::Shards(const TestServer& source, const TestServer& first, const TestServer& second)
    : source_(source),
      first_(first),
      second_(second),
      database_({&source, &first, &second}, {}, "sharded"),
      server_(shared_cluster().proxy()),
      proxy_(server_.options()) {
    spec.source = endpoint(source);
    spec.target = endpoint(first);
    spec.databases = {{database(), database()}};
    spec.limits.workers = 2;
    spec.retry.backoff_min = std::chrono::milliseconds(50);
    spec.shardingsphere.proxies = {server_.options()};
    ShardedTarget& target = spec.sharding.emplace();
    target.database = database() + "_logical";
    target.units = {{"ds_0", endpoint(first), database()}, {"ds_1", endpoint(second), database()}};
    target.default_unit = "ds_0";
    proxy_.create_database(target.database);
    // What one statement made is known to the next only when ZooKeeper has told so.
    until_taken([&] { proxy_.use(target.database); });
    for (const StorageUnit& unit : target.units) proxy_.register_storage_unit({unit.name, unit.endpoint, unit.database});
    proxy_.register_source_unit({"src", spec.source, database()});
    until_taken([&] { proxy_.set_default_single_unit(target.default_unit); });
}

Shards::~Shards() {
    const auto quietly = [](auto act) {
        try {
            act();
        } catch (const std::exception& error) {
            WARN(error.what());
        }
    };
    quietly([&] {
        for (const auto& migration : proxy_.migrations()) proxy_.commit_migration(migration.id);
    });
    quietly([&] { proxy_.unregister_source_unit("src"); });
    for (const ShardingRule& rule : spec.sharding->rules) quietly([&] { proxy_.drop_sharding_rule(rule.table); });
    quietly([&] { proxy_.drop_database(spec.sharding->database); });
}

void Shards::shard(const std::string& table, const std::string& column) {
    shard({table, {"ds_0", "ds_1"}, column, "hash_mod", {{"sharding-count", "4"}}});
}

void Shards::shard(const ShardingRule& rule) {
    proxy_.create_sharding_rule(rule);
    spec.sharding->rules.push_back(rule);
}

void Shards::on_source(std::string_view script) const { run_script(source_, script, database()); }
void Shards::on_unit(std::size_t index, std::string_view script) const { run_script(unit(index), script, database()); }

void Shards::through_proxy(const std::vector<std::string>& statements) const {
    mysql::ConnectOptions options;
    options.database = logical();
    mysql::Connection session(server_.options().endpoint, options);
    for (const std::string& statement : statements) {
        INFO(statement);
        CHECK_NOTHROW(session.execute(statement));
        if (!statement.starts_with("CREATE TABLE ")) continue;
        std::string name = statement.substr(13);
        name.resize(name.find(' '));
        until_taken([&] {
            session.execute("REFRESH TABLE METADATA");
            static_cast<void>(session.query("SELECT * FROM " + name));
        });
    }
}

void Shards::on_both(const std::vector<std::string>& statements) const {
    for (const std::string& statement : statements) on_source(statement + ";");
    through_proxy(statements);
}

Shards::Found Shards::find(const std::string& table, const std::string& condition) const {
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string actual = table + "_" + std::to_string(i);
        const std::string count = value(unit(i % 2), "SELECT COUNT(*) FROM " + identifier(actual) + " WHERE " + condition, database());
        if (count != "0") return {i % 2, actual};
    }
    throw std::runtime_error("no shard holds " + condition);
}

Shards::Found Shards::elsewhere(const std::string& table, const std::string& condition) const {
    const Found there = find(table, condition);
    const std::string first = table + "_0";
    return there.table == first ? Found{1, table + "_1"} : Found{0, first};
}

void Shards::migrate(const std::vector<std::string>& tables, bool commit) {
    for (const std::string& table : tables) {
        std::set<std::string> before;
        for (const auto& one : proxy_.migrations()) before.insert(one.id);
        proxy_.migrate_table("src", table, logical(), table);
        std::string id;
        for (const auto& one : proxy_.migrations())
            if (!before.contains(one.id)) id = one.id;
        if (id.empty()) throw std::runtime_error("MIGRATE of " + table + " made no job");
        std::string error;
        const bool done = eventually(
            [&] {
                const auto status = proxy_.migration_status(id);
                error = status ? status->error_message : "";
                return !error.empty() || (status && status->inventory_done());
            },
            std::chrono::seconds(60), std::chrono::milliseconds(300));
        if (!done || !error.empty()) throw std::runtime_error("MIGRATE of " + table + ": " + error);
        if (commit) proxy_.commit_migration(id);
    }
}

std::vector<TablePlan> Shards::plans() const {
    RecordingControl control;
    std::vector<TablePlan> plans = mysql::MysqlCatalog().plan_tables(spec, control);
    for (TablePlan& plan : plans) {
        for (const ShardingRule& rule : spec.sharding->rules) plan.sharded |= rule.table == plan.source.table;
        if (rows_per_chunk != 0) plan.average_row_bytes = (64ULL << 20) / rows_per_chunk;
    }
    return plans;
}

ValidationOutcome Shards::validate(ValidationLevel level) const {
    RecordingControl control;
    return validate(level, control);
}

ValidationOutcome Shards::validate(ValidationLevel level, RunControl& control, bool repair) const {
    JobSpec job = spec;
    job.validate = level;
    job.repair = repair;
    job.sample_share = 1;
    const std::vector<TablePlan> tables = plans();
    return mysql::MysqlValidator().validate({job, tables, nullptr}, control);
}

}  // namespace transload::test
