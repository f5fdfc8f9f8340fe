#include "cli/outcome.hpp"

#include <catch2/catch.hpp>

#include "cli/exit_codes.hpp"
#include "cli/report_text.hpp"

using namespace transload;
using Catch::Contains;

namespace {

Job failed(JobState state, const char* id) {
    Job job;
    job.id = JobId("a1");
    job.state = state;
    job.failure = Failure{state, "step", "shop.t", "what happened", "what to do", id};
    return job;
}

}  // namespace

TEST_CASE("rows that differ end with their own exit code, wherever they were found") {
    for (const JobState state : all_job_states()) {
        CAPTURE(to_string(state));
        if (!is_failed(state) || state == JobState::preflight_failed) continue;
        CHECK(cli::exit_code_of(failed(state, "validation.mismatch")) == cli::exit_validation_mismatch);
        CHECK(cli::exit_code_of(failed(state, "mysql.lost")) == cli::exit_failed);
    }
}

TEST_CASE("a job that did not come to its end on purpose has not done what migrate was asked for") {
    for (const JobState state : {JobState::paused, JobState::cancelled, JobState::rolled_back})
        CHECK(cli::exit_code_of(failed(state, "")) == cli::exit_failed);
    CHECK(cli::exit_code_of(failed(JobState::done, "")) == cli::exit_done);
    CHECK(cli::exit_code_of(failed(JobState::preflight_failed, "target.exists")) == cli::exit_preflight_refused);
}

TEST_CASE("the document of a job that a server has is told like a job of a folder") {
    Job job = failed(JobState::cutover_failed, "cutover.timeout");
    job.report.engine = "native";
    job.report.cutover.state = WriteStopState::over;
    job.report.cutover.method = "super_read_only";
    job.report.rows_copied = 12;
    const Job read = cli::job_from_document(cli::job_document(job));
    const std::string text = cli::report_text(read);
    for (const char* word : {"Job a1: CUTOVER_FAILED", "engine native", "what happened", "what to do", "writes stopped by super_read_only",
                             "Rows copied 12"})
        CHECK_THAT(text, Contains(word));
    INFO("nothing is said of what the document does not know");
    CHECK_THAT(text, !Contains("->") && !Contains("mode"));
    CHECK_THROWS_AS(cli::job_from_document("{}"), Error);
    CHECK_THROWS_AS(cli::job_from_document("no document"), Error);
}
