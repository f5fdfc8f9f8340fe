#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

#include "tests/shardingsphere/distsql/proxy_world.hpp"

using namespace transload;
using namespace transload::shardingsphere;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

bool holds(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

/// The id of the error that `act` throws for want of an answer; "" when there was one.
template <class Act>
std::string no_answer_id(Act act) {
    try {
        act();
    } catch (const ProxyError& error) {
        CHECK(error.no_answer());
        CHECK(error.kind() == ErrorKind::transient);
        return error.id();
    }
    return {};
}

}  // namespace

TEST_CASE("a killed proxy gives no answer at once, and the session goes on in its database when it is back") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.proxy().register_storage_unit(world.target_unit());
    world.server().kill();
    const auto begin = Clock::now();
    CHECK(no_answer_id([&] { (void)world.proxy().migrations(); }) == "shardingsphere.proxy_lost");
    CHECK(no_answer_id([&] { (void)world.proxy().migrations(); }) == "shardingsphere.proxy_unreachable");
    CHECK_FALSE(world.proxy().alive());
    CHECK(Clock::now() - begin < 3s);
    world.server().start();
    CHECK(world.proxy().alive());
    CHECK(world.proxy().run("SHOW STORAGE UNITS").at(0).at("name") == "tgt");
}

TEST_CASE("a proxy that stands still gives no answer within the limit, connected or not, and goes on afterwards") {
    NEEDS_SHARDING_CLUSTER();
    TestProxy& server = shared_cluster().proxy();
    Proxy connected(server.options(), 2s), fresh(server.options(), 2s);
    CHECK(connected.alive());
    server.pause();
    for (Proxy* proxy : {&connected, &fresh}) {
        const auto begin = Clock::now();
        const std::string id = no_answer_id([&] { (void)proxy->migrations(); });
        const auto took = Clock::now() - begin;
        CHECK(id.starts_with("shardingsphere.proxy_"));
        CHECK(took > 1s);
        CHECK(took < 4s);
        CHECK_FALSE(proxy->alive());
    }
    server.resume();
    CHECK(eventually([&] { return connected.alive() && fresh.alive(); }, 20s));
}

TEST_CASE("a proxy that stands still under a statement that may take long is noticed on another session, before its limit") {
    NEEDS_SHARDING_CLUSTER();
    TestProxy& server = shared_cluster().proxy();
    Proxy proxy(server.options(), 5s);  // 20 s for this statement
    CHECK(proxy.alive());
    server.pause();
    const auto begin = Clock::now();
    CHECK(no_answer_id([&] { (void)proxy.run("SHOW MIGRATION RULE"); }) == "shardingsphere.proxy_silent");
    CHECK(Clock::now() - begin > 5s);
    CHECK(Clock::now() - begin < 18s);
    server.resume();
    CHECK(eventually([&] { return proxy.alive(); }, 20s));
    CHECK_NOTHROW(proxy.run("SHOW MIGRATION RULE"));
}

TEST_CASE("a statement without an answer is sent once, and may have been done") {
    NEEDS_SHARDING_CLUSTER();
    TestProxy& server = shared_cluster().proxy();
    Proxy proxy(server.options(), 1s);
    CHECK(proxy.alive());
    server.pause();
    CHECK_FALSE(no_answer_id([&] { proxy.create_database("in_doubt"); }).empty());
    server.resume();
    Proxy other(server.options());
    CHECK(eventually([&] { return holds(other.databases(), "in_doubt"); }, 20s));
    CHECK(code_of([&] { other.create_database("in_doubt"); }) == 1007);
    other.drop_database("in_doubt");
}

TEST_CASE("a wrong password for the proxy is no lost proxy") {
    NEEDS_SHARDING_CLUSTER();
    ProxyOptions options = shared_cluster().proxy().options();
    options.endpoint.password = Secret("wrong");
    Proxy proxy(options);
    CHECK(code_of([&] { (void)proxy.migrations(); }) == 1045);
}

TEST_CASE("a session survives a restart of ZooKeeper") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.proxy().register_storage_unit(world.target_unit());
    shared_cluster().zookeeper().kill();
    shared_cluster().zookeeper().start();
    std::string last;
    CHECK(eventually(
        [&] {
            try {
                (void)world.proxy().migrations();
                return true;
            } catch (const ProxyError& error) {
                last = error.message();
                return false;
            }
        },
        60s, 500ms));
    INFO("last error: " << last);
    CHECK(world.proxy().run("SHOW STORAGE UNITS").at(0).at("name") == "tgt");
    world.proxy().create_sharding_rule({.table = "orders", .units = {"tgt"}, .column = "id", .algorithm = "mod",
                                        .properties = {{"sharding-count", "2"}}});
    CHECK(world.proxy().sharding_rules() == std::vector<std::string>{"orders"});
}
