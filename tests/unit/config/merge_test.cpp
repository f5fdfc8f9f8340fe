#include <catch2/catch.hpp>
#include <map>

#include "adapters/config/document.hpp"
#include "adapters/config/environment.hpp"
#include "adapters/config/job_document.hpp"
#include "adapters/config/serve_config.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::error_of;

namespace {

Lookup lookup_in(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

constexpr const char* file = R"(
source: mysql://u:from-file@s/shop
target: {host: t, user: v, password: from-file}
tables: {include: [a, b], exclude: [c]}
limits: {workers: 2, memory: 64MiB}
)";

}  // namespace

TEST_CASE("the environment overrides the file and flags override the environment") {
    Node document = parse_yaml(file, "f");
    merge(document, job_environment(lookup_in({{"TRANSLOAD_LIMITS_WORKERS", "3"},
                                               {"TRANSLOAD_LIMITS_MEMORY", "32MiB"},
                                               {"TRANSLOAD_VALIDATE", "rows"},
                                               {"TRANSLOAD_ENGINE", ""}})));
    set(document, "limits.workers", "5", Origin::flag);
    set(document, "repair", "true", Origin::flag);
    const JobSpec spec = job_spec_from(document);
    CHECK(spec.limits.workers == 5);
    CHECK(spec.limits.memory == 32ULL << 20);
    CHECK(spec.validate == ValidationLevel::rows);
    CHECK(spec.engine == EngineChoice::automatic);
    CHECK(spec.repair);
    CHECK(spec.tables.include == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a flag given several times adds up and replaces the file's list") {
    Node document = parse_yaml(file, "f");
    append(document, "tables.include", "x", Origin::flag);
    append(document, "tables.include", "y", Origin::flag);
    const JobSpec spec = job_spec_from(document);
    CHECK(spec.tables.include == std::vector<std::string>{"x", "y"});
    CHECK(spec.tables.exclude == std::vector<std::string>{"c"});
}

TEST_CASE("the password of the latest origin wins") {
    Node document = parse_yaml(file, "f");
    CHECK(job_spec_from(document).source.password.reveal() == "from-file");
    merge(document, job_environment(lookup_in({{"TRANSLOAD_SOURCE_PASSWORD", "from-environment"},
                                               {"TRANSLOAD_TARGET_PASSWORD", "t-environment"}})));
    CHECK(job_spec_from(document).source.password.reveal() == "from-environment");
    CHECK(job_spec_from(document).target.password.reveal() == "t-environment");
    set(document, "source", "mysql://u:from-flag@s/shop", Origin::flag);
    CHECK(job_spec_from(document).source.password.reveal() == "from-flag");
    set(document, "source", "mysql://u@s/shop", Origin::flag);
    CHECK(job_spec_from(document).source.password.reveal() == "from-environment");
}

TEST_CASE("words of flags are never taken for another type than their key has") {
    Node document = parse_yaml(file, "f");
    set(document, "schema_dir", "true", Origin::flag);
    set(document, "databases", "shop,7,true", Origin::flag);
    const JobSpec spec = job_spec_from(document);
    CHECK(spec.schema_dir == "true");
    CHECK(spec.databases.at(1).source == "7");
    CHECK(spec.databases.at(2).target == "true");
}

TEST_CASE("every variable leads to a key that is known") {
    for (const auto& [name, path] : job_variables()) {
        CAPTURE(name);
        Node document = parse_yaml("source: mysql://u@s/shop\ntarget: mysql://u@t\n", "f");
        set(document, path, "\x01", Origin::environment);
        try {
            (void)job_spec_from(document);
        } catch (const Error& error) {
            CHECK(error.id() != "config.unknown_key");
            CHECK(error.object().find(path.substr(0, path.find('.'))) == 0);
        }
    }
    for (const auto& [name, path] : serve_variables()) {
        CAPTURE(name);
        Node document = parse_yaml("{}", "f");
        set(document, path, "\x01", Origin::environment);
        try {
            (void)serve_config_from(document);
        } catch (const Error& error) {
            CHECK(error.id() != "config.unknown_key");
        }
    }
}

TEST_CASE("a wrong value from the environment names its key") {
    Node document = parse_yaml(file, "f");
    merge(document, job_environment(lookup_in({{"TRANSLOAD_LIMITS_WORKERS", "many"}})));
    CHECK(error_of([&] { (void)job_spec_from(document); }).object() == "limits.workers");
}
