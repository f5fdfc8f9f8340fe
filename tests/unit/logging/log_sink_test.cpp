#include "adapters/logging/log_sink.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

using namespace transload;
using namespace transload::logging;
using namespace std::chrono_literals;

namespace {

Event event_of(const std::string& message) {
    Event event;
    event.job = JobId{"a1"};
    event.at = WallTime{} + 1'795'172'395'123ms;
    event.state = JobState::data_running;
    event.step = "data.run";
    event.object = "shop.orders";
    event.level = Severity::warning;
    event.message = message;
    return event;
}

std::vector<std::string> lines_of(const std::ostringstream& out) {
    std::vector<std::string> lines;
    std::istringstream in(out.str());
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace

TEST_CASE("an event is one line of text with time, level, job, state, step and object") {
    std::ostringstream out;
    LogSink(LogOptions{}, out).on_event(event_of("back off"));
    CHECK(out.str() ==
          "2026-11-20T10:59:55.123Z warning job=a1 state=DATA_RUNNING step=data.run object=shop.orders back "
          "off\n");
}

TEST_CASE("an event is one JSON document per line with --log-format json") {
    std::ostringstream out;
    LogSink(LogOptions{LogFormat::json}, out).on_event(event_of("say \"hi\"\n"));
    const auto lines = lines_of(out);
    REQUIRE(lines.size() == 1);
    const auto line = nlohmann::json::parse(lines[0]);
    CHECK(line["time"] == "2026-11-20T10:59:55.123Z");
    CHECK(line["level"] == "warning");
    CHECK(line["job_id"] == "a1");
    CHECK(line["state"] == "DATA_RUNNING");
    CHECK(line["step"] == "data.run");
    CHECK(line["object"] == "shop.orders");
    CHECK(line["message"] == "say \"hi\"\n");
}

TEST_CASE("no message and no name can forge a second record or move the cursor") {
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
        std::ostringstream out;
        LogSink sink(LogOptions{format}, out);
        Event event = event_of(std::string("x\n2026 error forged\r\x1b[2J\0\x7f", 27) + "\xff{}%v");
        event.object = "shop.`a\nb\" state=DONE`";
        sink.on_event(event);
        REQUIRE(sink.drain());
        REQUIRE(lines_of(out).size() == 1);
        CHECK(out.str().find('\x1b') == std::string::npos);
        CHECK(out.str().find('\r') == std::string::npos);
        CHECK(out.str().find("{}%v") != std::string::npos);
        CHECK(out.str().find(" state=DONE") == out.str().rfind(" state=DONE"));
    }
    std::ostringstream out;
    Event event = event_of("m");
    event.object = "a\" b";
    LogSink(LogOptions{}, out).on_event(event);
    CHECK(out.str().find(R"(object="a\" b" m)") != std::string::npos);
}

TEST_CASE("progress of a table is logged now and then, and at once when its phase changes") {
    std::ostringstream out;
    LogSink sink(LogOptions{LogFormat::text, 1h}, out);
    TableProgress progress{"shop.t", "inventory", 10, 100, 2'500'000, 1};
    for (int i = 0; i < 50; ++i) sink.on_progress(JobId{"a1"}, progress);
    REQUIRE(sink.drain());
    CHECK(lines_of(out).size() == 1);
    CHECK(out.str().find("job=a1 step=progress object=shop.t inventory: 10 of 100 rows, 2.5 MB") !=
          std::string::npos);
    sink.on_progress(JobId{"a2"}, progress);
    progress.table = "shop.u";
    sink.on_progress(JobId{"a1"}, progress);
    progress.phase = "indexing";
    sink.on_progress(JobId{"a1"}, progress);
    REQUIRE(sink.drain());
    CHECK(lines_of(out).size() == 4);
}

TEST_CASE("a job that came to rest and runs again is logged from the start") {
    std::ostringstream out;
    LogSink sink(LogOptions{LogFormat::text, 1h}, out);
    const TableProgress progress{"shop.t", "inventory", 10, 0, 0, 1};
    sink.on_progress(JobId{"a1"}, progress);
    Event event = event_of("paused");
    event.state = JobState::paused;
    sink.on_event(event);
    sink.on_progress(JobId{"a1"}, progress);
    REQUIRE(sink.drain());
    CHECK(lines_of(out).size() == 3);
}

TEST_CASE("with no interval every progress is a line") {
    std::ostringstream out;
    LogSink sink(LogOptions{LogFormat::text, 0ms}, out);
    for (int i = 0; i < 5; ++i) sink.on_progress(JobId{"a1"}, {"shop.t", "inventory", 1, 0, 0, 0});
    REQUIRE(sink.drain());
    CHECK(lines_of(out).size() == 5);
}

TEST_CASE("lines of many threads are never mixed") {
    std::ostringstream out;
    LogSink sink(LogOptions{LogFormat::json, 0ms}, out);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) {
                sink.on_event(event_of(std::string(200, 'x')));
                sink.on_progress(JobId{"a1"}, {"shop.t", "inventory", 1, 0, 0, 0});
            }
        });
    for (std::thread& thread : threads) thread.join();
    REQUIRE(sink.drain());
    const auto lines = lines_of(out);
    CHECK(lines.size() == 8 * 400);
    for (const std::string& line : lines) REQUIRE(nlohmann::json::accept(line));
}

TEST_CASE("a reader that does not read does not hold up a job that is logged, and finds every line when it does") {
    struct Closed final : std::streambuf {
        std::streamsize xsputn(const char* text, std::streamsize size) override {
            open.wait(false);
            written.append(text, static_cast<std::size_t>(size));
            return size;
        }
        int_type overflow(int_type c) override {
            const char one = traits_type::to_char_type(c);
            return xsputn(&one, 1) == 1 ? c : traits_type::eof();
        }
        std::atomic<bool> open = false;
        std::string written;
    } reader;
    std::ostream out(&reader);
    LogSink sink(LogOptions{}, out);
    auto step = std::async(std::launch::async, [&] {
        for (int i = 0; i < 100; ++i) sink.on_event(event_of("event " + std::to_string(i) + ";"));
    });
    const bool went_on = step.wait_for(30s) == std::future_status::ready;
    reader.open = true;
    reader.open.notify_all();
    CHECK(went_on);
    step.wait();
    REQUIRE(sink.drain());
    CHECK(std::count(reader.written.begin(), reader.written.end(), '\n') == 100);
    CHECK(reader.written.find("event 99;") != std::string::npos);
}

TEST_CASE("a stream that fails does not disturb the job") {
    std::ostringstream out;
    out.exceptions(std::ios::badbit | std::ios::failbit);
    LogSink sink(LogOptions{}, out);
    out.setstate(std::ios::goodbit);
    struct Full final : std::streambuf {
    } full;
    static_cast<std::ios&>(out).rdbuf(&full);
    CHECK_NOTHROW(sink.on_event(event_of("m")));
    CHECK_NOTHROW(sink.note(Severity::info, "listening"));
    CHECK(sink.drain());
}
