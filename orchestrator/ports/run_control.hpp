#pragma once
#include <stop_token>
#include <string_view>

#include "orchestrator/job/event.hpp"

namespace transload {

/// What a port sees of the job that it works for. Implementations are thread-safe: engines call it from all
/// of their threads.
class RunControl {
  public:
    virtual ~RunControl() = default;

    /// Requested when the job is to stop where it is (cancel, pause, Ctrl-C, shutdown).
    [[nodiscard]] virtual std::stop_token stop_token() const = 0;

    /// Throws Error{cancelled} once a stop was requested. Call it between units of work.
    void check() const;

    /// Writes a durable, numbered event of the running job.
    virtual void event(Severity level, std::string_view step, std::string_view object,
                       std::string_view message) = 0;

    /// Replaces what is shown of one table. Cheap; call it a few times a second at most per table.
    virtual void progress(const TableProgress& progress) = 0;
};

}  // namespace transload
