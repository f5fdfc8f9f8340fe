#include "orchestrator/service/fault_point.hpp"

#ifdef TRANSLOAD_FAULT_POINTS
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#endif

namespace transload {

#ifdef TRANSLOAD_FAULT_POINTS

namespace {

int wanted(const char* variable) {
    const char* text = std::getenv(variable);
    return text == nullptr ? 0 : std::atoi(text);
}

bool is_late(JobState state) {
    switch (state) {
        case JobState::cutting_over:
        case JobState::validating:
        case JobState::finalizing:
        case JobState::reversing:
        case JobState::closing:
        case JobState::cutting_back: return true;
        default: return false;
    }
}

[[noreturn]] void die() {
    ::kill(::getpid(), SIGKILL);
    std::abort();
}

}  // namespace

FaultPoint::FaultPoint(JobState state) {
    static const int before = wanted("TRANSLOAD_TEST_KILL_BEFORE_RECORD");
    static const int after = wanted("TRANSLOAD_TEST_KILL_AFTER_RECORD");
    static std::atomic<int> lines{0};
    if ((before == 0 && after == 0) || !is_late(state)) return;
    const int line = ++lines;
    if (line == before) die();
    kill_after_ = line == after;
}

FaultPoint::~FaultPoint() {
    if (kill_after_) die();
}

#else

FaultPoint::FaultPoint(JobState) {}
FaultPoint::~FaultPoint() = default;

#endif

}  // namespace transload
