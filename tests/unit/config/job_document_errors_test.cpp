#include "adapters/config/document.hpp"
#include "adapters/config/job_document.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::contains;
using transload::test::error_of;

namespace {

Error refused(const std::string& members) {
    const std::string text = R"({"source":"mysql://u@s/shop","target":"mysql://u@t",)" + members + "}";
    return error_of([&] { (void)job_spec_from(parse_json(text, "f")); });
}

}  // namespace

TEST_CASE("unknown keys are errors with their path and what was probably meant") {
    CHECK(refused(R"("limits":{"wokers":1})").object() == "limits.wokers");
    CHECK(contains(refused(R"("limits":{"wokers":1})").message(), "did you mean \"workers\""));
    CHECK(contains(refused(R"("engin":"native")").message(), "did you mean \"engine\""));
    CHECK(refused(R"("engin":"native")").id() == "config.unknown_key");
    CHECK(refused(R"("<<":{})").id() == "config.unknown_key");
    CHECK(refused(R"("":1)").id() == "config.unknown_key");
    CHECK(refused("\"" + std::string(10'000, 'k') + "\":1").message().size() < 500);
    const Error line = error_of([] {
        (void)job_spec_from(parse_yaml("source: mysql://u@s/d\ntarget: mysql://u@t\nengin: native\n", "f"));
    });
    CHECK(contains(line.message(), "line 3"));
}

TEST_CASE("a wrong type or range names its path, what is expected and what was there") {
    CHECK(refused(R"("limits":{"workers":"x"})").message() ==
          "limits.workers: expected a number from 1 to 64, got \"x\"");
    struct Case {
        const char* members;
        const char* path;
    };
    for (const Case& wrong : std::initializer_list<Case>{
             {R"("limits":{"workers":0})", "limits.workers"},
             {R"("limits":{"workers":65})", "limits.workers"},
             {R"("limits":{"workers":-1})", "limits.workers"},
             {R"("limits":{"workers":1.5})", "limits.workers"},
             {R"("limits":{"workers":1e1})", "limits.workers"},
             {R"("limits":{"workers":99999999999999999999999})", "limits.workers"},
             {R"("limits":{"workers":null})", "limits.workers"},
             {R"("limits":{"workers":true})", "limits.workers"},
             {R"("limits":{"workers":[4]})", "limits.workers"},
             {R"("limits":{"memory":"1KiB"})", "limits.memory"},
             {R"("limits":{"memory":"128 megs"})", "limits.memory"},
             {R"("limits":{"memory":-5})", "limits.memory"},
             {R"("limits":{"bytes_per_second":"18446744073709551615GiB"})", "limits.bytes_per_second"},
             {R"("limits":{"replica_lag":5})", "limits.replica_lag"},
             {R"("limits":{"replica_lag":"25h"})", "limits.replica_lag"},
             {R"("limits":null)", "limits"},
             {R"("limits":[])", "limits"},
             {R"("limits":"fast")", "limits"},
             {R"("retry":{"attempts":0})", "retry.attempts"},
             {R"("retry":{"backoff":"60s..1s"})", "retry.backoff"},
             {R"("retry":{"backoff":"0..1s"})", "retry.backoff"},
             {R"("retry":{"backoff":".."})", "retry.backoff"},
             {R"("retry":{"backoff":7})", "retry.backoff"},
             {R"("engine":"nativ")", "engine"},
             {R"("engine":null)", "engine"},
             {R"("engine":{"native":true})", "engine"},
             {R"("validate":"all")", "validate"},
             {R"("validate":{"level":"sample","share":0})", "validate.share"},
             {R"("validate":{"level":"sample","share":1.1})", "validate.share"},
             {R"("validate":{"level":"sample","share":-0.5})", "validate.share"},
             {R"("validate":{"level":"sample","share":"half"})", "validate.share"},
             {R"("validate":{"seed":-1})", "validate.seed"},
             {R"("repair":"true")", "repair"},
             {R"("repair":1)", "repair"},
             {R"("start":"no")", "start"},
             {R"("cutover":{"mode":"now"})", "cutover.mode"},
             {R"("definers":"map")", "definers"},
             {R"("definers":{"map":"app"})", "definers.map"},
             {R"("definers":{"map":"@h"})", "definers.map"},
             {R"("definers":{})", "definers.map"},
             {R"("tables":"a")", "tables"},
             {R"("tables":{"include":"a"})", "tables.include"},
             {R"("tables":{"include":[]})", "tables"},
             {R"("tables":{"include":[1]})", "tables.include[0]"},
             {R"("tables":{"include":["a",""]})", "tables.include[1]"},
             {R"("if_exists":"overwrite")", "if_exists"},
             {R"("schema_dir":"")", "schema_dir"},
             {R"("schema_dir":"a\u0000b")", "schema_dir"},
             {R"("liquibase":{"timeout":"0s"})", "liquibase.timeout"},
             {R"("databases":7)", "databases"},
             {R"("databases":[{"target":"x"}])", "databases[0].source"},
             {R"("source_password":{"a":"hunter2"})", "source_password"},
             {R"("source_password":["hunter2"])", "source_password"},
             {R"("source_password_file":"/does/not/exist")", "source_password_file"}}) {
        CAPTURE(wrong.members);
        const Error error = refused(wrong.members);
        CHECK(error.object() == wrong.path);
        CHECK(error.message().find(error.object() + ": ") == 0);
        CHECK_FALSE(contains(error.message(), "hunter2"));
    }
    CHECK(contains(refused(R"("engine":"nativ")").message(), "did you mean \"native\""));
}

TEST_CASE("endpoints that can't be understood name what is missing or wrong") {
    const auto endpoint = [](const std::string& source) {
        const std::string text = R"({"source":)" + source + R"(,"target":"mysql://u@t"})";
        return error_of([&] { (void)job_spec_from(parse_json(text, "f")); });
    };
    CHECK(endpoint("{}").object() == "source.host");
    CHECK(endpoint(R"({"host":"s"})").object() == "source.user");
    CHECK(endpoint(R"({"host":"s","user":""})").object() == "source.user");
    CHECK(endpoint(R"({"host":"a b","user":"u"})").object() == "source.host");
    CHECK(endpoint(R"({"host":"s","user":"u","port":0})").object() == "source.port");
    CHECK(endpoint(R"({"host":"s","user":"u","port":"3306"})").object() == "source.port");
    CHECK(endpoint(R"({"host":"s","user":"u","password":123456789})").object() == "source.password");
    CHECK_FALSE(contains(endpoint(R"({"host":"s","user":"u","password":123456789})").message(), "123456789"));
    CHECK_FALSE(contains(endpoint(R"({"host":"s","user":"u","passwrod":"hunter2"})").message(), "hunter2"));
    CHECK(endpoint(R"({"host":"s","user":"u","tls":{"mode":"full"}})").object() == "source.tls.mode");
    CHECK(endpoint(R"({"host":"s","user":"u","scheme":"postgres"})").object() == "source.scheme");
    CHECK(endpoint("7").object() == "source");
    CHECK(endpoint("null").object() == "source");
    CHECK(endpoint("[]").object() == "source");
    CHECK(error_of([] { (void)job_spec_from(parse_json("{}", "f")); }).id() == "config.missing");
    CHECK(contains(error_of([] { (void)job_spec_from(parse_json("{}", "f")); }).remedy(), "--source"));
}

TEST_CASE("a password given twice in one place is refused") {
    CHECK(refused(R"("source_password":"a","source_password_file":"/dev/null")").id() != "");
    const std::string twice =
        R"({"source":"mysql://u:a@s/shop","target":"mysql://u@t","source_password":"hunter2"})";
    const Error error = error_of([&] { (void)job_spec_from(parse_json(twice, "f")); });
    CHECK(error.id() == "config.conflict");
    CHECK_FALSE(contains(error.message(), "hunter2"));
}

TEST_CASE("a password file must hold one line") {
    const test::TempDir dir;
    for (const auto& content : {std::string(), std::string("\n"), std::string("a\nb\n"),
                                std::string(5000, 'x'), std::string("a\0b", 3)}) {
        const std::string file = dir.write("pw", content).string();
        const Error error = refused(R"("source_password_file":")" + file + "\"");
        CHECK(error.id() == "config.file");
        CHECK(error.object() == "source_password_file");
    }
    CHECK(refused(R"("source_password_file":")" + dir.path().string() + "\"").id() == "config.file");
}
