#pragma once
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::mysql {

struct SetAsideTrigger {
    TableName name;
    std::string table;
    std::string order;    ///< "BEFORE INSERT 1": what SHOW CREATE does not tell
    std::string create;   ///< as SHOW CREATE TRIGGER prints it; refers to its own database
    std::string definer;  ///< user@host, as `create` has it
    std::string sql_mode, client, connection, database_collation;
};

struct SetAsideEvent {
    TableName name;
    std::string definer;  ///< user@host
    std::string create;   ///< as SHOW CREATE EVENT printed it while it was enabled
    /// ALTER EVENT gives it those of the session.
    std::string sql_mode, time_zone, client, connection, database_collation;
};

/// Triggers of a table stand together, in the order in which they act.
struct SetAside {
    std::vector<SetAsideTrigger> triggers;
    std::vector<SetAsideEvent> events;
};

/// What CutoverReport::programs holds.
[[nodiscard]] SetAside set_aside_from(const std::string& saved);

/// What acts by itself on the source and would act again on the rows that a stream brings: triggers on the job's tables and
/// enabled events of its databases, as one JSON text; "" when there is nothing of the kind. Needs TRIGGER and EVENT, without
/// which the server shows none. Throws Error{refused, "cutover.program"} for what could not be made again
/// exactly as it is.
[[nodiscard]] std::string programs_of(Connection& source, const JobSpec& spec);

/// Drops the triggers and disables the events. `saved` is what programs_of said, and is stored by now. Idempotent. Throws
/// Error{transient, "cutover.programs_changed"} when there is something that is not in `saved`: nothing was changed then.
void set_programs_aside(Connection& source, const JobSpec& spec, const std::string& saved, RunControl& control);

/// Creates the triggers again, in their order, and enables the events; what is there already stays. Idempotent. Throws
/// Error{failed, "cutover.programs_not_restored"} when they are not as they were afterwards.
void put_programs_back(Connection& source, const JobSpec& spec, const std::string& saved, RunControl& control);

}  // namespace transload::mysql
