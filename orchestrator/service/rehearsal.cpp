#include "orchestrator/service/rehearsal.hpp"

#include <string>

#include "orchestrator/plan/error.hpp"

namespace transload {
namespace {

/// What the gate has to say while it looks becomes findings; nothing is stored.
class RehearsalControl final : public RunControl {
  public:
    explicit RehearsalControl(Findings& findings) : findings_(findings) {}
    [[nodiscard]] std::stop_token stop_token() const override { return {}; }
    void event(Severity level, std::string_view, std::string_view object, std::string_view message) override {
        if (level != Severity::info)
            findings_.push_back({"rehearsal.source", level, std::string(object), std::string(message), ""});
    }
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        event(level, step, object, message);
    }
    void progress(const TableProgress&) override {}

  private:
    Findings& findings_;
};

std::string seconds_text(double seconds) {
    const auto tenths = static_cast<long long>(seconds * 10 + 0.5);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

void judge_state(const Job& job, Findings& findings) {
    const auto refuse = [&](std::string message, std::string remedy) {
        findings.push_back(
            {"rehearsal.state", Severity::error, job.id.str(), std::move(message), std::move(remedy)});
    };
    if (job.spec.cutover.mode == CutoverMode::none)
        refuse("the job has no cutover (its cutover mode is none)", "start a job with cutover mode manual or auto");
    else if (job.state != JobState::data_running)
        refuse("a job in state " + std::string(to_string(job.state)) + " can't cut over",
               "ask again when it is in state DATA_RUNNING");
}

void judge_stream(const Job& job, const std::optional<StreamProgress>& stream, Findings& findings) {
    if (job.state != JobState::data_running) return;
    const auto add = [&](const char* id, Severity severity, std::string message, std::string remedy) {
        findings.push_back({id, severity, job.id.str(), std::move(message), std::move(remedy)});
    };
    if (!stream)
        return add("rehearsal.stream_unknown", Severity::warning,
                   "how far the job is behind its source is known to the process that runs it", "look at its output");
    if (stream->phase.empty()) {
        if (job.report.engine.find("shardingsphere") != std::string::npos)
            return add("rehearsal.stream_unknown", Severity::warning,
                       "how far the job is behind its source is known to ShardingSphere", "look at the job's events");
        return add("rehearsal.not_following", Severity::error, "the job does not follow its source yet",
                   "wait until its rows are copied and its indexes are built");
    }
    if (stream->phase == "catching up") {
        std::string message = "the job is still catching up, " +
                              seconds_text(static_cast<double>(stream->lag_ms) / 1000) + " behind its source";
        if (stream->seconds_to_caught_up >= 0)
            message += ", for about " + seconds_text(stream->seconds_to_caught_up) + " more";
        add("rehearsal.not_caught_up", Severity::error, std::move(message), "wait, or lift the job's limits");
    } else if (stream->lag_ms > job.spec.cutover.max_lag.count()) {
        add("rehearsal.lag", Severity::error,
            "the job is " + seconds_text(static_cast<double>(stream->lag_ms) / 1000) +
                " behind its source, and the write stop does not begin above " +
                seconds_text(static_cast<double>(job.spec.cutover.max_lag.count()) / 1000),
            "wait, lift the job's limits, or raise cutover.max_lag");
    }
    if (stream->conflicts > 0)
        add("rehearsal.conflicts", Severity::warning,
            std::to_string(stream->conflicts) + " changes met rows on the target that were not as expected",
            "look at the job's events");
}

void judge_validation(const Job& job, Findings& findings) {
    if (job.state != JobState::data_running) return;
    const ValidationReport& validation = job.report.validation;
    if (validation.level.empty())
        findings.push_back({"rehearsal.not_validated", Severity::warning, job.id.str(),
                            "both sides were not compared yet", "the cutover waits until they are"});
    else if (validation.mismatches > 0)
        findings.push_back({"rehearsal.mismatches", Severity::error, job.id.str(),
                            std::to_string(validation.mismatches) + " rows differ", "look at the job's report"});
}

}  // namespace

Findings rehearse_cutover(const Job& job, const std::optional<StreamProgress>& stream, WriteGate& gate) {
    Findings findings;
    judge_state(job, findings);
    judge_stream(job, stream, findings);
    judge_validation(job, findings);
    // A write stop that is held, or over, has its own record, and the source would not answer as it will.
    if (job.spec.cutover.mode == CutoverMode::none || job.report.cutover.state != WriteStopState::none) return findings;
    RehearsalControl control(findings);
    try {
        CutoverReport record;
        gate.look(job.spec, record, control);
        for (Finding& finding : gate.obstacles(job.spec, control)) findings.push_back(std::move(finding));
    } catch (const Error& error) {
        findings.push_back({error.id(), Severity::error, error.object(), error.message(), error.remedy()});
    }
    return findings;
}

}  // namespace transload
