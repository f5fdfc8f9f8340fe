#include "orchestrator/service/job_runner.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <string>
#include <utility>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/service/backoff.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {
namespace {

/// A manual cutover, or other limits, may have been asked for since this copy of the job was read. To be called between
/// two steps, while holding ActiveRun::storing, before the copy is stored.
void take_over_requests(Job& job, const ActiveRun& run) {
    job.report.cutover.requested = run.cutover_requested();
    if (const std::optional<Limits> limits = run.limits()) job.spec.limits = *limits;
}

/// RunControl of one step.
class StepControl final : public RunControl {
  public:
    StepControl(Job& job, ActiveRun& run, JobJournal& journal) : job_(job), run_(run), journal_(journal) {}

    [[nodiscard]] std::stop_token stop_token() const override { return run_.stop_token(); }
    void event(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        journal_.event(job_, level, step, object, message);
    }
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        store(level, step, object, message);
    }
    [[nodiscard]] bool cutover_requested() const override {
        if (!run_.cutover_requested() && asked_elsewhere()) {
            run_.set_cutover_requested(true);
            store(Severity::info, step_of(job_.state), "", "cutover requested");
        }
        return run_.cutover_requested();
    }
    void clear_cutover_request() override {
        const auto storing = run_.storing();
        run_.set_cutover_requested(false);
        job_.report.cutover.requested = false;
    }
    [[nodiscard]] std::optional<Limits> limits() const override { return run_.limits(); }
    void stream(const StreamProgress& progress) override {
        run_.set_stream(progress);
        journal_.stream(job_.id, progress);
    }
    void progress(const TableProgress& progress) override {
        run_.set_progress(progress);
        journal_.progress(job_.id, progress);
    }

  private:
    void store(Severity level, std::string_view step, std::string_view object, std::string_view message) const {
        const auto storing = run_.storing();
        job_.report.cutover.requested = run_.cutover_requested();
        const std::optional<Limits> limits = run_.limits();
        if (!limits) return journal_.record(job_, level, step, object, message);
        // Engines may be reading the spec right now: what is stored has the new limits, the step's job gets them later.
        Job stored = job_;
        stored.spec.limits = *limits;
        journal_.record(stored, level, step, object, message);
        job_.updated = stored.updated;
    }

    /// Looks into the store, where `transload job cutover` leaves it for a job of another process; not at every call.
    bool asked_elsewhere() const {
        const auto now = journal_.clock().monotonic();
        if (job_.spec.cutover.mode != CutoverMode::manual || now < next_look_) return false;
        next_look_ = now + std::chrono::seconds{1};
        return journal_.cutover_asked(job_.id);
    }

    Job& job_;  // the step changes its report, and nothing else of it
    ActiveRun& run_;
    JobJournal& journal_;
    mutable std::chrono::steady_clock::time_point next_look_;
};

/// Sleeps, or returns at once when a stop is requested.
void sleep_unless_stopped(std::chrono::milliseconds duration, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wakeup;
    std::unique_lock lock(mutex);
    wakeup.wait_for(lock, stop, duration, [] { return false; });
}

constexpr std::chrono::minutes long_enough{5};

/// The job is one that may follow for weeks, and was at it.
bool was_following(const Job& job, const ActiveRun& run) {
    const std::string phase = run.stream().phase;
    return (job.state == JobState::data_running || job.state == JobState::reversing) &&
           (phase == "following" || phase == "reverse");
}

bool worth_repeating(const Error& error) {
    // Cancelled, and nobody has asked for that: a part of the step stopped the others without saying why.
    return error.kind() == ErrorKind::transient || error.kind() == ErrorKind::in_doubt || error.kind() == ErrorKind::cancelled;
}

}  // namespace

JobRunner::JobRunner(StepPorts& ports, JobJournal& journal, std::filesystem::path log_dir)
    : ports_(ports), journal_(journal), log_dir_(std::move(log_dir)) {}

void JobRunner::run(Job& job, ActiveRun& run, bool planning_only) {
    Scratch scratch;
    {
        const auto storing = run.storing();
        if (job.report.cutover.requested) run.set_cutover_requested(true);
    }
    try {
        while (is_active(job.state) && !(planning_only && job.state == JobState::pending)) {
            StepResult result;
            const auto began = journal_.clock().monotonic();
            StepControl control(job, run, journal_);
            StepContext context{job, ports_, control, scratch, log_dir_ / (job.id.str() + ".log"), {}};
            // Both may be about to let tables go.
            if (job.state == JobState::planning || job.state == JobState::schema_applying)
                context.handed_over = handed_over_tables(journal_.jobs(), job);
            const Ending ending = run_step(context, run, result);
            account(job, std::chrono::duration<double>(journal_.clock().monotonic() - began).count());
            if (ending == Ending::stopped) {
                obey(context, run);
                return;
            }
            if (result.outcome == StepOutcome::failed) {
                leave_safely(context, false);
                control.clear_cutover_request();  // the next write stop has to be asked for anew
            }
            go_on(job, run, result);
        }
    } catch (const std::exception& error) {
        journal_.unstored(job, std::string("the job stands still because its state can't be stored: ") +
                                   error.what() + "; mend the state folder and start again");
    }
}

