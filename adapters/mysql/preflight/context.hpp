#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/mysql/preflight/findings_log.hpp"
#include "adapters/mysql/preflight/objects.hpp"
#include "adapters/mysql/preflight/server.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::mysql {

/// What the checks work on. References outlive it. Not thread-safe.
struct Context {
    const JobSpec& spec;
    const std::vector<TablePlan>& tables;
    Server& source;
    Server& target;
    FindingsLog& log;

    /// One per mapping of the job, in its order.
    std::vector<DatabaseObjects> source_objects;
    std::vector<DatabaseObjects> target_objects;  ///< empty ones where the database is absent
    /// SHOW CREATE TABLE of each table of `tables`; "" where the server would not tell.
    std::vector<std::string> definitions;

    [[nodiscard]] bool cutover() const { return spec.cutover.mode != CutoverMode::none; }
    /// The native engine is to follow the source up to a cutover.
    [[nodiscard]] bool native_follows() const {
        return cutover() && (spec.engine == EngineChoice::native ||
                             (spec.engine == EngineChoice::automatic && spec.shardingsphere.proxies.empty()));
    }
    /// For what a copy does not need and following does.
    [[nodiscard]] Severity if_following() const { return cutover() ? Severity::error : Severity::info; }

    /// Selected views, and triggers of selected tables; routines and events move whole.
    [[nodiscard]] std::vector<const StoredObject*> moving_objects() const;
    [[nodiscard]] std::vector<const StoredObject*> moving(StoredObject::Kind kind) const;
    [[nodiscard]] bool is_selected_table(const TableName& name) const;
    [[nodiscard]] bool is_selected(const TableName& table_or_view) const;
    /// The target's database of a source database; "" for one that is not in the job.
    [[nodiscard]] std::string target_database(std::string_view source_database) const;
    /// A definer of an object as it will be on the target; "" for the migrating account itself.
    [[nodiscard]] std::string target_definer(const StoredObject& object) const;
    /// True when the target's database holds a table or view of that name.
    [[nodiscard]] bool target_holds(const TableName& target_name);
};

/// Tells that `what` was not looked at on `server`, with the GRANT that would allow it.
void not_checked(Context& context, const Server& server, std::string_view what, std::string_view privilege);

struct Check {
    std::string_view name;  ///< for preflight.check_failed: what was not looked at
    void (*run)(Context&);
};

/// "a, b, c and 12 more"
[[nodiscard]] std::string enumerate(const std::vector<std::string>& names, std::size_t most = 5);

// The checks by area, each in its own file.
[[nodiscard]] std::span<const Check> selection_checks();
[[nodiscard]] std::span<const Check> source_privilege_checks();
[[nodiscard]] std::span<const Check> target_privilege_checks();
[[nodiscard]] std::span<const Check> server_checks();
[[nodiscard]] std::span<const Check> binlog_checks();
[[nodiscard]] std::span<const Check> cutover_checks();
[[nodiscard]] std::span<const Check> activity_checks();
[[nodiscard]] std::span<const Check> existing_checks();
[[nodiscard]] std::span<const Check> table_checks();
[[nodiscard]] std::span<const Check> feature_checks();
[[nodiscard]] std::span<const Check> packet_checks();
[[nodiscard]] std::span<const Check> view_checks();
[[nodiscard]] std::span<const Check> object_checks();
[[nodiscard]] std::span<const Check> pair_checks();
[[nodiscard]] std::span<const Check> name_checks();

}  // namespace transload::mysql
