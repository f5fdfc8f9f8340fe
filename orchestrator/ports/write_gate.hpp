#pragma once
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/report.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload {

/// Keeps the source from taking writes, and gives it back exactly as it was. The record that says what was done lies in
/// the job: it is filled by `look`, stored by the caller, and only then is anything changed. Every call is idempotent.
class WriteGate {
  public:
    virtual ~WriteGate() = default;

    /// What `release` has to put back: method, variables, server_uuid. Changes nothing. Throws Error{refused} when the
    /// account may not stop writes.
    virtual void look(const JobSpec& spec, CutoverReport& record, RunControl& control) = 0;

    /// What would make a write stop slow or fail if it began now: transactions that are open on the source, ….
    /// Changes nothing.
    [[nodiscard]] virtual Findings obstacles(const JobSpec& spec, RunControl& control) {
        (void)spec, (void)control;
        return {};
    }

    /// Stops the writes; when it returns no session can commit a change any more, and `record.position` is the last
    /// one. Throws Error{transient} when that can't be had within the job's cutover timeout; the caller then releases.
    virtual void stop(const JobSpec& spec, CutoverReport& record, RunControl& control) = 0;

    /// The source's position now, as text that is equal as long as nothing was written to its log.
    [[nodiscard]] virtual std::string position(const JobSpec& spec) = 0;

    /// True while the source takes no writes and is still the server that was stopped.
    [[nodiscard]] virtual bool holds(const JobSpec& spec, const CutoverReport& record) = 0;

    /// What acts by itself on this server and would act on the rows that a stream brings, in words for
    /// CutoverReport::programs; "" when there is nothing. Changes nothing. Throws Error{refused} for what could not be put
    /// back exactly.
    [[nodiscard]] virtual std::string programs(const JobSpec& spec, RunControl& control) = 0;

    /// While a stop is held or over: lets the job's own account write to this server, and still nobody else, for the
    /// stream that keeps it up to date, and sets aside what `record.programs` names, which is stored by now. Idempotent.
    /// Throws Error{transient} when there is by now what is not in it, and
    /// Error{failed, "cutover.can't_write"} where the method or the account's rights do not allow it; `look` with
    /// CutoverOptions::reverse has refused that before.
    virtual void admit_stream(const JobSpec& spec, const CutoverReport& record, RunControl& control) = 0;

    /// The stream has ended for good, and the stop stays: what was set aside for it is put back. Idempotent.
    virtual void end_stream(const JobSpec& spec, const CutoverReport& record, RunControl& control) = 0;

    /// Puts back what `look` found and what was set aside.
    virtual void release(const JobSpec& spec, const CutoverReport& record, RunControl& control) = 0;
};

}  // namespace transload
