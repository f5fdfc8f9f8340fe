#include <httplib.h>

#include <atomic>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/integration/http/fake_jobs.hpp"
#include "tests/integration/http/raw_connection.hpp"
#include "tests/support/process.hpp"

using namespace transload;
using namespace std::chrono_literals;
using nlohmann::json;
using test::eventually;
using test::RawConnection;
using test::RunningServer;

namespace {

const JobId id{"a"};

void put_job(RunningServer& running, JobState state) {
    Job job;
    job.id = id;
    job.state = state;
    running.jobs.put(job);
}

/// What a stream said.
struct Told {
    std::vector<std::uint64_t> ids;
    std::vector<std::string> states;
    std::vector<json> progress;
    std::size_t heartbeats = 0;
};

Told read_messages(const std::string& text) {
    Told told;
    std::string event, data;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("id: ")) told.ids.push_back(std::stoull(line.substr(4)));
        if (line.starts_with("event: ")) event = line.substr(7);
        if (line.starts_with("data: ")) data = line.substr(6);
        if (line == ":") ++told.heartbeats;
        if (!line.empty() || data.empty()) continue;
        const json document = json::parse(data);
        if (event == "event") CHECK(document["sequence"] == told.ids.back());
        if (event == "state") told.states.push_back(document["state"]);
        if (event == "progress") told.progress.push_back(document);
        data.clear();
    }
    return told;
}

std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = from; i <= to; ++i) all.push_back(i);
    return all;
}

/// Follows the job until its stream ends. `on_text` gets all that was told so far whenever more comes.
Told follow(int port, const std::string& path, const httplib::Headers& headers = {},
            const std::function<void(const std::string&)>& on_text = {}) {
    httplib::Client client("127.0.0.1", port);
    client.set_read_timeout(20s);
    std::string text;
    const auto answer = client.Get(path, headers, [&](const char* data, std::size_t size) {
        text.append(data, size);
        if (on_text) on_text(text);
        return true;
    });
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->get_header_value("Content-Type") == "text/event-stream");
    return read_messages(text);
}

}  // namespace

TEST_CASE("a stream tells all events of an ended job in order, its states and progress, and ends") {
    RunningServer running;
    put_job(running, JobState::data_running);
    running.jobs.happen(id, JobState::planning, 3);
    running.jobs.happen(id, JobState::data_running, 500);
    running.jobs.happen(id, JobState::done, 1);
    for (const char* path : {"/job/a/stream", "/api/v1/job/a/stream"}) {
        const Told told = follow(running.port(), path);
        CHECK(told.ids == numbers(1, 504));
        CHECK(told.states == std::vector<std::string>{"PLANNING", "DATA_RUNNING", "DONE"});
        REQUIRE(!told.progress.empty());
        CHECK(told.progress[0]["tables"][0]["table"] == "shop.t");
        CHECK(told.progress[0]["stream"].is_null());
    }
}

TEST_CASE("a stream goes on behind the event that the reader names, and the header wins over the address") {
    RunningServer running;
    put_job(running, JobState::data_running);
    running.jobs.happen(id, JobState::data_running, 9);
    running.jobs.happen(id, JobState::done, 1);
    CHECK(follow(running.port(), "/job/a/stream?after=4").ids == numbers(5, 10));
    CHECK(follow(running.port(), "/job/a/stream", {{"Last-Event-ID", "7"}}).ids == numbers(8, 10));
    CHECK(follow(running.port(), "/job/a/stream?after=2", {{"Last-Event-ID", "9"}}).ids == numbers(10, 10));
    const Told nothing_new = follow(running.port(), "/job/a/stream?after=10");
    CHECK(nothing_new.ids.empty());
    CHECK(nothing_new.states == std::vector<std::string>{"DONE"});
}

