#pragma once
#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/plan/report.hpp"

namespace transload {

/// A job's evidence, as docs/report-format.md describes it. `schema.changelog` is text for one database, a
/// list for several, null while there is none.
[[nodiscard]] Json report_to_json(const Report& report);

/// The report of such a document. Throws Error{failed, "codec.malformed"} where a member has another type.
[[nodiscard]] Report report_from_json(const Json& document);

/// {"id", "severity", "object", "message", "remedy"} of each.
[[nodiscard]] Json findings_to_json(const Findings& findings);
[[nodiscard]] Findings findings_from_json(const Json& list);

}  // namespace transload
