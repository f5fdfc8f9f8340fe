#include "adapters/shardingsphere/gate/gate.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/sharding_cluster.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace transload::shardingsphere;

namespace {

using Ids = std::vector<std::string>;

/// Every trap that a table can set, and what the gate must say of it while the source is live.
struct Trap {
    std::string table;
    std::string columns;
    std::string reason;
};

const std::vector<Trap> traps{
    {"user", "id INT PRIMARY KEY", "table_name"},
    {"Status", "id INT PRIMARY KEY", "table_name"},
    {"two words", "id INT PRIMARY KEY", "table_name"},
    {"käse", "id INT PRIMARY KEY", "table_name"},
    {"order", "id INT PRIMARY KEY", "reserved_name"},
    {"nullable_unique", "id INT PRIMARY KEY, code INT UNIQUE", "nullable_unique"},
    {"big_key", "id BIGINT UNSIGNED PRIMARY KEY", "unsigned_key"},
    {"json_doc", "id INT PRIMARY KEY, v JSON", "column_type"},
    {"time_edges", "id INT PRIMARY KEY, v TIME", "column_type"},
    {"many_flags", "id INT PRIMARY KEY, v SET('1','2','3','4','5','6','7','8')", "column_type"},
    {"no_key", "a INT, b INT", "no_key"},
    {"computed", "id INT PRIMARY KEY, v INT AS (id + 1)", "generated_column"},
    {"place", "id INT PRIMARY KEY, v POINT NOT NULL", "column_type"},
    {"price", "id INT PRIMARY KEY, v FLOAT", "column_type"},
    {"old_text", "id INT PRIMARY KEY, v VARCHAR(20) CHARACTER SET latin1", "column_charset"},
    {"ascii_text", "id INT PRIMARY KEY, v VARCHAR(20) CHARACTER SET ascii", "definition"},
    {"binary_key", "id BINARY(16) PRIMARY KEY", "key_type"},
    {"by_expression", "id INT PRIMARY KEY, v VARCHAR(9), KEY f ((lower(v)))", "functional_index"},
    {"touched", "id INT PRIMARY KEY, v TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP", "on_update"},
    {"child", "id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES good (id) ON DELETE CASCADE", "cascade"},
    {"index_words", "id INT PRIMARY KEY, v INT, KEY `a b` (v)", "index_name"},
    {"column_words", "id INT PRIMARY KEY, `[v]` INT", "column_name"},
    {"zero_day", "id INT PRIMARY KEY, v DATE", "zero_dates"},
};

struct Job {
    explicit Job(std::size_t proxies = 1)
        : source(shared_server(Flavour::mysql80, "gate-source")),
          target(shared_server(Flavour::mysql80, "gate-target")),
          database({&source, &target}) {
        std::string script = "CREATE TABLE good (id INT PRIMARY KEY, v VARCHAR(20));";
        for (const Trap& trap : traps) script += "CREATE TABLE `" + trap.table + "` (" + trap.columns + ");";
        script +=
            "INSERT INTO big_key VALUES (9223372036854775808); SET SESSION sql_mode = ''; "
            "INSERT INTO zero_day VALUES (1, '0000-00-00')";
        sql(source, script, database.name());
        spec = job_of(source, target, database.name());
        for (std::size_t i = 0; i < proxies; ++i)
            spec.shardingsphere.proxies.push_back(
                shared_cluster(static_cast<unsigned>(proxies)).proxy(i).options());
        plans = plan_of(spec);
    }

    Findings choose() {
        QuietControl control;
        return ShardingSphereGate().choose(spec, plans, control);
    }
    const TablePlan& plan(const std::string& table) const {
        for (const TablePlan& each : plans)
            if (each.source.table == table) return each;
        throw std::runtime_error("no plan of " + table);
    }

    const TestServer& source;
    const TestServer& target;
    TestDatabase database;
    JobSpec spec;
    std::vector<TablePlan> plans;
};

}  // namespace

