#include "adapters/native/following/relay_control.hpp"

#include <stdexcept>

namespace transload::native {
namespace {

/// Whoever does not look after a stream for so many events gets the first of them, and how many there were.
constexpr std::size_t most_waiting = 1'000;

}  // namespace

void RelayControl::event(Severity level, std::string_view step, std::string_view object, std::string_view message) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_waiting) {
        ++dropped_;
        return;
    }
    waiting_.push_back({level, std::string(step), std::string(object), std::string(message)});
}

void RelayControl::record(Severity, std::string_view, std::string_view, std::string_view) {
    throw std::logic_error("a stream keeps its state on the target, not in the job");
}

void RelayControl::deliver(RunControl& control) {
    const std::lock_guard one_at_a_time(delivering_);
    std::uint64_t dropped = 0;
    while (true) {
        Waiting one;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty()) {
                std::swap(dropped, dropped_);
                break;
            }
            one = waiting_.front();
        }
        control.event(one.level, one.step, one.object, one.message);
        const std::lock_guard lock(mutex_);
        waiting_.pop_front();
    }
    if (dropped != 0)
        control.event(Severity::warning, "data.stream", "",
                      std::to_string(dropped) + " more events of the stream were not kept");
}

}  // namespace transload::native
