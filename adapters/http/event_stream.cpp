#include "adapters/http/event_stream.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "orchestrator/codec/event_json.hpp"

namespace transload::http {
namespace {

constexpr auto between_looks = std::chrono::milliseconds{200};
constexpr auto between_progress = std::chrono::milliseconds{400};
constexpr auto heartbeat = std::chrono::seconds{15};
constexpr std::size_t page = 200;

std::string message(std::string_view event, const Json& data) {
    return fmt::format("event: {}\ndata: {}\n\n", event, json_text(data));
}

}  // namespace

std::shared_ptr<void> StreamSlots::take() {
    for (std::size_t free = free_; free > 0;)
        if (free_.compare_exchange_weak(free, free - 1)) return {this, [this](void*) { ++free_; }};
    return nullptr;
}

EventStream::EventStream(const JobCommands& jobs, JobId id, std::uint64_t after)
    : jobs_(jobs), id_(std::move(id)), after_(after) {}

void EventStream::run(const Write& write, const Alive& alive) {
    write_ = &write;
    alive_ = &alive;
    if (!put("retry: 2000\n\n")) return;
    Clock::time_point next_progress = Clock::now();
    for (;;) {
        if (!write_events()) return;
        if (!told_ && !write_state(jobs_.get(id_).state)) return;
        const auto now = Clock::now();
        if (now >= next_progress) {
            if (!write_progress()) return;
            next_progress = now + between_progress;
        }
        if (is_terminal(*told_)) {
            // The event that brought it there may have come after the last look.
            const std::uint64_t before = after_;
            if (!write_events() || after_ == before) return;
            continue;
        }
        if (now - last_written_ >= heartbeat && !put(":\n\n")) return;
        std::this_thread::sleep_for(between_looks);
        if (!alive()) return;
    }
}

bool EventStream::write_events() {
    for (;;) {
        const std::vector<Event> events = jobs_.events(id_, after_, page);
        for (const Event& event : events) {
            if (!put(fmt::format("id: {}\n{}", event.sequence, message("event", event_to_json(event))))) return false;
            after_ = event.sequence;
            if (told_ != event.state && !write_state(event.state)) return false;
        }
        if (events.size() < page) return true;
    }
}

bool EventStream::write_state(JobState state) {
    told_ = state;
    return put(message("state", {{"state", to_string(state)}, {"lifecycle", to_string(lifecycle_of(state))}}));
}

bool EventStream::write_progress() {
    Json tables = Json::array();
    for (const TableProgress& progress : jobs_.progress(id_)) {
        Json table = progress_to_json(progress);
        std::string& told = tables_[progress.table];
        std::string text = json_text(table);
        if (text == told) continue;
        told = std::move(text);
        tables.push_back(std::move(table));
    }
    Json stream = stream_to_json(jobs_.stream(id_));
    std::string text = json_text(stream);
    if (tables.empty() && text == stream_) return true;
    stream_ = std::move(text);
    return put(message("progress", {{"tables", std::move(tables)}, {"stream", std::move(stream)}}));
}

bool EventStream::put(const std::string& text) {
    if (!(*alive_)() || !(*write_)(text)) return false;
    last_written_ = Clock::now();
    return true;
}

}  // namespace transload::http
