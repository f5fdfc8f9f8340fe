#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/codec/spec_json.hpp"
#include "orchestrator/plan/error.hpp"

using namespace transload;

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
    spec.cutover.mode = CutoverMode::manual;
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

TEST_CASE("what an older version did not write keeps its default") {
    const JobSpec spec = spec_from_json(parse_own_json(R"({"engine":"native"})", "spec"));
    CHECK(spec.engine == EngineChoice::native);
    CHECK(spec.limits.workers == 4);
    CHECK(spec.tables.include == std::vector<std::string>{"*"});
}

TEST_CASE("a stored spec of wrong types is an error that quotes nothing of it") {
    for (const char* text :
         {R"({"engine":7})", R"({"engine":"warp"})", R"({"source":[]})", R"({"source":{"port":70000}})",
          R"({"source":{"port":-1}})", R"({"limits":{"workers":"x"}})", R"({"tables":{"include":"s3cret"}})",
          R"({"retry":{"backoff":"1s"}})", R"({"retry":{"backoff":"1ms..s3cret"}})", R"({"databases":{}})",
          R"([])"}) {
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
