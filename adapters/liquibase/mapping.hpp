#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/liquibase/source_schema.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// Tables that go by other names on the target, and columns that do or that it does not have. The source's
/// schema is read as the target is to have it, so that all that follows sees one schema only.
namespace transload::liquibase {

/// One table whose target is not as its source.
struct TableMap {
    std::string source;
    std::string target;
    std::map<std::string, std::string> columns;  ///< upper case of the source's name → the target's
    std::set<std::string> left_out;              ///< upper case
    std::set<std::string> key;                   ///< upper case: what identifies rows
    [[nodiscard]] bool renamed() const { return source != target; }
};

/// What the plans of a job change.
class SchemaMapping {
  public:
    explicit SchemaMapping(const std::vector<TablePlan>& tables);
    [[nodiscard]] bool empty() const noexcept { return tables_.empty(); }
    /// Null: as on the source.
    [[nodiscard]] const TableMap* find(const std::string& database, const std::string& table) const;
    [[nodiscard]] const std::map<std::string, std::map<std::string, TableMap>>& databases() const noexcept {
        return tables_;
    }

  private:
    std::map<std::string, std::map<std::string, TableMap>> tables_;
};

/// The table's name on the target.
[[nodiscard]] const std::string& target_table(const TablePlan& plan);

/// SHOW CREATE TABLE of the source as the target is to have it. Names in expressions, keys, foreign keys
/// (also of other mapped tables), checks and partitions are replaced; names of indexes and constraints stay.
/// Indexes, foreign keys and checks that need a left-out column are left out with a finding of severity
/// warning; a key of rows, a generated column, a default or a partition that needs one is a finding of
/// severity error.
[[nodiscard]] std::string mapped_table(std::string_view show_create, const std::string& database,
                                       const std::string& table, const SchemaMapping& mapping,
                                       Findings& findings);

/// All of a database as the target is to have it: `mapped_from` of what is changed says the source's name.
/// Views and programs whose text names what is mapped can't be rewritten safely: they are taken out, each
/// with a finding `schema.mapped_reference` of severity warning. A trigger on a renamed table goes along
/// where its body names nothing that is mapped. Without mappings nothing changes.
void apply_mapping(SourceDatabase& database, const SchemaMapping& mapping);

}  // namespace transload::liquibase