void JobRunner::obey(StepContext& context, ActiveRun& run) {
    Job& job = context.job;
    const std::optional<Trigger> command = run.requested();
    // It came while the world was told that the target takes over: now the job has to come to its end, and is begun again.
    const bool too_late = command == Trigger::cancel && has_handed_over(job.report.cutover) && !has_handed_over(job.report.cut_back);
    leave_safely(context, !too_late && (command == Trigger::pause || command == Trigger::cancel));
    if (too_late) {
        journal_.event(job, Severity::warning, step_of(job.state), "",
                       "the command to cancel came when the target had taken over: the job goes on");
    } else if (command == Trigger::cancel && job.report.cutover.state != WriteStopState::none && find_transition(job.state, Trigger::failed)) {
        Failure failure;
        failure.id = "cutover.stop_kept";
        failure.object = job.spec.source.label();
        failure.message = "the job was not given up: the write stop could not be taken back, and the source may take no writes";
        failure.remedy = "see that the source can be reached, and retry the job, which takes the stop back first, or roll it back";
        store(job, run, Trigger::failed, std::move(failure));
    } else if (command && find_transition(job.state, *command)) {
        store(job, run, *command);
    }
}

JobRunner::Ending JobRunner::run_step(StepContext& context, ActiveRun& run, StepResult& result) {
    Job& job = context.job;
    const StepFunction step = step_function(job.state);
    const RetryPolicy& policy = job.spec.retry;
    // Whoever has just typed a host name wants to hear at once that it is wrong.
    const unsigned attempts = job.state == JobState::planning ? 1 : std::max(1U, policy.attempts);
    for (unsigned attempt = 1;; ++attempt) {
        const auto began = journal_.clock().monotonic();
        try {
            context.control.check();
            result = step(context);
            return Ending::result;
        } catch (const Error& error) {
            if (run.stop_token().stop_requested()) return Ending::stopped;
            // What went well for long enough does not count with what fails now.
            if (was_following(job, run) && journal_.clock().monotonic() - began > long_enough) attempt = 1;
            if (!worth_repeating(error) || attempt >= attempts) {
                result = {StepOutcome::failed, failure_from(error)};
                return Ending::result;
            }
            leave_safely(context, false);  // writers are not kept waiting while nothing is done
            const auto pause = backoff(attempt, policy.backoff_min, policy.backoff_max);
            journal_.event(job, Severity::warning, step_of(job.state), error.object(),
                           error.message() + "; attempt " + std::to_string(attempt + 1) + " of " +
                               std::to_string(attempts) + " follows in " +
                               std::to_string(pause.count() / 1000.0).substr(0, 4) + " s");
            sleep_unless_stopped(pause, run.stop_token());
        } catch (const std::exception& error) {
            if (run.stop_token().stop_requested()) return Ending::stopped;
            Failure failure;
            failure.id = "internal.error";
            failure.message = error.what();
            failure.remedy = "retry the job; if it happens again, report it with the job's log";
            result = {StepOutcome::failed, failure};
            return Ending::result;
        }
    }
}

void JobRunner::go_on(Job& job, ActiveRun& run, const StepResult& result) {
    switch (result.outcome) {
        case StepOutcome::done: store(job, run, Trigger::done); break;
        case StepOutcome::skipped: store(job, run, Trigger::skipped); break;
        case StepOutcome::failed: store(job, run, Trigger::failed, result.failure.value_or(Failure{})); break;
    }
    if (job.state == JobState::ready && job.spec.start) store(job, run, Trigger::start);
}

void JobRunner::store(Job& job, ActiveRun& run, Trigger trigger, std::optional<Failure> failure) {
    const auto storing = run.storing();
    take_over_requests(job, run);
    journal_.transition(job, trigger, std::move(failure));
}

void JobRunner::account(Job& job, double seconds) const {
    Timings& timings = job.report.timings;
    timings.total_seconds += seconds;
    switch (job.state) {
        case JobState::schema_generating:
        case JobState::schema_applying:
        case JobState::finalizing: timings.schema_seconds += seconds; break;
        case JobState::validating: timings.validate_seconds += seconds; break;
        default: break;
    }
}

}  // namespace transload
