#include "orchestrator/service/active_run.hpp"

namespace transload {

void ActiveRun::request_stop(std::optional<Trigger> command) {
    {
        const std::lock_guard lock(mutex_);
        if (requested_ != Trigger::cancel && command) requested_ = command;
    }
    stop_.request_stop();
}

std::optional<Trigger> ActiveRun::requested() const {
    const std::lock_guard lock(mutex_);
    return requested_;
}

void ActiveRun::set_limits(const Limits& limits) {
    const std::lock_guard lock(mutex_);
    limits_ = limits;
}

std::optional<Limits> ActiveRun::limits() const {
    const std::lock_guard lock(mutex_);
    return limits_;
}

void ActiveRun::set_stream(const StreamProgress& progress) {
    const std::lock_guard lock(mutex_);
    stream_ = progress;
}

StreamProgress ActiveRun::stream() const {
    const std::lock_guard lock(mutex_);
    return stream_;
}

void ActiveRun::set_progress(const TableProgress& progress) {
    const std::lock_guard lock(mutex_);
    const auto [entry, added] = index_.try_emplace(progress.table, progress_.size());
    if (added)
        progress_.push_back(progress);
    else
        progress_[entry->second] = progress;
}

std::vector<TableProgress> ActiveRun::progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
}

}  // namespace transload
