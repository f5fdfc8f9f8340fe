#include "adapters/mysql/validation/repair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <set>

#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "orchestrator/plan/target_side.hpp"

namespace transload::mysql::validation {
namespace {

constexpr std::size_t keys_per_batch = 200;
constexpr std::size_t insert_bytes = 1U << 20;  ///< an INSERT is sent when it has grown to this
constexpr unsigned duplicate_key = 1062;
constexpr unsigned most_conflict_rounds = 50;

/// Rolls back unless committed.
class Transaction {
  public:
    explicit Transaction(Connection& connection) : connection_(connection) { connection_.execute("START TRANSACTION"); }
    ~Transaction() {
        if (done_) return;
        try {
            connection_.execute("ROLLBACK");
        } catch (...) {  // the session is gone, and the transaction with it
        }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        connection_.commit();
        done_ = true;
    }

  private:
    Connection& connection_;
    bool done_ = false;
};

class OneRow final : public LoadSource {
  public:
    explicit OneRow(std::string_view bytes) : bytes_(bytes) {}
    std::size_t read(char* buffer, std::size_t capacity) override {
        const std::size_t size = bytes_.copy(buffer, capacity);
        bytes_.remove_prefix(size);
        return size;
    }

  private:
    std::string_view bytes_;
};

/// Gathers rows into INSERT statements of moderate size.
class RowWriter {
  public:
    RowWriter(Connection& writer, const TablePlan& plan) : writer_(writer), plan_(plan), prefix_(insert_prefix(plan)) {}

    void add(RowView row) {
        std::string values;
        append_insert_row(plan_, row, values);
        if (!sql_.empty() && sql_.size() + values.size() > insert_bytes) flush();
        if (prefix_.size() + values.size() + 1024 > writer_.max_allowed_packet()) {
            load(row);  // the only way in for a row that fills a packet by itself
            return;
        }
        sql_ += (sql_.empty() ? prefix_ : ",") + values;
    }

    void flush() {
        if (!sql_.empty()) writer_.execute(sql_);
        sql_.clear();
    }

  private:
    void load(RowView row) {
        std::string bytes;
        append_load_row(row, bytes);
        OneRow source(bytes);
        if (writer_.load(load_statement(plan_), source) != 1)
            throw Error(ErrorKind::failed, "validation.row_refused", plan_.target.display(),
                        "the target did not take a row of " + std::to_string(bytes.size()) + " bytes",
                        "raise max_allowed_packet on the target, then validate again");
    }