TEST_CASE("what a stream can't do is refused before it begins") {
    RunningServer running;
    put_job(running, JobState::data_running);
    httplib::Client client("127.0.0.1", running.port());
    CHECK(client.Get("/job/nobody/stream")->status == 404);
    CHECK(client.Get("/job/a/stream?after=x")->status == 400);
    CHECK(client.Get("/job/a/stream?from=1")->status == 400);
    CHECK(client.Get("/job/a/stream", {{"Last-Event-ID", "-1"}})->status == 400);
    CHECK(client.Post("/job/a/stream")->status == 405);
}

TEST_CASE("a reader that names an event which has not happened is refused and not left waiting for ever") {
    RunningServer running;
    put_job(running, JobState::data_running);
    running.jobs.happen(id, JobState::data_running, 9);
    httplib::Client client("127.0.0.1", running.port());
    client.set_read_timeout(2s);
    for (const char* number : {"10", "9223372036854775807"}) {
        const auto refused = client.Get("/job/a/stream", {{"Last-Event-ID", number}});
        REQUIRE(refused);
        CHECK(refused->status == 400);
        CHECK(json::parse(refused->body)["path"] == "Last-Event-ID");
        CHECK(client.Get("/job/a/stream?after=" + std::string(number))->status == 400);
    }
    running.jobs.happen(id, JobState::done, 1);
    CHECK(follow(running.port(), "/job/a/stream", {{"Last-Event-ID", "10"}}).states == std::vector<std::string>{"DONE"});
}

