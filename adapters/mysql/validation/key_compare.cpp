#include "adapters/mysql/validation/key_compare.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <set>
#include <stdexcept>

#include "adapters/mysql/validation/table_queries.hpp"
#include "adapters/mysql/validation/target_tables.hpp"

namespace transload::mysql {

using namespace validation;

namespace {

constexpr std::size_t keys_per_statement = 500;
constexpr std::size_t key_bytes_per_statement = 64U << 10;
/// What is held in memory of both sides before it is compared.
constexpr std::size_t keys_at_a_time = 50'000;

using Rows = std::map<KeyValue, RowDigest>;
using Keys = std::vector<KeyValue>;

}  // namespace

struct KeyComparison::Table {
    Table(const TablePlan& plan_, const TargetTable& there, const ServerVersion& source, const ServerVersion& target)
        : plan(plan_), compared(compare_columns(plan_, there.columns, source, target)) {
        if (!compared.missing.empty())
            throw Error(ErrorKind::failed, "validation.no_column", plan.target.display(),
                        "the target lacks the column " + compared.missing.front(),
                        "bring the table's definition in line with the source's");
        const bool has_index = plan.key && std::find(there.indexes.begin(), there.indexes.end(), plan.key->index_name) !=
                                               there.indexes.end();
        queries.emplace(plan, compared, side_table(plan, plan.source, true, source),
                        side_table(plan, plan.target, has_index, target));
        if (compared.needs_parser) form = RowForm::values;
    }

    [[nodiscard]] Rows read(Connection& connection, Side side, const Keys& keys) const {
        Rows rows;
        const std::size_t parts = plan.key->parts.size();
        for (std::size_t at = 0; at < keys.size();) {
            Keys batch;
            for (std::size_t bytes = 0;
                 at < keys.size() && batch.size() < keys_per_statement && bytes < key_bytes_per_statement; ++at) {
                for (const std::string& part : keys[at]) bytes += part.size();
                batch.push_back(keys[at]);
            }
            connection.stream(queries->rows(side, batch, form), [&](RowView row) {
                const RowDigest digest = form == RowForm::digest
                                             ? digest_from_hex(row[parts].view())
                                             : digest_of_values(queries->compared(), row.subspan(parts));
                rows.insert_or_assign(read_key_parts(row, parts, Reach::server), digest);
                return true;
            });
        }
        return rows;
    }

    /// Keys of rows that one side has, or has otherwise, when both are asked for these; sorted.
    [[nodiscard]] Keys differing(Connection& source, Connection& target, const Keys& keys) const {
        auto other = std::async(std::launch::async, [&] { return read(target, Side::target, keys); });
        Rows here = read(source, Side::source, keys);
        const Rows there = other.get();
        Keys found;
        for (const auto& [key, digest] : there) {
            const auto same = here.find(key);
            if (same == here.end() || same->second != digest) found.push_back(key);
            if (same != here.end()) here.erase(same);
        }
        for (const auto& [key, digest] : here) found.push_back(key);
        std::sort(found.begin(), found.end());
        return found;
    }

    const TablePlan& plan;
    ComparedTable compared;
    std::optional<TableQueries> queries;
    RowForm form = RowForm::digest;
};

KeyComparison::KeyComparison(Connection& source, Connection& target, const std::vector<TablePlan>& tables)
    : source_(source), target_(target) {
    const TargetTables there = read_target_tables(target, tables);
    for (const TablePlan& plan : tables) {
        const auto found = there.find(plan.target.display());
        if (found == there.end())
            throw Error(ErrorKind::failed, "validation.no_table", plan.target.display(), "the table does not exist on the target",
                        "migrate it, or leave it out");
        tables_.push_back(std::make_unique<Table>(plan, found->second, source.version(), target.version()));
    }
}

KeyComparison::~KeyComparison() = default;

std::vector<KeyValue> KeyComparison::differing(std::size_t table, const std::vector<KeyValue>& keys) {
    const Table& one = *tables_.at(table);
    if (!one.plan.key) throw std::logic_error("KeyComparison: a table without a key");
    std::set<KeyValue> found;
    for (std::size_t at = 0; at < keys.size(); at += keys_at_a_time) {
        const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = keys.begin() + static_cast<std::ptrdiff_t>(std::min(keys.size(), at + keys_at_a_time));
        // Where the two sides take different bytes for the same key ('a' and 'A'), one of them answers with a row that the
        // other was not asked for: these are asked for by the bytes that they have.
        const Keys suspects = one.differing(source_, target_, {begin, end});
        if (suspects.empty()) continue;
        const Keys again = one.differing(source_, target_, suspects);
        std::set_intersection(again.begin(), again.end(), suspects.begin(), suspects.end(), std::inserter(found, found.end()));
    }
    return {found.begin(), found.end()};
}

bool KeyComparison::same(std::size_t table) {
    const Table& one = *tables_.at(table);
    const auto read = [&](Connection& connection, Side side) {
        return parse_range_digest(connection.query(one.queries->range_digest(side, {}, true)).rows.at(0), true);
    };
    auto other = std::async(std::launch::async, [&] { return read(target_, Side::target); });
    const RangeDigest here = read(source_, Side::source);
    return here == other.get();
}

std::vector<std::vector<KeyValue>> KeyComparison::differing(const std::vector<std::vector<KeyValue>>& keys) {
    std::vector<std::vector<KeyValue>> found(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (!keys[i].empty()) found[i] = differing(i, keys[i]);
    return found;
}

std::vector<KeyValue> differing_keys(Connection& source, Connection& target, const TablePlan& plan,
                                     const std::vector<KeyValue>& keys) {
    const std::vector<TablePlan> tables{plan};
    return KeyComparison(source, target, tables).differing(0, keys);
}

}  // namespace transload::mysql
