#pragma once
#include <string>

#include "orchestrator/job/event.hpp"

namespace transload::logging {

enum class LogFormat { text, json };

/// What one line of the log says. Empty parts are left out of text lines and empty in JSON ones.
struct LogLine {
    WallTime at;
    Severity level = Severity::info;
    std::string job;
    std::string state;
    std::string step;
    std::string object;
    std::string message;
};

/// The line without its line end. One record is always one line: control characters are escaped, and bytes
/// that are not UTF-8 replaced, so that no name or message from a server can forge a second record.
///   text: 2026-11-20T10:59:55.123Z warning job=a1 state=DATA_RUNNING step=data.run object=shop.t message
///   json: {"time","level","job_id","state","step","object","message"}
[[nodiscard]] std::string render(const LogLine& line, LogFormat format);

[[nodiscard]] LogLine line_of(const Event& event);
/// "inventory: 1200 of 5000 rows, 1.5 MB"
[[nodiscard]] LogLine line_of(const JobId& job, const TableProgress& progress, WallTime at);

}  // namespace transload::logging
