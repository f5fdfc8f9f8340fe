#pragma once
#include <string>

#include "orchestrator/job/job.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::cli {

/// Exit code of a job in its present state.
[[nodiscard]] int exit_code_of(const Job& job);
[[nodiscard]] int exit_code_of(const Error& error);

/// "error: object: message" and "remedy: …" on stderr; on stdout, with `json`, the document of a failed job that
/// never came to be.
void report_error(const Error& error, bool json);

/// The job's public document, indented, with a newline at its end: what --json prints.
[[nodiscard]] std::string job_document(const Job& job);

/// The job that such a document tells of: state, failure and report. What was asked for, servers and all, is not in it. Throws
/// Error{failed, "codec.malformed"}.
[[nodiscard]] Job job_from_document(const std::string& document);

/// Writes text to stdout and says whether all of it got there.
[[nodiscard]] bool print(const std::string& text);

}  // namespace transload::cli
