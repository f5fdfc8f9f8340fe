#include "adapters/logging/log_line.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/codec/time_text.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload::logging {
namespace {

/// Text on one line: C0 controls, DEL and backslashes escaped.
std::string one_line(std::string_view text) {
    std::string result;
    for (const char c : valid_utf8(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            result += "\\n";
        else if (byte < 0x20 || byte == 0x7f)
            result += fmt::format("\\x{:02x}", byte);
        else if (c == '\\')
            result += "\\\\";
        else
            result += c;
    }
    return result;
}

/// A value behind `key=`: quoted where a reader could not see its end.
std::string quoted(const std::string& text) {
    std::string line = one_line(text);
    if (line.find_first_of(" \"=") == std::string::npos) return line;
    std::string result = "\"";
    for (const char c : line) {
        if (c == '"') result += '\\';
        result += c;
    }
    return result + '"';
}

std::string text_of(const LogLine& line) {
    std::string text = fmt::format("{} {:<7}", utc_text(line.at), to_string(line.level));
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) text += fmt::format(" {}={}", key, quoted(value));
    };
    add("job", line.job);
    add("state", line.state);
    add("step", line.step);
    add("object", line.object);
    if (!line.message.empty()) (text += ' ') += one_line(line.message);
    return text;
}

}  // namespace

std::string render(const LogLine& line, LogFormat format) {
    if (format == LogFormat::text) return text_of(line);
    return json_text({{"time", utc_text(line.at)},
                      {"level", to_string(line.level)},
                      {"job_id", line.job},
                      {"state", line.state},
                      {"step", line.step},
                      {"object", line.object},
                      {"message", line.message}});
}

LogLine line_of(const Event& event) {
    return {event.at,   event.level,  event.job.str(), std::string(to_string(event.state)),
            event.step, event.object, event.message};
}

LogLine line_of(const JobId& job, const TableProgress& progress, WallTime at) {
    std::string message =
        progress.rows_total > 0
            ? fmt::format("{}: {} of {} rows, {:.1f} MB", progress.phase, progress.rows_done,
                          progress.rows_total, static_cast<double>(progress.bytes_done) / 1e6)
            : fmt::format("{}: {} rows, {:.1f} MB", progress.phase, progress.rows_done,
                          static_cast<double>(progress.bytes_done) / 1e6);
    return {at, Severity::info, job.str(), "", "progress", progress.table, std::move(message)};
}

}  // namespace transload::logging
