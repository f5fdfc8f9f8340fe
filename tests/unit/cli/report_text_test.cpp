#include "cli/report_text.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using Catch::Contains;

namespace {

Job done_job() {
    Job job;
    job.id = JobId("job-1");
    job.state = JobState::done;
    job.report.engine = "auto";
    job.report.validation.level = "checksum";
    job.report.tables = {{"shop.orders", "shop.orders", "native", "PRIMARY", 5, 5, "checksum", 0, 0},
                         {"shop.log", "shop.log", "native", "", 7, 7, "checksum", 0, 0}};
    return job;
}

}  // namespace

TEST_CASE("the engine of each table is told when not all of them were native") {
    Job job = done_job();
    CHECK_THAT(cli::report_text(job), !Contains("native"));
    job.report.tables[0].engine = "shardingsphere";
    const std::string text = cli::report_text(job);
    CHECK_THAT(text, Contains("table        engine"));
    CHECK_THAT(text, Contains("shop.orders  shardingsphere  "));
    CHECK_THAT(text, Contains("shop.log     native          "));
    job.report.tables[1].engine = "";  // not known of a table that was not reached
    CHECK_THAT(cli::report_text(job), Contains("shop.log                     "));
}

TEST_CASE("a cutover is told with its method, how long the writes were stopped, and the proof") {
    Job job = done_job();
    CHECK_THAT(cli::report_text(job), !Contains("Cutover"));
    job.spec.cutover.mode = CutoverMode::automatic;
    job.report.cutover.state = WriteStopState::over;
    job.report.cutover.method = "hook, super_read_only";
    job.report.cutover.position = "uuid:1-9";
    job.report.cutover.drain_proof = "marker row 7 seen by every migration";
    job.report.timings.write_stop_seconds = 0.85;
    const std::string text = cli::report_text(job);
    CHECK_THAT(text, Contains("Cutover: mode auto, handed over; the source takes no writes\n"));
    CHECK_THAT(text, Contains("  writes stopped by hook, super_read_only for 850 ms, at position uuid:1-9\n"));
    CHECK_THAT(text, Contains("  drained: marker row 7 seen by every migration\n"));
    CHECK_THAT(text, !Contains("taken back"));
}

TEST_CASE("a write stop that was taken back, or is being, is told") {
    Job job = done_job();
    job.state = JobState::cutover_failed;
    job.spec.cutover.mode = CutoverMode::manual;
    CHECK_THAT(cli::report_text(job), Contains("Cutover: mode manual, not asked for yet; the source takes writes\n"));
    job.report.cutover.requested = true;
    CHECK_THAT(cli::report_text(job), Contains("Cutover: mode manual, asked for; the source takes writes\n"));
    job.report.cutover.withdrawn = 2;
    job.report.cutover.method = "super_read_only";
    CHECK_THAT(cli::report_text(job), Contains("the source takes writes\n  taken back 2 times\n"));
    job.report.cutover.state = WriteStopState::stopping;
    CHECK_THAT(cli::report_text(job), Contains("the source may be stopped"));
    job.report.cutover.state = WriteStopState::releasing;
    CHECK_THAT(cli::report_text(job), Contains("the source may still be stopped"));
    job.report.cutover.state = WriteStopState::held;
    CHECK_THAT(cli::report_text(job), Contains("the source takes no writes"));
}
