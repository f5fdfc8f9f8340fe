#include "adapters/native/following/reporting.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace transload::native {

Reporting::Reporting(std::function<void()> report)
    : report_(std::move(report)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Reporting::run(const std::stop_token& stop) {
    constexpr std::chrono::milliseconds interval{500};
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        wakeup_.wait_for(lock, stop, interval, [] { return false; });
        if (stop.stop_requested()) return;
        try {
            report_();
        } catch (const std::exception&) {
        }
    }
}

}  // namespace transload::native
