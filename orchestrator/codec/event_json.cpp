#include "orchestrator/codec/event_json.hpp"

#include <algorithm>
#include <cmath>

#include "orchestrator/codec/member_reader.hpp"
#include "orchestrator/codec/time_text.hpp"

namespace transload {

Json event_to_json(const Event& event) {
    return {{"sequence", event.sequence},      {"at", utc_text(event.at)}, {"job_id", event.job.str()},
            {"state", to_string(event.state)}, {"step", event.step},       {"object", event.object},
            {"level", to_string(event.level)}, {"message", event.message}};
}

Event event_from_json(const Json& document) {
    Event event;
    std::string at, job, state;
    codec::read(document, "sequence", event.sequence);
    codec::read(document, "at", at);
    codec::read(document, "job_id", job);
    codec::read(document, "state", state);
    codec::read(document, "step", event.step);
    codec::read(document, "object", event.object);
    codec::read_choice(document, "level", event.level);
    codec::read(document, "message", event.message);
    const auto time = utc_from_text(at);
    if (!time) codec::malformed("at", "a time");
    const auto known = job_state_from(state);
    if (!known) codec::malformed("state", "a known state");
    event.at = *time;
    event.job = JobId{job};
    event.state = *known;
    return event;
}

Json progress_to_json(const TableProgress& progress) {
    Json percent = nullptr;
    if (progress.rows_total > 0) {
        // rows_total may be an estimate: never show more than all of it
        const double share =
            static_cast<double>(progress.rows_done) / static_cast<double>(progress.rows_total);
        percent = std::floor(std::min(share, 1.0) * 1000.0) / 10.0;
    }
    return {{"table", progress.table},           {"phase", progress.phase},
            {"rows_done", progress.rows_done},   {"rows_total", progress.rows_total},
            {"bytes_done", progress.bytes_done}, {"chunks_done", progress.chunks_done},
            {"percent", std::move(percent)}};
}

Json stream_to_json(const StreamProgress& stream) {
    if (stream.phase.empty()) return nullptr;
    const bool known = stream.seconds_to_caught_up >= 0;
    return {{"phase", stream.phase},
            {"lag_ms", stream.lag_ms},
            {"rows_per_second", stream.rows_per_second},
            {"log_bytes_per_second", stream.log_bytes_per_second},
            {"backlog_bytes", stream.backlog_bytes},
            {"queued_bytes", stream.queued_bytes},
            {"row_changes", stream.row_changes},
            {"transactions", stream.transactions},
            {"conflicts", stream.conflicts},
            {"reconnects", stream.reconnects},
            {"seconds_to_caught_up", known ? Json(stream.seconds_to_caught_up) : Json(nullptr)},
            {"position", codec::text_or_null(stream.position)}};
}

}  // namespace transload
