#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/codec/spec_json.hpp"
#include "orchestrator/plan/error.hpp"

using namespace transload;
using namespace std::chrono_literals;

namespace {

JobSpec unusual_spec() {
    JobSpec spec;
    spec.source = {"mysql",
                   "db\"1\".example",
                   3307,
                   "näme@x",
                   Secret("s3cret-source"),
                   {TlsMode::verify_full, "/etc/ca.pem", "/etc/c.pem", "/etc/k.pem"},
                   std::chrono::milliseconds{250}};
    spec.target = {
        "mysql", "::1", 65535, "u", Secret("s3cret-target"), {}, std::chrono::milliseconds{10'000}};
    spec.databases = {{"zeta", "alpha"}, {"a b`c", "d.e"}};
    spec.engine = EngineChoice::native;
    spec.tables = {{"a*", "b"}, {"tmp_?"}};
    spec.if_exists = IfExists::truncate;
    spec.validate = ValidationLevel::sample;
    spec.sample_share = 0.125;
    spec.sample_seed = 18'446'744'073'709'551'615ULL;
    spec.repair = true;
    spec.show_values = true;
    spec.cutover = {CutoverMode::manual, WriteStopMethod::hook, {}, {"/bin/stop it", "--now\n", "ä"}, 90s,
                    OpenTransactions::kill, 11s, 700ms, true, {{"/bin/tell", "us"}, "https://h/x?y=1", 3s}};
    spec.follow = {DdlPolicy::apply, 600s};
    spec.mappings = {{"shop.or`ders", "orders_v2", "", "", {{"a", "b"}, {"ü", "c d"}}, {"x", "y"}, "id > 3 AND 'ä' = \"\""},
                     {"*", "", "old_", "_new", {}, {}, ""}};
    spec.shardingsphere.proxies = {{spec.source, "ns-1", "z1:2181,z2:2181"}, {spec.target, "ns-2", ""}};
    spec.shardingsphere.tables_at_once = 2;
    spec.shardingsphere.read_threads = 3;
    spec.shardingsphere.write_threads = 5;
    spec.shardingsphere.batch_size = 6;
    spec.shardingsphere.range_rows = 7;
    spec.shardingsphere.stall = 8s;
    spec.definers = {DefinerPolicy::map, "app@%"};
    spec.target_log_bin = false;
    spec.limits = {7, 1, 2, 3ULL << 40, std::chrono::milliseconds{1}, 4, 5};
    spec.retry = {9, std::chrono::milliseconds{20}, std::chrono::milliseconds{30}};
    spec.liquibase = {"/opt/l b", "/usr/bin/java", std::chrono::milliseconds{1234}};
    spec.schema_dir = "/var/x";
    spec.start = false;
    return spec;
}

}  // namespace

TEST_CASE("a spec comes back from JSON as it was, without its passwords") {
    const JobSpec spec = unusual_spec();
    const std::string text = json_text(spec_to_json(spec));
    CHECK(text.find("s3cret") == std::string::npos);

    const JobSpec back = spec_from_json(parse_own_json(text, "spec"));
    CHECK(json_text(spec_to_json(back)) == text);
    CHECK(back.source.password.empty());
    CHECK(back.source.host == spec.source.host);
    CHECK(back.source.tls.mode == TlsMode::verify_full);
    CHECK(back.databases[0].source == "zeta");
    CHECK(back.databases[1].target == "d.e");
    CHECK(back.sample_seed == spec.sample_seed);
    CHECK(back.sample_share == spec.sample_share);
    CHECK(back.definers.policy == DefinerPolicy::map);
    CHECK(back.definers.account == "app@%");
    CHECK(back.limits.memory == spec.limits.memory);
    CHECK(back.retry.backoff_max == spec.retry.backoff_max);
    CHECK(back.liquibase.timeout == spec.liquibase.timeout);
    CHECK_FALSE(back.target_log_bin);
    CHECK_FALSE(back.start);
}

TEST_CASE("cutover and proxies come back from JSON as they were") {
    const JobSpec spec = unusual_spec();
    const JobSpec back = spec_from_json(spec_to_json(spec));
    CHECK(back.cutover.mode == CutoverMode::manual);
    CHECK(back.cutover.write_stop == WriteStopMethod::hook);
    CHECK(back.cutover.hook == spec.cutover.hook);
    CHECK(back.cutover.timeout == 90s);
    REQUIRE(back.shardingsphere.proxies.size() == 2);
    CHECK(back.shardingsphere.proxies[0].endpoint.host == spec.source.host);
    CHECK(back.shardingsphere.proxies[0].endpoint.tls.ca == "/etc/ca.pem");
    CHECK(back.shardingsphere.proxies[0].endpoint.password.empty());
    CHECK(back.shardingsphere.proxies[0].namespace_name == "ns-1");
    CHECK(back.shardingsphere.proxies[0].zookeeper == "z1:2181,z2:2181");
    CHECK(back.shardingsphere.proxies[1].zookeeper.empty());
    CHECK(back.shardingsphere.tables_at_once == 2);
    CHECK(back.shardingsphere.read_threads == 3);
    CHECK(back.shardingsphere.write_threads == 5);
    CHECK(back.shardingsphere.batch_size == 6);
    CHECK(back.shardingsphere.range_rows == 7);
    CHECK(back.shardingsphere.stall == 8s);
    CHECK_FALSE(back.sharding);
}

TEST_CASE("a sharded target comes back from JSON as it was, and gives the target its default unit") {
    JobSpec spec = unusual_spec();
    ShardedTarget sharding;
    sharding.database = "shop";
    sharding.units = {{"ds_1", spec.source, "shop_1"}, {"ds_0", spec.target, "shop_0"}};
    sharding.default_unit = "ds_0";
    sharding.rules = {{"orders", {"ds_1", "ds_0"}, "user_id", "hash_mod", {{"sharding-count", "4"}}},
                      {"a table", {"ds_0"}, "a \"b\"", "mod", {}}};
    sharding.leave_out_unsupported = true;
    spec.sharding = sharding;
    spec.target = sharding.units[1].endpoint;
    const std::string text = json_text(spec_to_json(spec));
    CHECK(text.find("s3cret") == std::string::npos);

    const JobSpec back = spec_from_json(parse_own_json(text, "spec"));
    CHECK(json_text(spec_to_json(back)) == text);
    CHECK(back.target.host == "::1");
    CHECK(back.target.port == 65535);
    REQUIRE(back.sharding);
    CHECK(back.sharding->database == "shop");
    CHECK(back.sharding->default_unit == "ds_0");
    CHECK(back.sharding->leave_out_unsupported);
    REQUIRE(back.sharding->units.size() == 2);
    CHECK(back.sharding->units[0].name == "ds_1");
    CHECK(back.sharding->units[0].database == "shop_1");
    CHECK(back.sharding->units[0].endpoint.port == 3307);
    REQUIRE(back.sharding->rules.size() == 2);
    CHECK(back.sharding->rules[0].table == "orders");
    CHECK(back.sharding->rules[0].units == sharding.rules[0].units);
    CHECK(back.sharding->rules[0].properties == sharding.rules[0].properties);
    CHECK(back.sharding->rules[1].column == "a \"b\"");
    CHECK(back.sharding->rules[1].algorithm == "mod");
}

TEST_CASE("what an older version did not write keeps its default") {
    const JobSpec spec = spec_from_json(parse_own_json(R"({"engine":"native"})", "spec"));
    CHECK(spec.engine == EngineChoice::native);
    CHECK(spec.limits.workers == 4);
    CHECK(spec.cutover.mode == CutoverMode::none);
    CHECK(spec.cutover.timeout == 60s);
    CHECK(spec.shardingsphere.proxies.empty());
    CHECK_FALSE(spec.sharding);
    CHECK(spec_from_json(parse_own_json(R"({"cutover":{"mode":"auto"}})", "spec")).cutover.write_stop ==
          WriteStopMethod::super_read_only);
    CHECK(spec.tables.include == std::vector<std::string>{"*"});
}

TEST_CASE("a stored spec of wrong types is an error that quotes nothing of it") {
    for (const char* text :
         {R"({"engine":7})", R"({"engine":"warp"})", R"({"source":[]})", R"({"source":{"port":70000}})",
          R"({"source":{"port":-1}})", R"({"limits":{"workers":"x"}})", R"({"tables":{"include":"s3cret"}})",
          R"({"retry":{"backoff":"1s"}})", R"({"retry":{"backoff":"1ms..s3cret"}})", R"({"databases":{}})",
          R"({"cutover":{"hook":"s3cret"}})", R"({"cutover":{"write_stop":"s3cret"}})",
          R"({"shardingsphere":{"proxies":{}}})", R"({"shardingsphere":{"stall":"1s"}})",
          R"({"target":{"sharding":{"units":["s3cret"]}}})",
          R"({"target":{"sharding":{"tables":{"t":{"properties":{"a":1}}}}}})", R"([])"}) {
        CAPTURE(text);
        try {
            (void)spec_from_json(parse_own_json(text, "spec"));
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.id() == "codec.malformed");
            CHECK(error.message().find("s3cret") == std::string::npos);
        }
    }
}

TEST_CASE("text that is not JSON is an error that quotes nothing of it") {
    CHECK_THROWS_AS((void)parse_own_json("{\"s3cret", "spec"), Error);
}

TEST_CASE("how a job cuts over, follows and maps comes back from JSON as it was") {
    const JobSpec spec = unusual_spec();
    const JobSpec back = spec_from_json(spec_to_json(spec));
    CHECK(back.cutover.open_transactions == OpenTransactions::kill);
    CHECK(back.cutover.transaction_limit == 11s);
    CHECK(back.cutover.max_lag == 700ms);
    CHECK(back.cutover.reverse);
    CHECK(back.cutover.hand_over.command == spec.cutover.hand_over.command);
    CHECK(back.cutover.hand_over.webhook == "https://h/x?y=1");
    CHECK(back.cutover.hand_over.timeout == 3s);
    CHECK(back.follow.ddl == DdlPolicy::apply);
    CHECK(back.follow.validate_every == 600s);
    REQUIRE(back.mappings.size() == 2);
    CHECK(back.mappings[0].match == "shop.or`ders");
    CHECK(back.mappings[0].rename == "orders_v2");
    CHECK(back.mappings[0].columns == spec.mappings[0].columns);
    CHECK(back.mappings[0].leave_out == spec.mappings[0].leave_out);
    CHECK(back.mappings[0].where == spec.mappings[0].where);
    CHECK(back.mappings[1].prefix == "old_");
    CHECK(back.mappings[1].suffix == "_new");

    JobSpec revoking;
    revoking.cutover.write_stop = WriteStopMethod::revoke;
    revoking.cutover.accounts = {"app@%", "b@10.0.0.1"};
    CHECK(spec_from_json(spec_to_json(revoking)).cutover.accounts == revoking.cutover.accounts);
}

TEST_CASE("a spec that was stored before jobs followed has the defaults for what it does not say") {
    Json old = spec_to_json(unusual_spec());
    old.erase("follow");
    old.erase("mapping");
    for (const char* member : {"accounts", "open_transactions", "transaction_limit", "max_lag", "reverse", "hand_over"})
        old["cutover"].erase(member);
    const JobSpec back = spec_from_json(old);
    CHECK(back.cutover.timeout == 90s);
    CHECK(back.cutover.accounts.empty());
    CHECK(back.cutover.open_transactions == OpenTransactions::wait);
    CHECK(back.cutover.transaction_limit == 10s);
    CHECK(back.cutover.max_lag == 1s);
    CHECK_FALSE(back.cutover.reverse);
    CHECK(back.cutover.hand_over.webhook.empty());
    CHECK(back.follow.ddl == DdlPolicy::stop);
    CHECK(back.follow.validate_every == 0s);
    CHECK(back.mappings.empty());
}
