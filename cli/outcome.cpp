#include "cli/outcome.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/exit_codes.hpp"
#include "orchestrator/codec/job_json.hpp"
#include "orchestrator/codec/report_json.hpp"

namespace transload::cli {

int exit_code_of(const Job& job) {
    if (job.state == JobState::done) return exit_done;
    if (job.state == JobState::preflight_failed) return exit_preflight_refused;
    // Rows that differ are found by the validation, before a cutover, within it, and on the way back.
    const bool differ = is_failed(job.state) && job.failure && job.failure->id == "validation.mismatch";
    return differ ? exit_validation_mismatch : exit_failed;
}

int exit_code_of(const Error& error) {
    switch (error.kind()) {
        case ErrorKind::usage: return exit_usage;
        case ErrorKind::cancelled: return exit_interrupted;
        default: return exit_failed;
    }
}

void report_error(const Error& error, bool json) {
    // Messages about keys of a job file begin with the key's path already.
    const bool named = error.object().empty() || error.message().starts_with(error.object());
    const std::string object = named ? "" : error.object() + ": ";
    fmt::print(stderr, "error: {}{}\n", object, error.message());
    if (!error.remedy().empty()) fmt::print(stderr, "remedy: {}\n", error.remedy());
    if (!json) return;
    Job job;
    job.failure = Failure{JobState::draft, "", error.object(), error.message(), error.remedy(), error.id()};
    (void)print(job_document(job));
}

Job job_from_document(const std::string& document) {
    const Json json = Json::parse(document, nullptr, false);
    const auto member = [&](const char* name) { return json.is_object() && json.contains(name) ? json[name] : Json(); };
    const auto text = [&](const char* name) {
        const Json value = member(name);
        return value.is_string() ? value.get<std::string>() : std::string();
    };
    const std::optional<JobState> state = job_state_from(text("state"));
    if (!state) throw Error(ErrorKind::failed, "codec.malformed", "state", "the job's document names no known state", "");
    Job job;
    job.id = JobId{text("job_id")};
    job.state = *state;
    job.failure = failure_from_json(member("failure"));
    job.report = report_from_json(json);
    return job;
}

std::string job_document(const Job& job) { return json_text(job_to_json(job), JsonLayout::indented) + "\n"; }

bool print(const std::string& text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    return std::fflush(stdout) == 0 && written;
}

}  // namespace transload::cli
