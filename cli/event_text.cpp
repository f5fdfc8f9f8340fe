#include "cli/event_text.hpp"

#include <fmt/format.h>

#include <ctime>

#include "orchestrator/plan/names.hpp"

namespace transload::cli {

std::string printable(std::string_view text) {
    std::string safe;
    for (const char c : text) safe += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
    return safe;
}

std::string event_text(const Event& event) {
    const auto seconds = std::chrono::system_clock::to_time_t(event.at);
    std::tm local{};
    localtime_r(&seconds, &local);
    char time[16];
    std::strftime(time, sizeof time, "%H:%M:%S", &local);
    std::string line = fmt::format("{} {:<18}", time, to_string(event.state));
    if (event.level != Severity::info) line += fmt::format(" {}:", to_string(event.level));
    if (!event.object.empty()) line += " " + printable(event.object) + ":";
    return line + " " + printable(event.message) + "\n";
}

}  // namespace transload::cli
