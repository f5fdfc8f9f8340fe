#include "tests/shardingsphere/distsql/proxy_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace transload::test {
namespace {

using namespace std::chrono_literals;
using shardingsphere::CheckStatus;
using shardingsphere::MigrationEntry;
using shardingsphere::MigrationStatus;

template <class Act>
void quietly(Act act) {
    try {
        act();
    } catch (const std::exception&) {
        // Clean-up after a test that may have ended anywhere.
    }
}

}  // namespace

Endpoint endpoint_of(const TestServer& server, const std::string& user, const std::string& password) {
    Endpoint result;
    result.host = server.host();
    result.port = static_cast<std::uint16_t>(server.port());
    result.user = user;
    result.password = Secret(password);
    return result;
}

ProxyWorld::ProxyWorld()
    : source_(shared_server(Flavour::mysql80, proxy_source)),
      target_(shared_server(Flavour::mysql80, "target")),
      database_({&source_, &target_}),
      server_(shared_cluster().proxy()),
      proxy_(server_.options()) {
    proxy_.create_database(database());
    proxy_.use(database());
}

ProxyWorld::~ProxyWorld() {
    quietly([&] {
        const auto left = proxy_.migrations();
        for (const MigrationEntry& job : left) {
            quietly([&] { proxy_.stop_migration(job.id); });
            quietly([&] { proxy_.commit_migration(job.id); });
        }
        // The next case's migration of the same name would get the same id, and hang when it follows at once.
        if (!left.empty()) std::this_thread::sleep_for(std::chrono::seconds(6));
        for (const auto& unit : proxy_.source_units())
            quietly([&] { proxy_.unregister_source_unit(unit.name); });
        proxy_.drop_database(database());
    });
}

shardingsphere::UnitDefinition ProxyWorld::source_unit(const std::string& name) const {
    return {.name = name, .endpoint = endpoint_of(source_, TestServer::user(), source_.password()),
            .database = database(), .max_pool_size = 10};
}

shardingsphere::UnitDefinition ProxyWorld::target_unit(const std::string& name) const {
    return {.name = name, .endpoint = endpoint_of(target_, TestServer::user(), target_.password()),
            .database = database(), .max_pool_size = 10};
}

void ProxyWorld::register_units() {
    proxy_.register_source_unit(source_unit());
    proxy_.register_storage_unit(target_unit());
}

void ProxyWorld::on_source(const std::string& script) const { sql(source_, script, database()); }
void ProxyWorld::on_target(const std::string& script) const { sql(target_, script, database()); }

std::string ProxyWorld::migrate(const std::string& table, const std::string& target_table, const std::string& unit) {
    const auto before = proxy_.migrations();
    proxy_.migrate_table(unit, table, database(), target_table);
    for (const MigrationEntry& job : proxy_.migrations()) {
        const auto same = [&](const MigrationEntry& old) { return old.id == job.id; };
        if (std::none_of(before.begin(), before.end(), same)) {
            CHECK(job.tables == unit + "." + table);
            return job.id;
        }
    }
    FAIL("no job for " << table);
    return {};
}

void ProxyWorld::follow(const std::string& id) {
    MigrationStatus status;
    const bool done = eventually(
        [&] {
            status = proxy_.migration_status(id).value();
            return status.inventory_done() || !status.error_message.empty();
        },
        120s, 250ms);
    INFO(status.status << " " << status.error_message);
    REQUIRE(done);
    REQUIRE(status.error_message.empty());
}

CheckStatus ProxyWorld::checked(const std::string& id) {
    proxy_.check_migration(id, 100);
    CheckStatus status;
    REQUIRE(eventually(
        [&] {
            const auto told = proxy_.check_status(id);
            if (told) status = *told;
            return told && !told->active;
        },
        60s, 250ms));
    return status;
}

}  // namespace transload::test