TEST_CASE("a reader that takes nothing for a while misses no event") {
    RunningServer running;
    put_job(running, JobState::data_running);
    running.jobs.happen(id, JobState::data_running, 1);
    RawConnection slow(running.port());
    slow.send("GET /job/a/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // Far more than the sockets hold.
    for (int i = 0; i < 40; ++i) running.jobs.happen(id, JobState::data_running, 1'000);
    std::this_thread::sleep_for(1s);
    running.jobs.happen(id, JobState::done, 1);
    std::string text = slow.receive(30s);
    // Chunks may cut a line anywhere: their frames are taken out first.
    const std::size_t head = text.find("\r\n\r\n");
    REQUIRE(head != std::string::npos);
    std::string body;
    bool ended = false;
    for (std::size_t at = head + 4; at < text.size();) {
        const std::size_t size = std::stoul(text.substr(at, 16), nullptr, 16);
        at = text.find("\r\n", at) + 2;
        ended = size == 0;
        body += text.substr(at, size);
        at += size + 2;
    }
    CHECK(ended);
    const Told told = read_messages(body);
    CHECK(told.ids == numbers(1, 40'002));
    CHECK(told.states == std::vector<std::string>{"DATA_RUNNING", "DONE"});
}

TEST_CASE("progress is told when it changes and how the job follows with it") {
    RunningServer running;
    put_job(running, JobState::data_running);
    running.jobs.happen(id, JobState::data_running, 1);
    // Each comes when the one before was told.
    bool follows = false, done = false;
    const Told told = follow(running.port(), "/job/a/stream", {}, [&](const std::string& text) {
        if (!follows && text.find("event: progress") != std::string::npos) {
            follows = true;
            running.jobs.follow({"following", 12, 2000, 0, 0, 0, 77, 0, 0, 0, -1, "uuid:1-5"});
        }
        if (!done && text.find("\"lag_ms\":12") != std::string::npos) {
            done = true;
            running.jobs.happen(id, JobState::done, 1);
        }
    });
    REQUIRE(told.progress.size() == 2);
    CHECK(told.progress[0]["tables"].size() == 1);
    CHECK(told.progress[1]["tables"].empty());
    CHECK(told.progress[1]["stream"]["lag_ms"] == 12);
    CHECK(told.progress[1]["stream"]["row_changes"] == 77);
    CHECK(told.progress[1]["stream"]["seconds_to_caught_up"].is_null());
}

TEST_CASE("many readers hold no thread that other requests need, and one too many is told to come again") {
    http::ServerOptions options;
    options.limits.threads = 2;
    options.limits.streams = 8;
    RunningServer running(options);
    put_job(running, JobState::data_running);
    running.jobs.happen(id, JobState::data_running, 1);
    std::vector<std::unique_ptr<RawConnection>> readers;
    for (int i = 0; i < 8; ++i) {
        readers.push_back(std::make_unique<RawConnection>(running.port()));
        readers.back()->send("GET /job/a/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
        CHECK(readers.back()->receive_until("event: event", 10s));
    }
    httplib::Client client("127.0.0.1", running.port());
    for (int i = 0; i < 20; ++i) CHECK(client.Get("/health")->status == 200);
    const auto refused = client.Get("/job/a/stream");
    REQUIRE(refused);
    CHECK(refused->status == 503);
    CHECK(json::parse(refused->body)["id"] == "http.too_many_streams");
    CHECK(refused->has_header("Retry-After"));

    readers.pop_back();  // its place is free as soon as it is seen to be gone
    const bool room = eventually([&] { return client.Head("/job/a/stream")->status == 200; }, 20s);
    CHECK(room);
    std::thread ending([&] {
        std::this_thread::sleep_for(200ms);
        running.jobs.happen(id, JobState::done, 1);
    });
    const Told after = follow(running.port(), "/job/a/stream?after=1");
    REQUIRE_FALSE(after.states.empty());
    CHECK(after.states.back() == "DONE");
    ending.join();
    for (int i = 0; i < 20; ++i) CHECK(client.Get("/health")->status == 200);
}

TEST_CASE("a server that stops ends its streams cleanly and soon") {
    auto running = std::make_unique<RunningServer>();
    put_job(*running, JobState::data_running);
    running->jobs.happen(id, JobState::data_running, 1);
    std::string text;
    std::atomic<bool> begun = false, ended = false, whole = false;
    std::thread reader([&, port = running->port()] {
        httplib::Client client("127.0.0.1", port);
        client.set_read_timeout(20s);
        const auto answer = client.Get("/job/a/stream", [&](const char* data, std::size_t size) {
            text.append(data, size);
            if (text.find("id: 1\n") != std::string::npos) begun = true;  // or the server is stopped before the first event
            return true;
        });
        whole = answer && answer.error() == httplib::Error::Success;
        ended = true;
    });
    REQUIRE(eventually([&] { return begun.load(); }, 20s));
    const auto began = std::chrono::steady_clock::now();
    running.reset();
    CHECK(std::chrono::steady_clock::now() - began < 10s);  // its job does not end, and with it no stream
    CHECK(eventually([&] { return ended.load(); }, 10s));
    reader.join();
    CHECK(whole);
    CHECK(read_messages(text).ids == numbers(1, 1));
}

TEST_CASE("limits of a job are changed one by one, and nonsense is refused with its path") {
    RunningServer running;
    put_job(running, JobState::data_running);
    httplib::Client client("127.0.0.1", running.port());
    const auto patched = client.Patch("/job/a/limits", R"({"rows_per_second":500,"replica_lag":"2s"})", "application/json");
    REQUIRE(patched);
    CHECK(patched->status == 200);
    CHECK(json::parse(patched->body)["limits"]["rows_per_second"] == 500);
    CHECK(running.jobs.get(id).spec.limits.replica_lag == 2s);
    CHECK(running.jobs.get(id).spec.limits.workers == 4);
    CHECK(client.Patch("/api/v1/job/a/limits", R"({"bytes_per_second":"1MiB"})", "application/json")->status == 200);
    CHECK(running.jobs.get(id).spec.limits.rows_per_second == 500);
    CHECK(running.jobs.get(id).spec.limits.bytes_per_second == 1 << 20);
    for (const char* body : {R"({"workers":8})", R"({"rows_per_second":-1})", R"({"memory":"1GiB"})"}) {
        CAPTURE(body);
        const auto refused = client.Patch("/job/a/limits", body, "application/json");
        CHECK(refused->status == 422);
        CHECK(json::parse(refused->body).contains("path"));
    }
    CHECK(client.Patch("/job/a/limits", "{", "application/json")->status == 400);
    CHECK(client.Patch("/job/nobody/limits", "{}", "application/json")->status == 404);
    CHECK(client.Patch("/job/a/limits", "{}", "text/html")->status == 415);
    CHECK(client.Get("/job/a/limits")->status == 405);
    CHECK(client.Post("/job/a/limits", "{}", "application/json")->status == 405);
    CHECK(client.Patch("/job/a/pause", "{}", "application/json")->status == 405);
}

TEST_CASE("a failed job is retried as it was, or with the repair of what differs") {
    RunningServer running;
    put_job(running, JobState::data_failed);
    httplib::Client client("127.0.0.1", running.port());
    CHECK(client.Post("/job/a/retry?repair=maybe")->status == 400);
    CHECK(client.Post("/job/a/cancel?repair=true")->status == 400);
    CHECK(running.jobs.get(id).state == JobState::data_failed);
    CHECK(client.Post("/job/a/retry?repair=false")->status == 202);
    CHECK_FALSE(running.jobs.get(id).spec.repair);
    put_job(running, JobState::data_failed);
    CHECK(client.Post("/job/a/retry?repair=true")->status == 202);
    CHECK(running.jobs.get(id).spec.repair);
    CHECK(client.Post("/job/a/retry?repair=true")->status == 409);
}

TEST_CASE("a cutover is rehearsed without being asked for, and a way back is finished") {
    RunningServer running;
    put_job(running, JobState::data_running);
    httplib::Client client("127.0.0.1", running.port());
    const auto rehearsed = client.Post("/job/a/cutover?dry_run=true");
    REQUIRE(rehearsed);
    CHECK(rehearsed->status == 200);
    CHECK(json::parse(rehearsed->body)["ready"] == false);
    CHECK(json::parse(rehearsed->body)["findings"][0]["id"] == "rehearsal.lag");
    CHECK(running.jobs.get(id).state == JobState::data_running);
    CHECK(client.Post("/job/a/cutover?dry_run=maybe")->status == 400);
    CHECK(client.Post("/job/a/pause?dry_run=true")->status == 400);

    CHECK(client.Post("/job/a/finish")->status == 409);
    put_job(running, JobState::reversing);
    CHECK(client.Post("/job/a/finish")->status == 202);
    CHECK(running.jobs.get(id).state == JobState::closing);
}

TEST_CASE("metrics and the job's own document say how it follows") {
    RunningServer running;
    put_job(running, JobState::data_running);
    Job over;
    over.id = JobId{"b"};
    over.state = JobState::done;
    over.report.timings.write_stop_seconds = 0.25;
    running.jobs.put(over);
    httplib::Client client("127.0.0.1", running.port());
    CHECK(json::parse(client.Get("/job/a")->body)["stream"].is_null());
    running.jobs.follow({"following", 1500, 2000, 4096, 7, 8, 77, 9, 1, 2, 3, "uuid:1-5"});
    CHECK(json::parse(client.Get("/job/a")->body)["stream"]["backlog_bytes"] == 7);
    const std::string text = client.Get("/metrics")->body;
    for (const char* line :
         {"transload_job_lag_seconds{job_id=\"a\"} 1.5", "transload_job_row_changes_per_second{job_id=\"a\"} 2000",
          "transload_job_log_bytes_per_second{job_id=\"a\"} 4096", "transload_job_backlog_bytes{job_id=\"a\"} 7",
          "transload_job_queue_bytes{job_id=\"a\"} 8", "transload_job_row_changes_total{job_id=\"a\"} 77",
          "transload_job_transactions_total{job_id=\"a\"} 9", "transload_job_conflicts_total{job_id=\"a\"} 1",
          "transload_job_reconnects_total{job_id=\"a\"} 2", "transload_job_write_stop_seconds{job_id=\"b\"} 0.25"}) {
        CAPTURE(line, text);
        CHECK(text.find(line) != std::string::npos);
    }
}
