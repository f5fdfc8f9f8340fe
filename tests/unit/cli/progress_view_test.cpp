#include "cli/progress_view.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <future>
#include <string>
#include <utility>

using namespace transload;
using namespace transload::cli;
using namespace std::chrono_literals;

namespace {

/// What stands behind stderr: a pipe that holds all that it can.
class FullPipe {
  public:
    FullPipe() {
        signal(SIGPIPE, SIG_IGN);
        REQUIRE(pipe(ends_.data()) == 0);
        REQUIRE(fcntl(ends_[1], F_SETFL, O_NONBLOCK) == 0);
        const std::string page(4096, '.');
        while (::write(ends_[1], page.data(), page.size()) > 0) filled_ += page.size();
        REQUIRE(fcntl(ends_[1], F_SETFL, 0) == 0);
    }
    ~FullPipe() {
        stop_reading();
        close(ends_[1]);
    }
    FullPipe(const FullPipe&) = delete;
    FullPipe& operator=(const FullPipe&) = delete;

    [[nodiscard]] int entrance() const { return ends_[1]; }

    /// Reads on until the text has come, and returns what came since the pipe was full.
    std::string read_until(const std::string& text) {
        std::array<char, 4096> buffer{};
        while (read_.find(text, std::min(filled_, read_.size())) == std::string::npos) {
            const ssize_t size = ::read(ends_[0], buffer.data(), buffer.size());
            if (size <= 0) break;
            read_.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return read_.substr(std::min(filled_, read_.size()));
    }

    /// Whoever waits in a write gets an error.
    void stop_reading() {
        if (ends_[0] >= 0) close(std::exchange(ends_[0], -1));
    }

  private:
    std::array<int, 2> ends_{-1, -1};
    std::size_t filled_ = 0;
    std::string read_;
};

Event event_of(const std::string& message, Severity level = Severity::info) {
    Event event;
    event.job = JobId{"a1"};
    event.state = JobState::cutting_over;
    event.step = "cutover.run";
    event.level = level;
    event.message = message;
    return event;
}

void publish(ProgressView& view) {
    for (int i = 0; i < 1000; ++i) {
        view.on_event(event_of("event " + std::to_string(i) + ";", Severity::warning));
        view.on_progress(JobId{"a1"}, {"shop.t", "inventory", 10, 100, 2'500'000, 1});
        view.on_stream(JobId{"a1"}, {});
    }
}

}  // namespace

TEST_CASE("a terminal that was stopped, or a pipe that nobody reads, does not hold up a job that is shown there") {
    for (const ProgressStyle style : {ProgressStyle::none, ProgressStyle::plain, ProgressStyle::live}) {
        FullPipe stderr_pipe;
        ProgressView view(style, stderr_pipe.entrance());
        auto step = std::async(std::launch::async, [&] { publish(view); });
        const bool went_on = step.wait_for(30s) == std::future_status::ready;
        if (!went_on) stderr_pipe.stop_reading();
        REQUIRE(went_on);
        INFO("who reads late reads everything");
        const std::string shown = stderr_pipe.read_until("event 999;");
        std::size_t place = 0;
        for (int i = 0; i < 1000 && place != std::string::npos; ++i) place = shown.find("event " + std::to_string(i) + ";", place);
        CHECK(place != std::string::npos);
    }
}

TEST_CASE("the program can end though nobody reads what it shows") {
    FullPipe stderr_pipe;
    auto end = std::async(std::launch::async, [&] {
        ProgressView view(ProgressStyle::live, stderr_pipe.entrance());
        publish(view);
        view.close();
    });
    const bool ended = end.wait_for(60s) == std::future_status::ready;
    stderr_pipe.stop_reading();
    CHECK(ended);
}

TEST_CASE("all that was told is shown when the view is closed, and nothing afterwards") {
    FullPipe stderr_pipe;
    auto reader = std::async(std::launch::async, [&] { return stderr_pipe.read_until("the end"); });
    ProgressView view(ProgressStyle::plain, stderr_pipe.entrance());
    publish(view);
    view.say("continuing job a1\n");
    view.close();
    view.on_event(event_of("too late"));
    view.say("too late\n");
    const std::string end = "the end";
    REQUIRE(write(stderr_pipe.entrance(), end.data(), end.size()) == static_cast<ssize_t>(end.size()));
    const std::string shown = reader.get();
    CHECK(shown.find("event 999;") != std::string::npos);
    CHECK(shown.find("continuing job a1\n") != std::string::npos);
    CHECK(shown.find("too late") == std::string::npos);
}
