#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/job_json.hpp"
#include "orchestrator/plan/error.hpp"

using namespace transload;
using namespace std::chrono_literals;

namespace {

Job failed_job() {
    Job job;
    job.id = JobId{"j-1"};
    job.spec.source.user = "root";
    job.spec.source.password = Secret("hunter2");
    job.spec.source.tls.key = "/etc/key.pem";
    job.spec.target.password = Secret("hunter2");
    job.spec.databases = {{"shop", "shop2"}};
    job.state = JobState::data_failed;
    job.resume_state = JobState::data_running;
    job.failure =
        Failure{JobState::data_failed, "data.run", "shop.orders", "disk full", "free some", "mysql.1021"};
    job.created = WallTime{} + 1s;
    job.updated = WallTime{} + 2s;
    return job;
}

}  // namespace

TEST_CASE("the public document of a job has the promised members and no secret") {
    const Json document = job_to_json(failed_job());
    for (const char* member :
         {"job_id", "state", "lifecycle", "resume_state", "created", "updated", "engine", "failure", "schema",
          "tables", "validation", "findings", "cutover", "timings", "rows_copied", "bytes_copied", "changes_applied", "finalized"}) {
        CAPTURE(member);
        CHECK(document.contains(member));
    }
    CHECK(document.size() == 19);
    CHECK(document["state"] == "DATA_FAILED");
    CHECK(document["lifecycle"] == "Failed");
    CHECK(document["resume_state"] == "DATA_RUNNING");
    CHECK(document["engine"] == "auto");
    CHECK(document["failure"]["object"] == "shop.orders");
    CHECK(document["failure"]["remedy"] == "free some");
    CHECK(document["created"] == "1970-01-01T00:00:01.000Z");
    const std::string text = json_text(document);
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(text.find("key.pem") == std::string::npos);
}

TEST_CASE("the engine that ran replaces the one that was asked for") {
    Job job = failed_job();
    job.report.engine = "native";
    CHECK(job_to_json(job)["engine"] == "native");
}

TEST_CASE("a job without a failure says null") {
    Job job = failed_job();
    job.failure.reset();
    CHECK(job_to_json(job)["failure"].is_null());
    CHECK_FALSE(failure_from_json(nullptr).has_value());
}

TEST_CASE("failure, summary and event come back from JSON as they were") {
    const Job job = failed_job();
    const auto failure = failure_from_json(failure_to_json(job.failure));
    REQUIRE(failure.has_value());
    CHECK(failure->state == JobState::data_failed);
    CHECK(failure->id == "mysql.1021");

    const JobSummary summary = summary_from_json(summary_to_json(summary_of(job)));
    CHECK(summary.id == job.id);
    CHECK(summary.state == job.state);
    CHECK(summary.source == "root@127.0.0.1:3306");
    CHECK(summary.databases[0].target == "shop2");
    CHECK(summary.message == "disk full");
    CHECK(summary.updated == job.updated);

    const Event event{7,          job.id,   job.created,       JobState::data_running,
                      "data.run", "shop.t", Severity::warning, "slow"};
    const Event back = event_from_json(event_to_json(event));
    CHECK(json_text(event_to_json(back)) == json_text(event_to_json(event)));
    CHECK(event_to_json(event)["level"] == "warning");
    CHECK(event_to_json(event)["at"] == "1970-01-01T00:00:01.000Z");
}

TEST_CASE("an event of a server that speaks otherwise is an error") {
    for (const char* text : {"[]", "{}", R"({"at":"yesterday","state":"DONE"})",
                             R"({"at":"1970-01-01T00:00:01.000Z","state":"FLYING"})"}) {
        CAPTURE(text);
        CHECK_THROWS_AS((void)event_from_json(parse_own_json(text, "event")), Error);
    }
}

TEST_CASE("progress never shows more than all of a table") {
    CHECK(progress_to_json({"shop.t", "inventory", 150, 100, 0, 0})["percent"] == 100.0);
    CHECK(progress_to_json({"shop.t", "inventory", 999, 1000, 0, 0})["percent"] == 99.9);
    CHECK(progress_to_json({"shop.t", "inventory", 10, 0, 0, 0})["percent"].is_null());
}
