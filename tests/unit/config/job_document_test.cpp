#include "adapters/config/job_document.hpp"

#include <nlohmann/json.hpp>

#include "adapters/config/document.hpp"
#include "orchestrator/codec/spec_json.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::error_of;
using namespace std::chrono_literals;

TEST_CASE("a job file with everything is read") {
    const test::TempDir dir;
    const std::string password_file = dir.write("pw", "se cret\n").string();
    const JobSpec spec = job_spec_from(parse_yaml(R"(
source: mysql://u:p@s:3307/shop
target: {host: "::1", port: 3310, user: v, password_file: )" +
                                                      password_file + R"(, database: shop2,
         tls: {mode: verify-full, ca: /ca, cert: /c, key: /k}, connect_timeout: 2s}
engine: native
tables: {include: ["*"], exclude: ["tmp_*"]}
if_exists: empty_ok
validate: {level: sample, share: 0.5, seed: 18446744073709551615}
repair: true
show_values: true
cutover: {mode: manual}
definers: {map: app@%}
target_log_bin: false
limits: {workers: 8, rows_per_second: 1000, bytes_per_second: 10MB, memory: 256MiB, replica_lag: 500ms,
         threads_running: 50, history_list_length: 100000}
retry: {attempts: 3, backoff: 100ms..2s}
liquibase: {home: /opt/liquibase, java: /usr/bin/java, timeout: 10m}
schema_dir: ./out
state_dir: ./state
start: false
)",
                                                  "f"));
    CHECK(spec.source.password.reveal() == "p");
    CHECK(spec.target.password.reveal() == "se cret");
    CHECK(spec.target.host == "::1");
    CHECK(spec.target.tls.mode == TlsMode::verify_full);
    CHECK(spec.target.connect_timeout == 2s);
    CHECK(spec.databases.at(0).target == "shop2");
    CHECK(spec.engine == EngineChoice::native);
    CHECK(spec.tables.exclude.at(0) == "tmp_*");
    CHECK(spec.if_exists == IfExists::empty_ok);
    CHECK(spec.validate == ValidationLevel::sample);
    CHECK(spec.sample_share == 0.5);
    CHECK(spec.sample_seed == 18'446'744'073'709'551'615ULL);
    CHECK(spec.repair);
    CHECK(spec.show_values);
    CHECK(spec.cutover.mode == CutoverMode::manual);
    CHECK(spec.definers.account == "app@%");
    CHECK_FALSE(spec.target_log_bin);
    CHECK(spec.limits.workers == 8);
    CHECK(spec.limits.bytes_per_second == 10'000'000);
    CHECK(spec.limits.memory == 256ULL << 20);
    CHECK(spec.limits.replica_lag == 500ms);
    CHECK(spec.limits.threads_running == 50);
    CHECK(spec.retry.attempts == 3);
    CHECK(spec.retry.backoff_min == 100ms);
    CHECK(spec.retry.backoff_max == 2s);
    CHECK(spec.liquibase.timeout == 10min);
    CHECK(spec.schema_dir == "./out");
    CHECK_FALSE(spec.start);
}

