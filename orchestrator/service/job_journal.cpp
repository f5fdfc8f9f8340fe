#include "orchestrator/service/job_journal.hpp"

#include <string>
#include <utility>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/service/fault_point.hpp"

namespace transload {
namespace {

std::string describe(const Transition& transition, const Job& job) {
    if (!job.failure || transition.kind != TransitionKind::failure) return std::string(transition.comment);
    std::string text = job.failure->message;
    if (!job.failure->remedy.empty()) text += "; " + job.failure->remedy;
    return text;
}

}  // namespace

JobJournal::JobJournal(JobStore& store, const Clock& clock, std::vector<EventSink*> sinks)
    : store_(store), clock_(clock), sinks_(std::move(sinks)) {}

void JobJournal::transition(Job& job, Trigger trigger, std::optional<Failure> failure) {
    const Transition* row = find_transition(job.state, trigger);
    if (!row)
        throw Error(ErrorKind::refused, "job.not_allowed", job.id.str(),
                    "a job in state " + std::string(to_string(job.state)) + " can't take the command " +
                        std::string(to_string(trigger)),
                    "look at the job's state and at docs/states.md");
    Job next = job;
    next.state = row->to_previous ? job.resume_state : row->to;
    if (trigger == Trigger::pause) next.resume_state = job.state;
    if (failure) {
        failure->state = next.state;
        failure->step = std::string(row->step);
        next.failure = std::move(failure);
    } else if (trigger != Trigger::cancel && trigger != Trigger::rollback) {
        next.failure.reset();
    }
    next.updated = clock_.now();
    Event event;
    event.job = next.id;
    event.at = next.updated;
    event.state = next.state;
    event.step = std::string(row->kind == TransitionKind::failure ? row->step : step_of(next.state));
    event.object = next.failure && row->kind == TransitionKind::failure ? next.failure->object : std::string();
    event.level = row->kind == TransitionKind::failure ? Severity::error : Severity::info;
    event.message = describe(*row, next);
    const FaultPoint around(next.state);
    event = store_.commit(next, std::move(event));
    job = std::move(next);
    publish(event);
}

void JobJournal::record(Job& job, Severity level, std::string_view step, std::string_view object,
                        std::string_view message) {
    job.updated = clock_.now();
    const FaultPoint around(job.state);
    publish(store_.commit(job, made(job, level, step, object, message)));
}

void JobJournal::amended(const Job& job) {
    publish(store_.commit(job, made(job, Severity::info, "", "", "goes on with the options of this command")));
}

void JobJournal::event(const Job& job, Severity level, std::string_view step, std::string_view object,
                       std::string_view message) {
    publish(store_.append(made(job, level, step, object, message)));
}

Event JobJournal::made(const Job& job, Severity level, std::string_view step, std::string_view object,
                       std::string_view message) const {
    Event event;
    event.job = job.id;
    event.at = clock_.now();
    event.state = job.state;
    event.step = std::string(step);
    event.object = std::string(object);
    event.level = level;
    event.message = std::string(message);
    return event;
}

void JobJournal::progress(const JobId& job, const TableProgress& progress) {
    for (EventSink* sink : sinks_) sink->on_progress(job, progress);
}

void JobJournal::stream(const JobId& job, const StreamProgress& progress) {
    for (EventSink* sink : sinks_) sink->on_stream(job, progress);
}

void JobJournal::unstored(const Job& job, std::string_view message) {
    publish(made(job, Severity::error, "", "", message));
}

void JobJournal::publish(const Event& event) {
    for (EventSink* sink : sinks_) sink->on_event(event);
}

}  // namespace transload
