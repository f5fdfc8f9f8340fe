#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cmath>

#include "orchestrator/codec/report_json.hpp"
#include "orchestrator/plan/error.hpp"

using namespace transload;

namespace {

Report full_report() {
    Report report;
    report.engine = "native";
    report.schema = {{"generated-schema/j/shop.xml"},
                     12,
                     10,
                     1,
                     {{"schema.equivalent", Severity::info, "shop.t", "display width", ""},
                      {"schema.different", Severity::error, "shop.v", "no such view", "CREATE VIEW"}}};
    report.tables = {{"shop.orders", "shop2.orders", "native", "PRIMARY", 1ULL << 60, 3, "checksum", 4, 5},
                     {"shop.log", "shop2.log", "native", "", 0, 0, "", 0, 0}};
    report.validation = {"checksum",
                         "uuid:1-9",
                         1,
                         2,
                         {{MismatchKind::missing, "shop.orders", "id=1", "", "", "", false},
                          {MismatchKind::different, "shop.orders", "id=2", "note", "a", "b", true}}};
    report.findings = {
        {"target.local_infile", Severity::warning, "target", "off", "SET GLOBAL local_infile=1"}};
    report.cutover = {true, WriteStopState::held, "hook, super_read_only", true, true, "uuid-1", "REVOKE ä", "{\"triggers\":[\"ä\"]}", 1'795'185'513'864,
                      "uuid:1-9", "marker 7", 2, "target:1-5", 1'795'185'514'001};
    report.cut_back = {false, WriteStopState::stopping, "revoke", false, false, "uuid-2", "GRANT x", "", 1'795'185'600'000,
                       "target:1-9", "drained", 1, "", 0};
    report.timings = {1.5, 2.25, 3, 4, 5, 6};
    report.rows_copied = 7;
    report.bytes_copied = 18'446'744'073'709'551'615ULL;
    report.changes_applied = 9;
    report.finalized = true;
    return report;
}

}  // namespace

TEST_CASE("a report comes back from JSON as it was") {
    const std::string text = json_text(report_to_json(full_report()));
    const Report back = report_from_json(parse_own_json(text, "report"));
    CHECK(json_text(report_to_json(back)) == text);
    CHECK(back.tables[0].source_rows == 1ULL << 60);
    CHECK(back.tables[1].key.empty());
    CHECK(back.validation.details[1].repaired);
    CHECK(back.validation.details[0].kind == MismatchKind::missing);
    CHECK(back.schema.different[1].severity == Severity::error);
    CHECK(back.cutover.requested);
    CHECK(back.cutover.state == WriteStopState::held);
    CHECK(back.cutover.method == "hook, super_read_only");
    CHECK(back.cutover.read_only_before);
    CHECK(back.cutover.super_read_only_before);
    CHECK(back.cutover.server_uuid == "uuid-1");
    CHECK(back.cutover.stopped_at == full_report().cutover.stopped_at);
    CHECK(text.find("\"stopped_at\":\"2026-11-20T") != std::string::npos);
    CHECK(back.cutover.programs == full_report().cutover.programs);
    CHECK(back.finalized);
    CHECK(back.cutover.position == "uuid:1-9");
    CHECK(back.cutover.drain_proof == "marker 7");
    CHECK(back.cutover.saved == "REVOKE ä");
    CHECK(back.cutover.reverse_position == "target:1-5");
    CHECK(back.cutover.handed_over_at == 1'795'185'514'001);
    CHECK(back.cut_back.state == WriteStopState::stopping);
    CHECK(back.cut_back.method == "revoke");
    CHECK(back.cut_back.saved == "GRANT x");
    CHECK(back.cut_back.position == "target:1-9");
    CHECK(back.cut_back.withdrawn == 1);
    CHECK(back.cut_back.handed_over_at == 0);
    CHECK(back.cutover.withdrawn == 2);
    CHECK(back.bytes_copied == 18'446'744'073'709'551'615ULL);
}

TEST_CASE("every state of the write stop is written and read as the same") {
    for (const WriteStopState state : {WriteStopState::none, WriteStopState::stopping, WriteStopState::held,
                                       WriteStopState::releasing, WriteStopState::over}) {
        Report report;
        report.cutover.state = state;
        CHECK(report_from_json(report_to_json(report)).cutover.state == state);
    }
}

TEST_CASE("a report without a cutover, as an older version wrote it, has none") {
    Json document = report_to_json(full_report());
    document.erase("cutover");
    const CutoverReport cutover = report_from_json(document).cutover;
    CHECK_FALSE(cutover.requested);
    CHECK(cutover.state == WriteStopState::none);
    CHECK(cutover.method.empty());
}

TEST_CASE("the changelog is text for one database, a list for several and null before there is one") {
    Report report;
    CHECK(report_to_json(report)["schema"]["changelog"].is_null());
    report.schema.changelogs = {"a.xml"};
    CHECK(report_to_json(report)["schema"]["changelog"] == "a.xml");
    report.schema.changelogs = {"a.xml", "b.xml"};
    const Json document = report_to_json(report);
    CHECK(document["schema"]["changelog"].size() == 2);
    CHECK(report_from_json(document).schema.changelogs == report.schema.changelogs);
}

TEST_CASE("bytes that are not UTF-8 become replacement characters instead of an error") {
    Report report;
    report.findings = {{"x", Severity::error, "db.\xff\xfe", std::string("nul\0in", 6), "\xc3"}};
    report.validation.details = {{MismatchKind::different, "t", "id='\x80'", "c", "\xed\xa0\x80", "", false}};
    const std::string text = json_text(report_to_json(report));
    const Json document = parse_own_json(text, "report");
    CHECK(document["findings"][0]["object"] == "db.\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(document["findings"][0]["message"].get<std::string>().size() == 6);
    CHECK(valid_utf8("a\xff") == "a\xEF\xBF\xBD");
}

TEST_CASE("times that are no numbers are written as null and read as zero") {
    Report report;
    report.timings.total_seconds = std::nan("");
    const std::string text = json_text(report_to_json(report));
    CHECK(report_from_json(parse_own_json(text, "report")).timings.total_seconds == 0);
}

TEST_CASE("a stored report of wrong types is an error") {
    for (const char* text :
         {R"({"tables":{}})", R"({"tables":[1]})", R"({"rows_copied":-1})", R"({"findings":[null]})",
          R"({"schema":{"changelog":[1]}})", R"({"cutover":{"state":"open"}})",
          R"({"cutover":{"withdrawn":"x"}})",
          R"({"cutover":{"stopped_at":"yesterday"}})", R"({"timings":{"total_seconds":"x"}})"}) {
        CAPTURE(text);
        CHECK_THROWS_AS((void)report_from_json(parse_own_json(text, "report")), Error);
    }
}

TEST_CASE("a report that was stored before there was a way back is read") {
    Json old = report_to_json(full_report());
    old.erase("cut_back");
    for (const char* member : {"saved", "reverse_position", "handed_over_at"}) old["cutover"].erase(member);
    const Report back = report_from_json(old);
    CHECK(back.cutover.state == WriteStopState::held);
    CHECK(back.cutover.saved.empty());
    CHECK(back.cutover.handed_over_at == 0);
    CHECK(back.cut_back.state == WriteStopState::none);
}