TEST_CASE("the shortest job has the defaults of its type") {
    const JobSpec spec =
        job_spec_from(parse_json(R"({"source":"mysql://u@s/shop","target":"mysql://u@t"})", "f"));
    JobSpec expected;
    expected.source.host = "s";
    expected.target.host = "t";
    expected.source.user = expected.target.user = "u";
    expected.databases = {{"shop", "shop"}};
    CHECK(json_text(spec_to_json(spec)) == json_text(spec_to_json(expected)));
}

TEST_CASE("short forms stand for the long ones") {
    const std::string head = "source: mysql://u@s/shop\ntarget: {host: t, user: u, tls: required}\n";
    CHECK(job_spec_from(parse_yaml(head, "f")).target.tls.mode == TlsMode::required);
    CHECK(job_spec_from(parse_yaml(head + "cutover: auto\n", "f")).cutover.mode == CutoverMode::automatic);
    CHECK(job_spec_from(parse_yaml(head + "validate: rows\n", "f")).validate == ValidationLevel::rows);
    CHECK(job_spec_from(parse_yaml(head + "definers: strip\n", "f")).definers.policy == DefinerPolicy::strip);
    CHECK(job_spec_from(parse_yaml(head + "retry: {backoff: 5s}\n", "f")).retry.backoff_max == 5s);
}

TEST_CASE("passwords that look like other types stay what they are") {
    for (const char* password : {"007", "true", "1e3", "null_", "12:30", "no"}) {
        const std::string yaml = std::string("source: {host: s, user: u, database: d, password: ") +
                                 password + "}\ntarget: mysql://u@t\n";
        CHECK(job_spec_from(parse_yaml(yaml, "f")).source.password.reveal() == password);
    }
}

TEST_CASE("the spec that the store holds is itself a valid job document") {
    JobSpec spec;
    spec.source.host = "s";
    spec.source.user = "u";
    spec.source.tls = {TlsMode::verify_ca, "/ca", "/c", "/k"};
    spec.target.host = "fe80::1";
    spec.target.user = "v w";
    spec.databases = {{"zeta", "a"}, {"b", "c`d"}};
    spec.definers = {DefinerPolicy::map, "a@b"};
    spec.validate = ValidationLevel::sample;
    spec.sample_share = 0.1;
    spec.limits.memory = 1ULL << 30;
    const std::string text = json_text(spec_to_json(spec));
    CHECK(json_text(spec_to_json(job_spec_from(parse_json(text, "f")))) == text);
    CHECK(json_text(spec_to_json(job_spec_from(parse_yaml(text, "f")))) == text);
}

TEST_CASE("a remote document takes files and programs from the server only") {
    JobRules rules;
    rules.schema_dir = "/srv/schema";
    rules.liquibase.home = "/srv/liquibase";
    const std::string plain = R"("source":"mysql://u@s/shop","target":"mysql://u@t")";
    const JobSpec spec = job_spec_from_request("{" + plain + "}", rules);
    CHECK(spec.schema_dir == "/srv/schema");
    CHECK(spec.liquibase.home == "/srv/liquibase");
    for (const char* more :
         {R"("schema_dir":"/etc")", R"("state_dir":"/etc")", R"("liquibase":{"java":"/tmp/evil"})",
          R"("source_password_file":"/etc/shadow")", R"("target_password_file":"/etc/shadow")"}) {
        CAPTURE(more);
        CHECK(error_of([&] { (void)job_spec_from_request("{" + plain + "," + more + "}", rules); }).id() ==
              "config.not_allowed");
    }
    const char* nested =
        R"({"source":{"host":"s","user":"u","database":"d","password_file":"/etc/shadow"},"target":"mysql://u@t"})";
    const Error error = error_of([&] { (void)job_spec_from_request(nested, rules); });
    CHECK(error.id() == "config.not_allowed");
    CHECK(error.object() == "source.password_file");
}

TEST_CASE("a remote document can't have a server's certificate shown to a host of its choice, nor its files read") {
    struct Case {
        std::string members;
        const char* path;
    };
    const std::string source = R"("source":"mysql://u@s/shop")", target = R"("target":"mysql://u@t")";
    const auto sharded = [&](const std::string& unit) {
        return source + R"(,"target":{"sharding":{"database":"shop","units":{"ds_0":)" + unit +
               R"(},"tables":{"t":{"units":["ds_0"],"column":"id","properties":{"sharding-count":1}}}}})";
    };
    for (const Case& wrong : std::initializer_list<Case>{
             {R"("source":"mysql://u@s/shop?tls=verify-ca&ca=/etc/ca.pem",)" + target, "source?ca"},
             {source + R"(,"target":"mysql://u@t?cert=/c.pem")", "target?cert"},
             {source + R"(,"target":"mysql://u@t?key=/k.pem")", "target?key"},
             {R"("source":{"host":"s","user":"u","database":"d","tls":{"ca":"/c"}},)" + target, "source.tls.ca"},
             {source + R"(,"target":{"host":"t","user":"u","tls":{"mode":"required","cert":"/c"}})", "target.tls.cert"},
             {source + R"(,"target":{"host":"t","user":"u","tls":{"key":"/k"}})", "target.tls.key"},
             {source + "," + target + R"(,"shardingsphere":{"proxies":["mysql://u@p?ca=/c"]})",
              "shardingsphere.proxies[0]?ca"},
             {source + "," + target + R"(,"shardingsphere":{"proxies":[{"host":"p","user":"u","tls":{"ca":"/c"}}]})",
              "shardingsphere.proxies[0].tls.ca"},
             {sharded(R"("mysql://u@h/d?key=/k")"), "target.sharding.units.ds_0?key"},
             {sharded(R"({"host":"h","user":"u","database":"d","tls":{"key":"/k"}})"),
              "target.sharding.units.ds_0.tls.key"}}) {
        CAPTURE(wrong.members);
        const Error error = error_of([&] { (void)job_spec_from_request("{" + wrong.members + "}", {}); });
        CHECK(error.id() == "config.not_allowed");
        CHECK(error.object() == wrong.path);
        CHECK(job_spec_from(parse_json("{" + wrong.members + "}", "f")).databases.size() == 1);  // a file may say it
    }
    const JobSpec spec = job_spec_from_request("{" + source + R"(,"target":"mysql://u@t?tls=verify-full"})", {});
    CHECK(spec.target.tls.mode == TlsMode::verify_full);
}
