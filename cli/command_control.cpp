#include "cli/command_control.hpp"

#include <string>

namespace transload::cli {

void CommandControl::event(Severity level, std::string_view step, std::string_view object,
                           std::string_view message) {
    Event event;
    event.at = std::chrono::system_clock::now();
    event.state = state_;
    event.step = std::string(step);
    event.object = std::string(object);
    event.level = level;
    event.message = std::string(message);
    view_.on_event(event);
}

void CommandControl::progress(const TableProgress& progress) { view_.on_progress(JobId(), progress); }

}  // namespace transload::cli
