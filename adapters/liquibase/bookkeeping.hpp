#pragma once
#include <compare>
#include <set>
#include <string>
#include <vector>

#include "adapters/liquibase/changelog.hpp"
#include "adapters/mysql/connection.hpp"
#include "orchestrator/job/job_id.hpp"

namespace transload::liquibase {

/// An object on the target: kind as in changeSet ids ("table", "view", "trigger", …, or "database" with no
/// name).
struct TargetObject {
    std::string kind;
    std::string database;
    std::string name;
    friend bool operator==(const TargetObject&, const TargetObject&) = default;
    friend auto operator<=>(const TargetObject&, const TargetObject&) = default;
};

/// What one job writes down on the target, in the schema `_transload`: Liquibase's own tables under names of
/// the job's, the objects that the job creates (written before it does), and the steps that may happen only
/// once.
class Bookkeeping {
  public:
    static constexpr const char* schema = "_transload";

    Bookkeeping(mysql::Connection& connection, const JobId& job);

    [[nodiscard]] const std::string& changelog_table() const noexcept { return changelog_; }
    [[nodiscard]] const std::string& lock_table() const noexcept { return lock_; }

    /// Creates schema and tables when absent.
    void prepare();
    /// A Liquibase that was killed leaves its lock behind. It is the job's own, and the job runs once only.
    void release_lock();

    /// Ids of the changeSets that Liquibase recorded for this file.
    [[nodiscard]] std::set<std::string> recorded_change_sets(const std::string& logical_path);
    /// Makes Liquibase take changeSets for run that were run without it; those that it recorded already are left. It
    /// fills in their checksums when it sees them next. Its table must be there.
    void record_change_sets(const std::string& logical_path, const std::vector<std::string>& ids);
    /// Makes Liquibase forget changeSets, so that it runs them again.
    void unrecord(const std::string& logical_path, const std::set<std::string>& ids);

    void record_created(const std::vector<TargetObject>& objects);
    [[nodiscard]] std::set<TargetObject> created();

    /// What is created at a cutover, and dropped again where that is withdrawn: apart from created(), which has it too.
    void record_at_cutover(const std::vector<TargetObject>& objects);
    [[nodiscard]] std::set<TargetObject> at_cutover();
    void unrecord_at_cutover();

    [[nodiscard]] bool step_done(const std::string& step);
    void record_step(const std::string& step);

    void forget();

  private:
    void record_objects(const std::string& prefix, const std::vector<TargetObject>& objects);
    [[nodiscard]] bool table_exists(const std::string& name);
    mysql::Connection& connection_;
    std::string job_, changelog_, lock_;
};

/// What a changeSet creates; kind empty when it only alters.
[[nodiscard]] TargetObject object_of(const ChangeSet& change, const std::string& database);

/// All objects that there are in a database of the target, in the words of TargetObject.
[[nodiscard]] std::set<TargetObject> existing_objects(mysql::Connection& connection,
                                                      const std::string& database);

/// True when there is such a database.
[[nodiscard]] bool database_exists(mysql::Connection& connection, const std::string& database);

}  // namespace transload::liquibase
