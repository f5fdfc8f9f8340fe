#include <httplib.h>

#include <nlohmann/json.hpp>

#include "tests/integration/http/fake_jobs.hpp"
#include "tests/integration/http/raw_connection.hpp"

using namespace transload;
using nlohmann::json;
using test::RunningServer;

namespace {

constexpr const char* form = "application/x-www-form-urlencoded";

void put_job(RunningServer& running, JobState state) {
    Job job;
    job.id = JobId{"a"};
    job.state = state;
    running.jobs.put(job);
}

Job the_job(RunningServer& running) { return running.jobs.get(JobId{"a"}); }

}  // namespace

TEST_CASE("what a command's body says is heeded, by whatever type curl sends it") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    for (const char* type : {"application/json", form}) {
        put_job(running, JobState::data_running);
        const auto rehearsed = client.Post("/job/a/cutover", R"({"dry_run": true})", type);
        REQUIRE(rehearsed);
        CHECK(rehearsed->status == 200);
        CHECK(json::parse(rehearsed->body)["ready"] == false);
        CHECK(the_job(running).state == JobState::data_running);

        put_job(running, JobState::data_failed);
        CHECK(client.Post("/api/v1/job/a/retry", R"({"repair": true})", type)->status == 202);
        CHECK(the_job(running).spec.repair);
        put_job(running, JobState::data_failed);
        CHECK(client.Post("/job/a/retry", R"({"repair": false})", type)->status == 202);
        CHECK_FALSE(the_job(running).spec.repair);
    }
}

TEST_CASE("an empty body and an empty object are a command without more") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    for (const char* body : {"", "{}", " {\n} "}) {
        put_job(running, JobState::data_running);
        CHECK(client.Post("/job/a/cancel", body, form)->status == 202);
        CHECK(the_job(running).state != JobState::data_running);
    }
    // curl -X POST without -d announces nothing at all.
    put_job(running, JobState::data_running);
    test::RawConnection curl(running.port());
    curl.send("POST /job/a/cancel HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(curl.receive().starts_with("HTTP/1.1 202 "));
}

TEST_CASE("a command whose body is not understood is not carried out, and the refusal says how to say it") {
    RunningServer running;
    put_job(running, JobState::data_running);
    httplib::Client client("127.0.0.1", running.port());
    struct Case {
        const char* body;
        const char* path;
    };
    for (const auto& [body, path] : std::initializer_list<Case>{{"dry_run=true", "body"},
                                                                {"{", "body"},
                                                                {" ", "body"},
                                                                {"null", "body"},
                                                                {"true", "body"},
                                                                {"[]", "body"},
                                                                {R"({"dry_run":{}})", "dry_run"},
                                                                {R"({"dry_run":[[[true]]]})", "body"},
                                                                {R"({"dry_run":"true"})", "dry_run"},
                                                                {R"({"dry_run":1})", "dry_run"},
                                                                {R"({"dry_run":null})", "dry_run"},
                                                                {R"({"dry_run":true,"dry_run":false})", "dry_run"},
                                                                {R"({"dry_run":true,"repair":true})", "repair"},
                                                                {R"({"dryrun":true})", "dryrun"},
                                                                {R"({"dry_run":true} {})", "body"},
                                                                {"{\"dry_run\xff\":true}", "body"}}) {
        CAPTURE(body);
        const auto refused = client.Post("/job/a/cutover", body, form);
        REQUIRE(refused);
        CHECK(refused->status == 400);
        const json problem = json::parse(refused->body);
        CHECK(problem["path"] == path);
        CHECK(problem["remedy"].get<std::string>().find(R"({"dry_run": true})") != std::string::npos);
    }
    for (const char* verb : {"pause", "cancel", "rollback", "finish"})
        for (const char* body : {R"({"dry_run":true})", R"({"force":true})", "now"}) {
            CAPTURE(verb, body);
            CHECK(client.Post(std::string("/job/a/") + verb, body, "application/json")->status == 400);
        }
    CHECK(client.Post("/job/a/cutover?dry_run=true", R"({"dry_run":false})", form)->status == 400);
    CHECK(client.Post("/job/a/cutover", "dry_run=true", "text/plain")->status == 415);
    CHECK(client.Post("/job/a/cutover", std::string(2 << 20, ' '), form)->status == 413);
    const std::string post = "POST /job/a/cutover HTTP/1.1\r\nHost: localhost\r\n";
    CHECK(test::status_of_raw(running.port(), post + "Content-Length: x\r\n\r\n{\"dry_run\":true}") == 400);
    CHECK(test::status_of_raw(running.port(),
                              post + "Content-Length: 0\r\nContent-Length: 16\r\n\r\n{\"dry_run\":true}") == 400);
    CHECK(test::status_of_raw(running.port(), post + "Transfer-Encoding: chunked\r\n\r\nc\r\ndry_run=true\r\n0\r\n\r\n") ==
          400);
    CHECK(the_job(running).state == JobState::data_running);
}

TEST_CASE("the address alone still asks for a rehearsal when an empty object comes with it") {
    RunningServer running;
    put_job(running, JobState::data_running);
    httplib::Client client("127.0.0.1", running.port());
    CHECK(client.Post("/job/a/cutover?dry_run=true", "{}", form)->status == 200);
    CHECK(the_job(running).state == JobState::data_running);
}
