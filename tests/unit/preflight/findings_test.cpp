#include <catch2/catch.hpp>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <set>

#include "adapters/mysql/preflight/finding_kinds.hpp"
#include "adapters/mysql/preflight/findings_log.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using namespace transload::mysql;

namespace {
const std::filesystem::path page = test::source_dir() / "docs" / "preflight.md";
}

TEST_CASE("docs/preflight.md is what the table of findings says") {
    if (std::getenv("TRANSLOAD_UPDATE_DOCS") != nullptr) std::ofstream(page) << findings_markdown();
    INFO("run the test with TRANSLOAD_UPDATE_DOCS=1 to write the page anew");
    CHECK(test::read_file(page) == findings_markdown());
}

TEST_CASE("ids of findings are dotted, lower case and each there once") {
    std::set<std::string_view> seen;
    for (const FindingKind& kind : finding_table::kinds) {
        CAPTURE(kind.id);
        CHECK(seen.insert(kind.id).second);
        CHECK(kind.id.find('.') != std::string_view::npos);
        for (const char c : kind.id)
            CHECK((std::islower(static_cast<unsigned char>(c)) || c == '.' || c == '_'));
        CHECK_FALSE(kind.when.empty());
        CHECK_FALSE(kind.remedy.empty());
        CHECK(kind.otherwise != kind.severity);
    }
}

TEST_CASE("every finding of the table is reported by some check") {
    std::string code;
    for (const auto& file :
         std::filesystem::directory_iterator(test::source_dir() / "adapters/mysql/preflight"))
        if (file.path().extension() == ".cpp") code += test::read_file(file.path());
    for (const FindingKind& kind : finding_table::kinds) {
        CAPTURE(kind.id);
        CHECK(code.find('"' + std::string(kind.id) + '"') != std::string::npos);
    }
}

TEST_CASE("findings are ordered by severity, id and object") {
    FindingsLog log;
    log.add("pair.estimate", "source", "much");
    log.add("target.read_only", "target", "b");
    log.add("source.privilege.select", "shop", "a");
    log.add("target.read_only", Severity::warning, "target", "w");
    const Findings findings = std::move(log).sorted();
    REQUIRE(findings.size() == 4);
    CHECK(findings[0].id == "source.privilege.select");
    CHECK(findings[0].remedy == "GRANT SELECT ON …");
    CHECK(findings[1].id == "target.read_only");
    CHECK(findings[1].severity == Severity::error);
    CHECK(findings[2].severity == Severity::warning);
    CHECK(findings[3].severity == Severity::info);
}

TEST_CASE("a severity that the table does not allow is a mistake of ours") {
    FindingsLog log;
    CHECK_THROWS_AS(log.add("pair.estimate", Severity::error, "source", "much"), std::logic_error);
}

TEST_CASE("thousands of one kind are told a hundred times and then counted") {
    FindingsLog log;
    for (int i = 0; i < 1000; ++i) log.add("table.no_key", "t" + std::to_string(i), "no key");
    const Findings findings = std::move(log).sorted();
    REQUIRE(findings.size() == 101);
    CHECK(findings.back().message == "the same is found of 900 more objects");
}
