#pragma once
#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/job/event.hpp"

namespace transload {

/// {"sequence", "at", "job_id", "state", "step", "object", "level", "message"}; `at` is UTC with
/// milliseconds.
[[nodiscard]] Json event_to_json(const Event& event);

/// The event of such a document. Throws Error{failed, "codec.malformed"}.
[[nodiscard]] Event event_from_json(const Json& document);

/// {"table", "phase", "rows_done", "rows_total", "bytes_done", "chunks_done", "percent"}; `percent` is null
/// while the total is unknown.
[[nodiscard]] Json progress_to_json(const TableProgress& progress);

/// {"phase", "lag_ms", "rows_per_second", "log_bytes_per_second", "backlog_bytes", "queued_bytes", "row_changes",
/// "transactions", "conflicts", "reconnects", "seconds_to_caught_up", "position"}; null where the job does not follow.
[[nodiscard]] Json stream_to_json(const StreamProgress& stream);

}  // namespace transload