    Connection& writer_;
    const TablePlan& plan_;
    std::string prefix_;
    std::string sql_;
};

/// Reads the source to the end even when the writer fails: a statement that is broken off costs the view a session.
template <class OnRow>
void read_to_the_end(Connection& source, const std::string& sql, OnRow&& on_row) {
    std::exception_ptr failure;
    source.stream(sql, [&](RowView row) {
        try {
            if (!failure) on_row(row);
        } catch (...) {
            failure = std::current_exception();
        }
        return true;
    });
    if (failure) std::rethrow_exception(failure);
}

std::string digest_list(const std::vector<RowDigest>& digests) {
    std::string list;
    for (const RowDigest& digest : digests) list += (list.empty() ? "'" : ", '") + to_hex(digest) + "'";
    return list;
}

}  // namespace

Repair::Repair(Lane& lane, const TablePlan& plan, const TableQueries& queries, const TargetTable& target)
    : lane_(lane), plan_(plan), queries_(queries), target_(target) {}

void Repair::mend(const RangeDiff& diff) {
    std::vector<KeyValue> keys;
    keys.reserve(diff.size());
    for (const auto* list : {&diff.different, &diff.missing, &diff.extra}) keys.insert(keys.end(), list->begin(), list->end());
    for (std::size_t at = 0; at < keys.size(); at += keys_per_batch) {
        const std::size_t end = std::min(keys.size(), at + keys_per_batch);
        const std::vector<KeyValue> batch(keys.begin() + static_cast<std::ptrdiff_t>(at),
                                          keys.begin() + static_cast<std::ptrdiff_t>(end));
        lane_.retrying(plan_.target.display(), [&] { mend_batch(batch); });
    }
}

void Repair::mend_batch(std::vector<KeyValue> keys) {
    for (unsigned round = 0;; ++round) {
        Connection& writer = lane_.writer();
        try {
            Transaction transaction(writer);
            writer.execute("DELETE FROM " + queries_.on(Side::target).name + " WHERE " +
                           key_condition(queries_.plan(Side::target), keys));
            RowWriter rows(writer, plan_);
            read_to_the_end(lane_.on(Side::source),
                            fmt::format("SELECT {} FROM {} WHERE {}", select_list(plan_), queries_.on(Side::source).name,
                                        key_condition(plan_, keys)),
                            [&](RowView row) { rows.add(row); });
            rows.flush();
            mend_json_types(lane_.on(Side::source), writer, plan_, keys);
            transaction.commit();
            return;
        } catch (const ServerError& error) {
            if (error.code() != duplicate_key || round >= most_conflict_rounds) throw;
            const std::vector<KeyValue> more = conflicts(keys);
            if (more.empty()) throw;
            keys.insert(keys.end(), more.begin(), more.end());
        }
    }
}

std::vector<KeyValue> Repair::conflicts(const std::vector<KeyValue>& keys) {
    const std::set<KeyValue> known(keys.begin(), keys.end());
    std::set<KeyValue> found;
    for (const IndexColumns& index : target_.unique_indexes) {
        TablePlan by_index = plan_;
        by_index.key = RowKey{index.name, {}};
        for (const std::string& name : index.columns)
            for (std::size_t i = 0; i < plan_.columns.size(); ++i)
                if (plan_.columns[i].on_target() == name && !plan_.columns[i].left_out) by_index.key->parts.push_back({i, false});
        if (by_index.key->parts.size() != index.columns.size()) continue;
        std::vector<KeyValue> values;
        const Result wanted = lane_.on(Side::source).query(fmt::format("SELECT {} FROM {} WHERE {}", key_select_list(by_index),
                                                                       queries_.on(Side::source).name,
                                                                       key_condition(plan_, keys)));
        for (const Row& row : wanted.rows) {
            KeyValue value;
            for (const Value& part : row)
                if (part) value.push_back(*part);
            if (value.size() == row.size()) values.push_back(std::move(value));  // NULLs are in nobody's way
        }
        if (values.empty()) continue;
        // On a copy_read session, as key_select_list wants it, and of the present, not of the compared snapshot.
        lane_.renew_target();
        const Result holders = lane_.on(Side::target).query(fmt::format("SELECT {} FROM {} WHERE {}",
                                                                        key_select_list(queries_.plan(Side::target)),
                                                                        queries_.on(Side::target).name,
                                                                        key_condition(target_side(by_index), values)));
        for (const Row& row : holders.rows) {
            KeyValue key;
            for (const Value& part : row) key.push_back(part.value_or(""));
            if (!known.contains(key)) found.insert(std::move(key));
        }
    }
    return {found.begin(), found.end()};
}

void Repair::mend(const std::vector<DigestMismatch>& mismatches) {
    lane_.retrying(plan_.target.display(), [&] {
        Connection& writer = lane_.writer();
        Transaction transaction(writer);
        const std::string target = queries_.on(Side::target).name + " WHERE " + queries_.compared().row_digest.target;

        std::vector<RowDigest> foreign;  // none of them is on the source: all go, many in one pass
        const auto delete_foreign = [&] {
            if (!foreign.empty()) writer.execute("DELETE FROM " + target + " IN (" + digest_list(foreign) + ")");
            foreign.clear();
        };
        for (const DigestMismatch& one : mismatches) {
            lane_.check();
            if (one.target_rows <= one.source_rows) continue;
            if (one.source_rows == 0) {
                foreign.push_back(one.digest);
                if (foreign.size() == keys_per_batch) delete_foreign();
            } else {
                writer.execute(fmt::format("DELETE FROM {} = '{}' LIMIT {}", target, to_hex(one.digest),
                                           one.target_rows - one.source_rows));
            }
        }
        delete_foreign();

        std::vector<const DigestMismatch*> wanting;
        for (const DigestMismatch& one : mismatches)
            if (one.source_rows > one.target_rows) wanting.push_back(&one);
        const std::string& source_digest = queries_.compared().row_digest.source;
        for (std::size_t at = 0; at < wanting.size(); at += keys_per_batch) {
            lane_.check();
            std::map<RowDigest, std::uint64_t> left;
            std::vector<RowDigest> digests;
            for (std::size_t i = at; i < std::min(wanting.size(), at + keys_per_batch); ++i) {
                left[wanting[i]->digest] = wanting[i]->source_rows - wanting[i]->target_rows;
                digests.push_back(wanting[i]->digest);
            }
            RowWriter rows(writer, plan_);
            read_to_the_end(lane_.on(Side::source),
                            fmt::format("SELECT {}, {} FROM {} WHERE {} AND {} IN ({})", source_digest, select_list(plan_),
                                        queries_.on(Side::source).name, row_condition(plan_), source_digest,
                                        digest_list(digests)),
                            [&](RowView row) {
                                std::uint64_t& copies = left[digest_from_hex(row[0].view())];
                                if (copies == 0) return;
                                --copies;
                                rows.add(row.subspan(1));
                            });
            rows.flush();
        }
        try {
            transaction.commit();
        } catch (const Error& error) {
            // Doing it again would delete and insert twice; the comparison that follows sees what became of it.
            if (error.kind() != ErrorKind::in_doubt) throw;
        }
    });
}

}  // namespace transload::mysql::validation
