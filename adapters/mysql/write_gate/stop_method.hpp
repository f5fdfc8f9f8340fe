#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/report.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::mysql {

/// One way to stop writes; what WriteGate says of its functions holds here. Stateless but for the sessions of table
/// locks. Thread-safe. The gate itself looks after the hook, the server's identity and the position.
class StopMethod {
  public:
    virtual ~StopMethod() = default;
    [[nodiscard]] virtual std::string name(bool mariadb) const = 0;
    /// Refuses what can't be done and notes in `record` what has to be put back.
    virtual void look(Connection& source, const JobSpec& spec, CutoverReport& record, RunControl& control) = 0;
    /// Waits for open transactions, calls `begins`, and stops the writes.
    virtual void stop(Connection& source, const JobSpec& spec, const CutoverReport& record, RunControl& control,
                      const std::function<void()>& begins) = 0;
    [[nodiscard]] virtual bool holds(Connection& source, const JobSpec& spec, const CutoverReport& record) = 0;
    virtual void admit_stream(Connection& source, const JobSpec& spec, RunControl& control) = 0;
    virtual void release(Connection& source, const CutoverReport& record, RunControl& control) = 0;
};

[[nodiscard]] std::unique_ptr<StopMethod> stop_by_variable();
[[nodiscard]] std::unique_ptr<StopMethod> stop_by_revoke();
[[nodiscard]] std::unique_ptr<StopMethod> stop_by_locks();
[[nodiscard]] std::unique_ptr<StopMethod> stop_by_hook();

/// Runs a statement that may wait for a lock: at most half of the cutover's time limit and 30 s,
/// ended by the job's stop.
/// Throws Error{transient, "cutover.locked"} when the server gives up, Error{cancelled} when the job is stopped.
void execute_bounded(Connection& source, std::string_view statement, const JobSpec& spec, RunControl& control);

}  // namespace transload::mysql
