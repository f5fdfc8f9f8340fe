#include "cli/stream_view.hpp"

#include <catch2/catch.hpp>

#include "cli/human.hpp"

using namespace transload;
using namespace transload::cli;
using namespace std::chrono_literals;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

StreamProgress following(double rate) {
    StreamProgress progress;
    progress.phase = "following";
    progress.lag_ms = 12;
    progress.rows_per_second = rate;
    progress.row_changes = 12'345;
    return progress;
}

}  // namespace

TEST_CASE("a sparkline shows each value against the greatest, and what is not known as a gap") {
    CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7, 8}) == "▁▂▃▄▅▆▇██");
    CHECK(sparkline({5, -1, 5}) == "█ █");
    CHECK(sparkline({0, 0}) == "▁▁");
    CHECK(sparkline({}).empty());
}

TEST_CASE("text is cut after characters and not within one") {
    CHECK(clipped("ab▁▂c", 3) == "ab▁");
    CHECK(clipped("ab▁▂c", 9) == "ab▁▂c");
    CHECK(clipped("▁", 0).empty());
}

TEST_CASE("how a job follows is shown with its lag, its rate and the rate of the last minute") {
    StreamView view;
    CHECK_FALSE(view.follows());
    const StreamView::Clock::time_point begin{};
    for (int second = 0; second < 200; ++second) view.update(JobId{"job-1"}, following(second), begin + second * 1s);
    REQUIRE(view.follows());
    const std::string line = view.line(begin + 199s);
    CHECK(contains(line, "lag 12 ms"));
    CHECK(contains(line, "199/s"));
    CHECK(line.ends_with("█"));
    CHECK_FALSE(contains(line, "▁"));  // the smallest rate of the last minute is 139 of 199
    CHECK(contains(view.plain(), "12,345 row changes so far"));

    StreamProgress behind = following(10'000);
    behind.phase = "catching up";
    behind.lag_ms = 245'000;
    behind.backlog_bytes = 3 << 20;
    behind.seconds_to_caught_up = 70;
    view.update(JobId{"job-1"}, behind, begin + 200s);
    CHECK(contains(view.line(begin + 200s), "caught up in 1 min 10 s"));
    CHECK(contains(view.line(begin + 200s), "lag 4 min 05 s"));
    CHECK(contains(view.plain(), "backlog 3.0 MiB"));
}

TEST_CASE("the hint names the command that the user may give now") {
    StreamView view;
    view.set_hints(CutoverMode::manual, " --state-dir x");
    CHECK(view.hint(JobState::data_running).empty());
    view.update(JobId{"job-1"}, following(1), {});
    CHECK(contains(view.hint(JobState::data_running), "transload job cutover job-1 --state-dir x"));
    CHECK(contains(view.hint(JobState::reversing), "transload job finish job-1"));
    CHECK(contains(view.hint(JobState::reversing), "transload job rollback job-1"));
    CHECK(view.hint(JobState::cutting_over).empty());
    view.set_hints(CutoverMode::automatic, "");
    CHECK_FALSE(contains(view.hint(JobState::data_running), "job cutover"));
}
