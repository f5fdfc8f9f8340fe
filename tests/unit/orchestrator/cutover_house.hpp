#pragma once
#include <cstddef>
#include <string>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/service/job_service.hpp"
#include "tests/unit/orchestrator/fakes.hpp"

namespace transload::test {

/// A job with a cutover and all that it needs to run, without servers. Tests bend `spec` and `fake` to their case.
struct CutoverHouse {
    MemoryStore store;
    RealClock clock;
    FakePorts fake;
    JobSpec spec;

    CutoverHouse();
    /// Runs the job until nothing works on it any more.
    Job run();
    [[nodiscard]] std::size_t count(const std::string& call) const;
    /// Place of the first such call, which there must be.
    [[nodiscard]] std::size_t place(const std::string& call) const;
    /// Such calls throw, the first `times` of them.
    void fail_at(const std::string& call, ErrorKind kind, std::string id = "test.broken", std::size_t times = 1000);
};

}  // namespace transload::test
