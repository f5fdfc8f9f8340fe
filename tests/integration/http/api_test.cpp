#include <httplib.h>

#include <nlohmann/json.hpp>

#include "tests/integration/http/fake_jobs.hpp"

using namespace transload;
using nlohmann::json;
using test::RunningServer;
using test::valid_job;

TEST_CASE("a posted job is accepted with its place, and shown without its password") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    for (const char* type :
         {"application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded"}) {
        const auto posted = client.Post("/job", valid_job, type);
        REQUIRE(posted);
        CHECK(posted->status == 202);
        const json body = json::parse(posted->body);
        CHECK(body["state"] == "PLANNING");
        const std::string id = body["id"];
        CHECK(posted->get_header_value("Location") == "/job/" + id);
        const auto shown = client.Get("/job/" + id);
        REQUIRE(shown);
        CHECK(shown->status == 200);
        CHECK(shown->body.find("hunter2") == std::string::npos);
        const json job = json::parse(shown->body);
        CHECK(job["job_id"] == id);
        CHECK(job["lifecycle"] == "Planning");
        CHECK(job["progress"][0]["percent"] == 25.0);
        CHECK(job.contains("validation"));
    }
    CHECK(running.jobs.get(JobId{"job-1"}).spec.source.password.reveal() == "hunter2");
}

TEST_CASE("a job that says so is not started") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    const auto posted = client.Post("/job", R"({"start":false,)" + valid_job.substr(1), "application/json");
    CHECK(json::parse(posted->body)["state"] == "DRAFT");
}

TEST_CASE("a job of many kilobytes comes in by curl's default type too") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    std::string globs = R"("x")";
    for (int i = 0; i < 20'000; ++i) globs += R"(,"table_)" + std::to_string(i) + "\"";
    const std::string body = R"({"tables":{"include":[)" + globs + "]}," + valid_job.substr(1);
    CHECK(client.Post("/job", body, "application/x-www-form-urlencoded")->status == 202);
    CHECK(running.jobs.get(JobId{"job-1"}).spec.tables.include.size() == 20'001);
}

TEST_CASE("the same resources lie under /api/v1") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    CHECK(client.Post("/api/v1/job", valid_job, "application/json")->status == 202);
    for (const char* path : {"/api/v1/job/job-1", "/api/v1/jobs", "/api/v1/job/job-1/events",
                             "/api/v1/health", "/api/v1/metrics"})
        CHECK(client.Get(path)->status == 200);
    CHECK(client.Post("/api/v1/job/job-1/cancel")->status == 202);
}

TEST_CASE("commands are accepted where the state allows them and a conflict where it does not") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    (void)client.Post("/job", valid_job, "application/json");
    const auto cancelled = client.Post("/job/job-1/cancel", "", "application/json");
    CHECK(cancelled->status == 202);
    CHECK(json::parse(cancelled->body) == json{{"id", "job-1"}, {"state", "CANCELLED"}});
    for (const char* verb : {"cancel", "retry", "pause", "resume", "start"}) {
        const auto refused = client.Post(std::string("/job/job-1/") + verb);
        CHECK(refused->status == 409);
        const json problem = json::parse(refused->body);
        CHECK(problem["id"] == "job.not_allowed");
        CHECK(problem["remedy"] == "wait");
        CHECK(refused->get_header_value("Content-Type") == "application/problem+json");
    }
    CHECK(client.Post("/job/job-1/rollback")->status == 202);
    CHECK(client.Post("/job/nobody/cancel")->status == 404);
}

TEST_CASE("jobs are listed by state, lifecycle and limit") {
    RunningServer running;
    for (const auto& [id, state] :
         {std::pair{"a", JobState::done}, {"b", JobState::data_failed}, {"c", JobState::schema_failed}}) {
        Job job;
        job.id = JobId{id};
        job.state = state;
        running.jobs.put(job);
    }
    httplib::Client client("127.0.0.1", running.port());
    const auto count = [&](const char* query) {
        return json::parse(client.Get(std::string("/jobs") + query)->body)["jobs"].size();
    };
    CHECK(count("") == 3);
    CHECK(count("?state=DONE") == 1);
    CHECK(count("?lifecycle=Failed") == 2);
    CHECK(count("?lifecycle=Failed&limit=1") == 1);
    CHECK(count("?state=READY") == 0);
    for (const char* query :
         {"?state=FLYING", "?state=", "?lifecycle=failed", "?limit=0", "?limit=1001", "?limit=-1",
          "?limit=1e2", "?limit=", "?limit=1&limit=2", "?stat=DONE", "?limit=99999999999999999999"}) {
        CAPTURE(query);
        const auto refused = client.Get(std::string("/jobs") + query);
        CHECK(refused->status == 400);
        CHECK(json::parse(refused->body).contains("path"));
    }
}

TEST_CASE("events come in pages that say where the next one begins") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    (void)client.Post("/job", valid_job, "application/json");
    json page = json::parse(client.Get("/job/job-1/events?after=1&limit=2")->body);
    CHECK(page["events"].size() == 2);
    CHECK(page["events"][0]["sequence"] == 2);
    CHECK(page["next"] == 3);
    page = json::parse(client.Get("/job/job-1/events?after=5")->body);
    CHECK(page["events"].empty());
    CHECK(page["next"] == 5);
    CHECK(client.Get("/job/nobody/events")->status == 404);
    CHECK(client.Get("/job/job-1/events?after=x")->status == 400);
}

TEST_CASE("health says whether the store works") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    const auto well = client.Get("/health");
    CHECK(well->status == 200);
    CHECK(json::parse(well->body) == json{{"status", "ok"}, {"version", "9.8.7"}, {"store", "ok"}});
    running.store_healthy = false;
    CHECK(client.Get("/health")->status == 503);
    CHECK(client.Head("/health")->status == 503);
}

TEST_CASE("metrics count jobs by state, rows, bytes and requests") {
    RunningServer running;
    Job job;
    job.id = JobId{"a"};
    job.state = JobState::done;
    job.report.rows_copied = 1000;
    job.report.bytes_copied = 5000;
    running.jobs.put(job);
    httplib::Client client("127.0.0.1", running.port());
    (void)client.Post("/job", valid_job, "application/json");
    (void)client.Post("/job", "{", "application/json");
    (void)client.Get("/no/such/thing");
    const auto answer = client.Get("/metrics");
    CHECK(answer->get_header_value("Content-Type").find("text/plain; version=0.0.4") == 0);
    for (const char* line :
         {"transload_build_info{version=\"9.8.7\"} 1", "transload_jobs{state=\"DONE\"} 1",
          "transload_jobs{state=\"PLANNING\"} 1", "transload_jobs{state=\"DATA_FAILED\"} 0",
          "transload_rows_copied_total 1050", "transload_bytes_copied_total 9096",
          "transload_job_rows_per_second{job_id=\"job-2\"} 0",
          "transload_http_requests_total{route=\"POST /job\",status=\"202\"} 1",
          "transload_http_requests_total{route=\"POST /job\",status=\"400\"} 1",
          "transload_http_requests_total{route=\"other\",status=\"404\"} 1"}) {
        CAPTURE(line);
        CAPTURE(answer->body);
        CHECK(answer->body.find(line) != std::string::npos);
    }
}
