#include "orchestrator/job/transitions.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <set>

#include "orchestrator/job/state_document.hpp"
#include "orchestrator/steps/step.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;

TEST_CASE("every state can be reached from DRAFT") {
    std::set<JobState> reached{JobState::draft};
    for (bool grown = true; grown;) {
        grown = false;
        for (const Transition& row : transitions())
            if (reached.contains(row.from)) grown |= reached.insert(row.to).second;
    }
    for (const JobState state : all_job_states()) {
        CAPTURE(to_string(state));
        CHECK(reached.contains(state));
    }
}

namespace {

/// The target has taken over, or may have: such a job is not given up, it is finished or rolled back.
bool is_handed_over(JobState state) {
    return state == JobState::reversing || state == JobState::closing || state == JobState::cutting_back ||
           state == JobState::reverse_failed || state == JobState::cut_back_failed;
}

}  // namespace

TEST_CASE("every step that can fail has a failed state of its own and a way back") {
    for (const JobState state : all_job_states()) {
        if (!is_active(state)) continue;
        CAPTURE(to_string(state));
        const Transition* failure = find_transition(state, Trigger::failed);
        REQUIRE(failure);
        CHECK(is_failed(failure->to));
        CHECK(find_transition(failure->to, Trigger::retry));
        CHECK(find_transition(failure->to, is_handed_over(failure->to) ? Trigger::finish : Trigger::cancel));
    }
}

TEST_CASE("every state that is not an end can be cancelled unless it is undoing") {
    for (const JobState state : all_job_states()) {
        if (is_terminal(state) || state == JobState::draft || state == JobState::rolling_back) continue;
        if (is_handed_over(state)) continue;
        CAPTURE(to_string(state));
        CHECK(find_transition(state, Trigger::cancel));
    }
}

TEST_CASE("after the hand-over a job ends by finish or by rollback, and by nothing that leaves both servers adrift") {
    for (const JobState state : all_job_states()) {
        if (!is_handed_over(state)) continue;
        CAPTURE(to_string(state));
        CHECK_FALSE(find_transition(state, Trigger::cancel));
        for (const Transition& row : transitions())
            if (row.from == state) CHECK((is_handed_over(row.to) || row.to == JobState::done || row.to == JobState::rolled_back || row.to == JobState::paused));
    }
    for (const JobState state : {JobState::reversing, JobState::reverse_failed}) {
        CHECK(find_transition(state, Trigger::finish)->to == JobState::closing);
        CHECK(find_transition(state, Trigger::rollback)->to == JobState::cutting_back);
    }
    CHECK(find_transition(JobState::cut_back_failed, Trigger::finish)->to == JobState::closing);
}

TEST_CASE("the word of a trigger is read back as the same trigger") {
    for (const Transition& row : transitions()) CHECK(trigger_from(to_string(row.on)) == row.on);
    CHECK_FALSE(trigger_from("explode"));
}

TEST_CASE("a trigger leads to one state only") {
    std::set<std::pair<JobState, Trigger>> seen;
    for (const Transition& row : transitions()) {
        CAPTURE(to_string(row.from), to_string(row.on));
        CHECK(seen.emplace(row.from, row.on).second);
    }
}

TEST_CASE("each active state has a step function and no other state has one") {
    for (const JobState state : all_job_states()) {
        CAPTURE(to_string(state));
        CHECK((step_function(state) != nullptr) == is_active(state));
        CHECK(step_of(state).empty() != is_active(state));
    }
}

TEST_CASE("names of states are read back as the same states") {
    for (const JobState state : all_job_states()) CHECK(job_state_from(to_string(state)) == state);
    CHECK_FALSE(job_state_from("NO_SUCH_STATE"));
}

TEST_CASE("docs/states.md is what the transition table says") {
    const auto page = test::source_dir() / "docs" / "states.md";
    if (std::getenv("TRANSLOAD_UPDATE_DOCS")) std::ofstream(page) << state_document();
    CHECK(test::read_file(page) == state_document());
}
