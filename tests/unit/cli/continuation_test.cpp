#include "cli/continuation.hpp"

#include <catch2/catch.hpp>

using namespace transload;

namespace {

Job job(const char* id, JobState state, const char* target = "new-host") {
    Job made;
    made.id = JobId(id);
    made.state = state;
    made.spec.target.host = target;
    made.spec.databases = {{"shop", "shop"}};
    return made;
}

}  // namespace

TEST_CASE("a repeated command finds the unfinished job of the same move and no other") {
    const JobSpec spec = job("x", JobState::draft).spec;
    const std::vector<Job> jobs{job("other", JobState::data_failed, "elsewhere"), job("mine", JobState::data_failed)};
    const auto found = cli::find_earlier(jobs, spec, false);
    REQUIRE(found);
    CHECK(found->id.str() == "mine");
}

TEST_CASE("a cancelled job is found only when it is to be undone") {
    const JobSpec spec = job("x", JobState::draft).spec;
    CHECK_FALSE(cli::find_earlier({job("a", JobState::cancelled)}, spec, false));
    CHECK(cli::find_earlier({job("a", JobState::cancelled)}, spec, true));
}

TEST_CASE("no job that is older than a finished one of the same move is undone or gone on with") {
    const JobSpec spec = job("x", JobState::draft).spec;
    CHECK_FALSE(cli::find_earlier({job("b", JobState::done), job("a", JobState::cancelled)}, spec, true));
    CHECK_FALSE(cli::find_earlier({job("b", JobState::done), job("a", JobState::data_failed)}, spec, true));
    CHECK(cli::find_earlier({job("c", JobState::data_failed), job("b", JobState::done)}, spec, false));
}
