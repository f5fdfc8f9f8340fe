#include "cli/outcome.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/exit_codes.hpp"
#include "orchestrator/codec/job_json.hpp"

namespace transload::cli {

int exit_code_of(const Job& job) {
    switch (job.state) {
        case JobState::done: return exit_done;
        case JobState::preflight_failed: return exit_preflight_refused;
        // Rows that differ are found by jobs that follow before the cutover, or within it.
        case JobState::validation_failed:
        case JobState::data_failed:
        case JobState::cutover_failed:
            return job.failure && job.failure->id == "validation.mismatch" ? exit_validation_mismatch : exit_failed;
        default: return exit_failed;
    }
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

std::string job_document(const Job& job) { return json_text(job_to_json(job), JsonLayout::indented) + "\n"; }

bool print(const std::string& text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    return std::fflush(stdout) == 0 && written;
}

}  // namespace transload::cli
