#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/plan/finding.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload {

/// What SchemaTool::compare says of all objects.
struct SchemaReport {
    std::vector<std::string> changelogs;  ///< one file per source database
    std::uint64_t objects = 0;            ///< compared
    std::uint64_t identical = 0;          ///< SHOW CREATE equal to the letter
    std::uint64_t equivalent = 0;         ///< differs for a listed reason (Severity::info findings)
    Findings different;                   ///< info = equivalent, with the reason; error = really different
};

enum class MismatchKind { different, missing, extra };

/// One row that is not the same on both sides.
struct Mismatch {
    MismatchKind kind = MismatchKind::different;
    std::string table;   ///< source "database.table"
    std::string key;     ///< "id=42, region='eu'"; for tables without a key: "row digest …"
    std::string column;  ///< the first column that differs; empty for missing and extra
    std::string source_value;  ///< empty unless the job shows values
    std::string target_value;
    bool repaired = false;
};

struct TableReport {
    std::string name;         ///< source "database.table"
    std::string target_name;
    std::string engine;
    std::string key;  ///< index name, empty when none
    std::uint64_t source_rows = 0;  ///< counted
    std::uint64_t target_rows = 0;  ///< counted
    std::string validated;          ///< level name, empty while not done
    std::uint64_t mismatches = 0;
    std::uint64_t repaired = 0;
};

struct ValidationReport {
    std::string level;
    std::string position;  ///< of the source's view that was compared
    std::uint64_t mismatches = 0;
    std::uint64_t repaired = 0;
    std::vector<Mismatch> details;  ///< the first 1,000
};

struct Timings {
    double schema_seconds = 0;
    double inventory_seconds = 0;
    double indexing_seconds = 0;
    double validate_seconds = 0;
    double write_stop_seconds = 0;
    double total_seconds = 0;
};

/// How far the cutover has come; written before each act and after it, so that a restarted orchestrator knows what it
/// may have done.
enum class WriteStopState {
    none,      ///< the source was never touched, or everything was taken back
    stopping,  ///< intent: the source may or may not take writes
    held,      ///< the source takes no writes
    releasing, ///< intent: being taken back
    telling,   ///< intent: the world is being told that the other server takes the writes. There is no way back from it
               ///< but a hand-over that is told to have failed: clients may have turned already
    over,      ///< handed over: the source stays as it is, the target has the rows
};

struct CutoverReport {
    bool requested = false;  ///< a manual cutover was asked for
    WriteStopState state = WriteStopState::none;
    std::string method;               ///< "super_read_only", "hook", "hook, super_read_only"
    bool read_only_before = false;    ///< what the source's variables were, and are put back to
    bool super_read_only_before = false;
    std::string server_uuid;  ///< of the source that was stopped
    std::string saved;        ///< what else the write gate has to put back; its own words
    std::string programs;     ///< triggers and events that are set aside for the way back; the write gate's own words
    std::int64_t stopped_at = 0;  ///< Unix time in ms at which the stop began; 0 = none is held
    std::string position;     ///< of the source after the write stop
    std::string drain_proof;  ///< how it was proven that everything before it is on the target
    std::uint64_t withdrawn = 0;  ///< how often the write stop was taken back
    std::string reverse_position; ///< of the target at the hand-over: where the reverse stream begins; empty: there is none
    std::int64_t handed_over_at = 0;  ///< Unix time in ms; 0 = not yet
};

/// The other server takes the writes, or clients may have been sent there.
[[nodiscard]] inline bool has_handed_over(const CutoverReport& cutover) {
    return cutover.state == WriteStopState::telling || cutover.state == WriteStopState::over;
}

/// Evidence of a job, filled in as it becomes known.
struct Report {
    std::string engine;
    SchemaReport schema;
    std::vector<TableReport> tables;
    ValidationReport validation;
    Findings findings;
    CutoverReport cutover;
    /// The job has done all that it was to do; what is left is to remove its own records from the target. What is there is
    /// the users' from here on.
    bool finalized = false;
    CutoverReport cut_back;  ///< the write stop on the target, where the job was taken back after the hand-over
    Timings timings;
    std::uint64_t rows_copied = 0;
    std::uint64_t bytes_copied = 0;
    std::uint64_t changes_applied = 0;
};

}  // namespace transload
