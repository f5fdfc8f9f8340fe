#include <catch2/catch.hpp>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <set>

#include "adapters/shardingsphere/gate/finding_kinds.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using namespace transload::shardingsphere;

namespace {
const std::filesystem::path page = test::source_dir() / "docs" / "shardingsphere-gate.md";
}

TEST_CASE("docs/shardingsphere-gate.md is what the gate's tables say") {
    if (std::getenv("TRANSLOAD_UPDATE_DOCS") != nullptr) std::ofstream(page) << gate_markdown();
    INFO("run the test with TRANSLOAD_UPDATE_DOCS=1 to write the page anew");
    CHECK(test::read_file(page) == gate_markdown());
}

TEST_CASE("ids of the gate's findings are dotted, lower case and each there once") {
    std::set<std::string_view> seen;
    for (const GateKind& kind : gate_table::kinds) {
        CAPTURE(kind.id);
        CHECK(seen.insert(kind.id).second);
        CHECK(kind.id.starts_with("shardingsphere."));
        for (const char c : kind.id)
            CHECK((std::islower(static_cast<unsigned char>(c)) || c == '.' || c == '_'));
        CHECK_FALSE(kind.when.empty());
        CHECK_FALSE(kind.remedy.empty());
    }
}

TEST_CASE("every finding of the gate's table is reported by some code") {
    std::string code;
    for (const auto& file :
         std::filesystem::directory_iterator(test::source_dir() / "adapters/shardingsphere/gate"))
        if (file.path().extension() == ".cpp") code += test::read_file(file.path());
    for (const GateKind& kind : gate_table::kinds) {
        CAPTURE(kind.id);
        CHECK(code.find('"' + std::string(kind.id) + '"') != std::string::npos);
    }
}

TEST_CASE("what ShardingSphere can't carry is an error, unless native does it") {
    const Reason table{"shardingsphere.no_key", "shop.t", "shop.t has no key", ""};
    CHECK(finding_of(table, false, false).severity == Severity::error);
    CHECK(finding_of(table, true, false).severity == Severity::info);
    CHECK_FALSE(finding_of(table, true, false).remedy.empty());
    const Reason job{"shardingsphere.source_tls", "source", "TLS", "do this"};
    CHECK(finding_of(job, false, false).severity == Severity::error);
    CHECK(finding_of(job, true, false).severity == Severity::info);
    CHECK(finding_of(job, true, false).remedy == "do this");
}

TEST_CASE("what can't exist over shards is an error, unless it is to be left out") {
    const Reason trigger{"shardingsphere.sharding_trigger", "shop.t", "trigger", ""};
    CHECK(finding_of(trigger, false, false).severity == Severity::error);
    CHECK(finding_of(trigger, true, true).severity == Severity::warning);
    const Reason column{"shardingsphere.sharding_column", "shop.t", "column", ""};
    CHECK(finding_of(column, true, true).severity == Severity::error);
}
