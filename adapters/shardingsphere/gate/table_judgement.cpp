#include "adapters/shardingsphere/gate/table_judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/mysql/quoting.hpp"
#include "adapters/shardingsphere/distsql/distsql_quoting.hpp"
#include "adapters/shardingsphere/gate/type_rules.hpp"
#include "orchestrator/plan/target_side.hpp"

namespace transload::shardingsphere {
namespace {

/// Collects the reasons of one table.
class Judge {
  public:
    Judge(const TablePlan& plan, const TableFacts& facts, const Circumstances& circumstances)
        : plan_(plan), facts_(facts), circumstances_(circumstances) {}

    std::vector<Reason> all() && {
        names();
        keys();
        columns();
        parents();
        return std::move(reasons_);
    }

  private:
    void add(GateId id, std::string message, std::string remedy = "") {
        reasons_.push_back({id, plan_.source.display(), std::move(message), std::move(remedy)});
    }
    [[nodiscard]] std::string table() const { return plan_.source.display(); }
    [[nodiscard]] const Column* column(const std::string& name) const {
        const auto found = std::find_if(plan_.columns.begin(), plan_.columns.end(),
                                        [&](const Column& each) { return each.name == name; });
        return found == plan_.columns.end() ? nullptr : &*found;
    }

    void names() {
        const std::string& name = plan_.source.table;
        if (!is_migratable_name(name))
            add("shardingsphere.table_name", fmt::format("MIGRATE TABLE can't name {}", table()));
        else if (!facts_.unquoted_name_works)
            add("shardingsphere.reserved_name",
                fmt::format("the source reads {} as a word of SQL without quotes", name));
        if (!facts_.same_but_case.empty())
            add("shardingsphere.name_twin",
                fmt::format("{} and {} differ in case only", name, facts_.same_but_case));
        if (!facts_.same_as_pattern.empty())
            add("shardingsphere.name_pattern",
                fmt::format("read as a LIKE pattern, {} is {} too", name, facts_.same_as_pattern));
        for (const Column& each : plan_.columns)
            // Quotes and brackets are taken out of names, '%' is read as a format, the rest ends the name.
            if (each.name.find_first_of("`'\"[]%\\") != std::string::npos)
                add("shardingsphere.column_name",
                    fmt::format("{}.{} has a character that the proxy can't carry in a "
                                "name",
                                table(), each.name));
        for (const std::string& unreadable : facts_.unreadable_names)
            add("shardingsphere.index_name",
                fmt::format("the proxy does not take the name {} of an index or foreign key of {}",
                            unreadable, table()));
        if (is_mapped(plan_))
            add("shardingsphere.mapping",
                fmt::format("{} is not carried whole and under its own names: the job's mapping has a rule for it", table()));
        if (!facts_.parser_refusal.empty())
            add("shardingsphere.definition",
                fmt::format("the proxy's parser does not take what creates {}: {}", table(),
                            facts_.parser_refusal));
    }

    void keys() {
        if (!plan_.key)
            add("shardingsphere.no_key", fmt::format("{} has no key over NOT NULL columns", table()),
                fmt::format("ALTER TABLE {} ADD PRIMARY KEY (…)", mysql::quote_name(plan_.source)));
        else if (plan_.key->parts.size() == 1 &&
                 facts_.data.above_int64.contains(plan_.columns.at(plan_.key->parts[0].column).name))
            add("shardingsphere.unsigned_key",
                fmt::format("the key of {} holds values above 2^63-1", table()));
        for (const IndexFacts& index : facts_.indexes) {
            if (index.expression && (circumstances_.live || index.unique))
                add("shardingsphere.functional_index",
                    fmt::format("index {} of {} is over an expression", index.name, table()));
            if (index.unique && circumstances_.live) unique_index(index);
        }
        if (facts_.data.unread)
            add("shardingsphere.data_unread", fmt::format("the rows of {} were not all looked at", table()));
        if (facts_.data.auto_increment_zero)
            add("shardingsphere.auto_increment_zero",
                fmt::format("a row of {} has 0 in the AUTO_INCREMENT column", table()));
        else if (circumstances_.live && circumstances_.source_allows_zero_numbers &&
                 std::any_of(plan_.columns.begin(), plan_.columns.end(),
                             [](const Column& each) { return each.auto_increment; }))
            add("shardingsphere.auto_increment_zero",
                fmt::format("the source's sql_mode lets writers put 0 into the AUTO_INCREMENT column of {}",
                            table()));
    }

    /// All columns of all unique indexes are what the proxy finds a changed row by.
    void unique_index(const IndexFacts& index) {
        for (const std::string& name : index.columns) {
            const Column* part = column(name);
            if (!part) continue;
            if (part->nullable)
                add("shardingsphere.nullable_unique",
                    fmt::format("{}.{} is in the unique index {} and may be NULL", table(), name,
                                index.name));
            // The binary log has them without their trailing zero bytes, and the proxy does not put these
            // back.
            if (part->data_type == "binary")
                add("shardingsphere.key_type",
                    fmt::format(
                        "{}.{} in the unique index {} is {}: changes of rows whose value ends in a zero byte "
                        "are lost",
                        table(), name, index.name, part->column_type));
        }
    }

    void columns() {
        for (const Column& each : plan_.columns) {
            if (each.generated)
                add("shardingsphere.generated_column", fmt::format("{}.{} is generated", table(), each.name));
            if (each.invisible)
                add("shardingsphere.invisible_column", fmt::format("{}.{} is invisible", table(), each.name));
            if (circumstances_.live && facts_.on_update.contains(each.name))
                add("shardingsphere.on_update",
                    fmt::format("{}.{} has ON UPDATE CURRENT_TIMESTAMP", table(), each.name));
            if (circumstances_.live && facts_.data.big_values.contains(each.name))
                add("shardingsphere.big_values",
                    fmt::format("{}.{} holds values of over 4 MiB", table(), each.name));
            for (Reason& reason : judge_column(plan_, each, facts_, circumstances_))
                reasons_.push_back(std::move(reason));
        }
    }

    void parents() {
        if (!circumstances_.live) return;
        for (const ForeignKeyFacts& key : facts_.foreign_keys)
            if (key.changes_rows)
                add("shardingsphere.cascade",
                    fmt::format("foreign key {} changes rows of {} when rows of {} change", key.name, table(),
                                key.parent.display()));
    }

    const TablePlan& plan_;
    const TableFacts& facts_;
    const Circumstances& circumstances_;
    std::vector<Reason> reasons_;
};

}  // namespace

std::vector<Reason> judge_table(const TablePlan& plan, const TableFacts& facts,
                                const Circumstances& circumstances) {
    return Judge(plan, facts, circumstances).all();
}

}  // namespace transload::shardingsphere
