#include "tests/shardingsphere/move/move.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "adapters/shardingsphere/distsql/proxy.hpp"

namespace transload::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

const std::set<std::string> own_databases{"information_schema", "mysql", "performance_schema", "sys", "shardingsphere"};

void empty(TestServer& server) {
    if (!eventually([&] { try { (void)value(server, "SELECT 1"); return true; } catch (const std::exception&) { return false; } }, 1s))
        server.restart();
    sql(server, "SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF");
    for (const Row& row : query(server, "SHOW DATABASES"))
        if (!own_databases.contains(row.at(0).value_or("")))
            sql(server, "DROP DATABASE " + identifier(row.at(0).value_or("")));
}

/// A proxy that was just started answers at once and knows what it is told a moment later.
template <class Act>
void insist(Act act) {
    std::string said;
    if (!eventually([&] { try { act(); return true; } catch (const std::exception& error) { said = error.what(); return false; } }, 30s, 500ms))
        FAIL("the proxy can't be emptied: " << said);
}

void empty(TestProxy& server) {
    if (!server.running()) server.start();
    insist([&] {
        shardingsphere::Proxy proxy(server.options());
        for (const std::string& database : proxy.databases()) {
            if (own_databases.contains(database)) continue;
            proxy.use(database);
            for (const auto& entry : proxy.migrations()) proxy.commit_migration(entry.id);
            for (const auto& unit : proxy.source_units()) proxy.unregister_source_unit(unit.name);
            proxy.drop_database(database);
        }
    });
}

}  // namespace

World::World()
    : cluster(2),
      source(TestServer::start(Flavour::mysql80)),
      target(TestServer::start(Flavour::mysql80)),
      shard(TestServer::start(Flavour::mysql80)) {}

World& fresh_world() {
    static World world;
    for (std::size_t i = 0; i < world.cluster.size(); ++i) empty(world.cluster.proxy(i));
    for (TestServer* server : {&world.source, &world.target, &world.shard}) empty(*server);
    return world;
}

Move::Move(World& world, std::string database, unsigned proxies, const std::string& cutover)
    : world_(world), database_(std::move(database)) {
    json list = json::array();
    for (unsigned i = 0; i < proxies; ++i) {
        const ProxyOptions options = world.cluster.proxy(i).options();
        list.push_back({{"url", "mysql://root@127.0.0.1:" + std::to_string(options.endpoint.port)},
                        {"namespace", options.namespace_name},
                        {"zookeeper", options.zookeeper}});
    }
    job = {{"source", url(world.source, database_)},
           {"target", url(world.target, database_)},
           {"engine", "shardingsphere"},
           {"cutover", {{"mode", cutover}}},
           {"shardingsphere", {{"proxies", list}}},
           {"schema_dir", (folder_ / "schema").string()},
           {"state_dir", (folder_ / "state").string()}};
}

ProcessOptions Move::options() const {
    ProcessOptions options;
    options.environment["TRANSLOAD_SOURCE_PASSWORD"] = world_.source.password();
    options.environment["TRANSLOAD_TARGET_PASSWORD"] = world_.target.password();
    options.environment["TRANSLOAD_SHARDINGSPHERE_PASSWORD"] = world_.cluster.proxy().options().endpoint.password.reveal();
    options.directory = folder_.path();
    return options;
}

Process Move::start() const {
    folder_.write("job.yaml", job.dump(2) + "\n");  // JSON is YAML too
    return Process({transload_program().string(), "migrate", (folder_ / "job.yaml").string(), "--json"}, options());
}

ProcessResult Move::run(std::chrono::seconds limit) const { return start().wait(limit); }

std::string Move::job_id() const {
    const ProcessResult listed =
        test::run({transload_program().string(), "job", "list", "--state-dir", (folder_ / "state").string()}, options());
    INFO(listed.err);
    REQUIRE(listed.out.size() > 10);
    return listed.out.substr(0, listed.out.find(' '));
}

ProcessResult Move::command(const std::string& name, std::chrono::seconds limit) const {
    return test::run({transload_program().string(), "job", name, job_id(), "--state-dir", (folder_ / "state").string()},
                     options(), limit);
}

std::vector<std::string> leftovers(World& world) {
    std::vector<std::string> found;
    for (const TestServer* server : {&world.target, &world.shard})
        for (const Row& row : query(*server, "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE "
                                             "table_schema = '_transload' OR table_name LIKE 'tl\\_%' UNION ALL SELECT schema_name "
                                             "FROM information_schema.schemata WHERE schema_name = '_transload'"))
            found.push_back(row.at(0).value_or(""));
    for (std::size_t i = 0; i < world.cluster.size(); ++i) {
        if (!world.cluster.proxy(i).running()) continue;
        const std::string name = world.cluster.proxy(i).options().namespace_name + ": ";
        insist([&] {
            std::vector<std::string> here;
            shardingsphere::Proxy proxy(world.cluster.proxy(i).options());
            for (const std::string& database : proxy.databases()) {
                if (own_databases.contains(database)) continue;
                proxy.use(database);
                break;
            }
            for (const auto& entry : proxy.migrations()) here.push_back(name + "migration " + entry.id + " of " + entry.tables);
            for (const auto& unit : proxy.source_units()) here.push_back(name + "source unit " + unit.name);
            found.insert(found.end(), here.begin(), here.end());
        });
    }
    return found;
}

void check_moved(World& world, const std::string& database) {
    CHECK(row_differences(world.source, database, world.target, database) == std::vector<std::string>{});
    CHECK(schema_differences(world.source, database, world.target, database) == std::vector<std::string>{});
    CHECK(leftovers(world) == std::vector<std::string>{});
}

void check_done(World& world, const ProcessResult& result) {
    INFO(result.err);
    INFO(result.out);
    REQUIRE(result.exit_code == 0);
    const json report = report_of(result);
    CHECK(report.at("state") == "DONE");
    CHECK(report.at("validation").at("mismatches") == 0);
    CHECK(report.at("cutover").at("state") == "over");
    CHECK(report.at("cutover").at("drain_proof").get<std::string>().size() > 10);
    CHECK(report.at("cutover").at("position").get<std::string>().find(':') != std::string::npos);
    CHECK(report.at("timings").at("write_stop_seconds") > 0);
    if (report.at("cutover").at("method") == "super_read_only") CHECK(value(world.source, "SELECT @@global.super_read_only") == "1");
}

bool takes_writes(const TestServer& source) {
    return value(source, "SELECT @@global.super_read_only + @@global.read_only") == "0";
}

}  // namespace transload::test