TEST_CASE(
    "with engine auto each trap goes to the native engine and says why, and the rest to ShardingSphere") {
    NEEDS_SHARDING_CLUSTER();
    Job job;
    const Findings findings = job.choose();
    INFO(describe(findings));
    CHECK(errors(findings) == Ids{});
    CHECK(job.plan("good").engine == EngineChoice::shardingsphere);
    for (const Trap& trap : traps) {
        CAPTURE(trap.table);
        CHECK(job.plan(trap.table).engine == EngineChoice::native);
        const Finding* finding =
            find(findings, "shardingsphere." + trap.reason, job.database.name() + "." + trap.table);
        REQUIRE(finding);
        CHECK(finding->severity == Severity::info);
        CHECK_FALSE(finding->remedy.empty());
    }
    CHECK_FALSE(std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.object == job.database.name() + ".good";
    }));
}

TEST_CASE("with engine shardingsphere each trap is an error") {
    NEEDS_SHARDING_CLUSTER();
    Job job;
    job.spec.engine = EngineChoice::shardingsphere;
    const Findings findings = job.choose();
    INFO(describe(findings));
    for (const Trap& trap : traps) {
        CAPTURE(trap.table);
        const Finding* finding =
            find(findings, "shardingsphere." + trap.reason, job.database.name() + "." + trap.table);
        REQUIRE(finding);
        CHECK(finding->severity == Severity::error);
    }
}

TEST_CASE("a proxy of another namespace than the job names, or named twice, is refused") {
    NEEDS_SHARDING_CLUSTER();
    Job job;
    job.spec.engine = EngineChoice::shardingsphere;
    job.spec.shardingsphere.proxies.push_back(job.spec.shardingsphere.proxies[0]);
    CHECK(has(job.choose(), "shardingsphere.proxy_namespace"));
    job.spec.shardingsphere.proxies.pop_back();
    CHECK_FALSE(has(job.choose(), "shardingsphere.proxy_namespace"));
    job.spec.shardingsphere.proxies[0].namespace_name += "x";
    CHECK(has(job.choose(), "shardingsphere.proxy_namespace"));
}

TEST_CASE("a proxy that does not answer ends the choice with an error") {
    NEEDS_SHARDING_CLUSTER();
    Job job;
    job.spec.shardingsphere.proxies[0].endpoint.port = static_cast<std::uint16_t>(free_port());
    CHECK_THROWS_AS(job.choose(), Error);
}

TEST_CASE("a sharded target: tables with a rule are marked, and what can't exist over shards is told") {
    NEEDS_SHARDING_CLUSTER();
    Job job;
    sql(job.source,
        "CREATE TABLE orders (id INT PRIMARY KEY, customer INT NOT NULL);"
        "CREATE TABLE kinds (id INT PRIMARY KEY);"
        "CREATE VIEW all_orders AS SELECT * FROM orders;"
        "CREATE TRIGGER on_orders BEFORE INSERT ON orders FOR EACH ROW SET NEW.id = NEW.id",
        job.database.name());
    job.spec.tables.include = {"orders", "kinds", "all_orders"};
    ShardedTarget sharded;
    sharded.database = job.database.name();
    sharded.units = {{"ds_0", job.spec.target, job.database.name()},
                     {"ds_1", job.spec.target, job.database.name() + "x"}};
    sharded.default_unit = "ds_0";
    sharded.rules = {{"orders", {"ds_0", "ds_1"}, "customer", "hash_mod", {{"sharding-count", "4"}}}};
    job.spec.sharding = sharded;
    job.plans = plan_of(job.spec);
    Findings findings = job.choose();
    INFO(describe(findings));
    CHECK(job.plan("orders").sharded);
    CHECK(job.plan("orders").engine == EngineChoice::shardingsphere);
    CHECK_FALSE(job.plan("kinds").sharded);
    CHECK(errors(findings) == Ids{"shardingsphere.sharding_program", "shardingsphere.sharding_trigger"});
    CHECK(has(findings, "shardingsphere.sharding_uniqueness", job.database.name() + ".orders"));
    job.spec.sharding->leave_out_unsupported = true;
    findings = job.choose();
    CHECK(errors(findings) == Ids{});
    CHECK(find(findings, "shardingsphere.sharding_trigger")->severity == Severity::warning);
    // A sharded table has no other way than ShardingSphere.
    sql(job.source, "ALTER TABLE orders ADD price FLOAT", job.database.name());
    job.plans = plan_of(job.spec);
    findings = job.choose();
    REQUIRE(find(findings, "shardingsphere.column_type"));
    CHECK(find(findings, "shardingsphere.column_type")->severity == Severity::error);
}
