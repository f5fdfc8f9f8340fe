#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/finding.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/report.hpp"

/// The words that stand for each choice in job files, JSON, flags and reports, in one place.
namespace transload {

[[nodiscard]] std::string_view to_string(Severity value);
[[nodiscard]] std::string_view to_string(EngineChoice value);     ///< auto, native, shardingsphere
[[nodiscard]] std::string_view to_string(IfExists value);         ///< refuse, empty_ok, truncate, drop
[[nodiscard]] std::string_view to_string(ValidationLevel value);  ///< counts, sample, checksum, rows
[[nodiscard]] std::string_view to_string(CutoverMode value);      ///< none, auto, manual
[[nodiscard]] std::string_view to_string(WriteStopMethod value);  ///< super_read_only, revoke, lock_tables, hook
[[nodiscard]] std::string_view to_string(OpenTransactions value); ///< wait, kill
[[nodiscard]] std::string_view to_string(DdlPolicy value);        ///< stop, ignore, apply
[[nodiscard]] std::string_view to_string(WriteStopState value);   ///< none, stopping, held, releasing, telling, over
[[nodiscard]] std::string_view to_string(TlsMode value);          ///< disabled … verify-full
[[nodiscard]] std::string_view to_string(DefinerPolicy value);    ///< keep, strip, map
[[nodiscard]] std::string_view to_string(MismatchKind value);     ///< different, missing, extra

/// All words of a choice, in order, for messages and completion.
template <class Choice>
[[nodiscard]] const std::vector<std::string_view>& words();

/// The choice that a word stands for; nullopt for any other word.
template <class Choice>
[[nodiscard]] std::optional<Choice> from_word(std::string_view word);

}  // namespace transload
