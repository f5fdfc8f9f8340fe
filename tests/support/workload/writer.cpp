#include "tests/support/workload/writer.hpp"

#include <fmt/format.h>

namespace transload::test {
namespace {

/// Errors after which the transaction goes on, as an application would let it: a key said no.
bool key_said_no(unsigned error) {
    switch (error) {
        case 1062:  // duplicate
        case 1451:  // a child needs it
        case 1452:  // no parent
        case 1216: case 1217:  // the same, to an account that may not see the other table
        case 1022:  // duplicate, from the storage engine
        case 1586:  // duplicate, with the key's name
        case 4025:  // MariaDB: a document that JSON functions made is not valid there
            return true;
        default: return false;
    }
}

}  // namespace

Writer::Writer(WriterSession& session, const WorkloadOptions& options, unsigned number)
    : session_(session), options_(options), number_(number), values_(options.seed * 7919 + number) {
    operations_ = {{12, &Writer::insert_people, false}, {10, &Writer::update_people, false}, {5, &Writer::move_person, false},
                   {6, &Writer::change_email, false},   {6, &Writer::swap_emails, true},     {3, &Writer::swap_codes_by_case, true},
                   {4, &Writer::shift_codes, false},    {6, &Writer::delete_people, false},  {5, &Writer::hand_email_on, true},
                   {5, &Writer::replace_people, false}, {6, &Writer::upsert_people, false},  {3, &Writer::load_people, false},
                   {3, &Writer::copy_people, false},    {9, &Writer::change_pairs, false},   {4, &Writer::swap_pairs, true},
                   {8, &Writer::change_names, false},   {5, &Writer::change_blobs, false},   {6, &Writer::change_wide_keys, false}};
    if (options.keyless) {
        operations_.push_back({8, &Writer::change_bag, false});
        operations_.push_back({4, &Writer::change_loose, false});
    }
    if (options.types) {
        operations_.push_back({8, &Writer::insert_kinds, false});
        operations_.push_back({10, &Writer::update_kinds, false});
        operations_.push_back({4, &Writer::patch_documents, false});
        operations_.push_back({3, &Writer::delete_kinds, false});
    }
    if (options.foreign_keys) operations_.push_back({8, &Writer::change_family, false});
    if (options.truncate) operations_.push_back({1, &Writer::clear, false});
    for (const Operation& operation : operations_) weight_ += operation.weight;
}

bool Writer::judged() {
    if (session_.error() == 0) {
        ++statistics_.statements;
        if (session_.affected() != ~0ULL) statistics_.rows += session_.affected();
        return true;
    }
    if (key_said_no(session_.error())) {
        ++statistics_.duplicates;
        return false;
    }
    throw TransactionEnded(session_.error(), session_.message());
}

bool Writer::run(const std::string& statement) {
    try {
        session_.execute(statement);
        return judged();
    } catch (const TransactionEnded& ended) {
        throw TransactionEnded(ended.error, std::string(ended.what()) + ": " + statement.substr(0, 300));
    }
}

bool Writer::load(const std::string& statement, const std::string& data) {
    session_.load(statement, data);
    return judged();
}

std::vector<Row> Writer::rows(const std::string& statement) {
    auto found = session_.query(statement);
    if (!found) throw TransactionEnded(session_.error(), session_.message());
    return std::move(*found);
}

const Writer::Operation& Writer::drawn() {
    std::uint64_t dice = draw(weight_);
    for (const Operation& operation : operations_) {
        if (dice < operation.weight) return operation;
        dice -= operation.weight;
    }
    return operations_.front();
}

void Writer::commit() {
    ++serial_;
    run(fmt::format("INSERT INTO acks VALUES ({}, {}) ON DUPLICATE KEY UPDATE serial = VALUES(serial)", number_, serial_));
    run("COMMIT");
    in_transaction_ = false;
    acknowledged_ = serial_;
    ++statistics_.committed;
}

void Writer::forget_transaction() {
    // The server may have kept it open, as after a lock wait timeout.
    if (in_transaction_ && session_.connected()) session_.execute("ROLLBACK");
    in_transaction_ = false;
}

void Writer::transaction() {
    ++transactions_;
    if (options_.big_rows > 0 && number_ == options_.first_writer && transactions_ % options_.big_every == options_.big_every / 2) {
        big();
        return;
    }
    const std::uint64_t dice = draw(100);
    const Operation& first = drawn();
    if (dice < 35 && !first.several) {
        const std::uint64_t before = statistics_.statements;
        (this->*first.act)();
        if (statistics_.statements > before) ++statistics_.committed;
        return;
    }
    run("BEGIN");
    in_transaction_ = true;
    (this->*first.act)();
    for (std::uint64_t more = draw(4); more > 0; --more) (this->*drawn().act)();
    if (dice >= 88) {  // some of it is taken back
        run("SAVEPOINT here");
        (this->*drawn().act)();
        (this->*drawn().act)();
        // A TRUNCATE in between committed, and the savepoint went with it.
        if (session_.execute("ROLLBACK TO SAVEPOINT here") != 0 && session_.error() != 1305) (void)judged();
        (this->*drawn().act)();
    }
    if (dice >= 80 && dice < 88) {
        run("ROLLBACK");
        in_transaction_ = false;
        ++statistics_.rolled_back;
        return;
    }
    commit();
}

void Writer::big() {
    const std::uint64_t batch = 1 + draw(2);
    const std::uint64_t base = batch * 10000000;
    run("BEGIN");
    in_transaction_ = true;
    run(fmt::format("DELETE FROM bulk WHERE batch = {}", batch));
    run(fmt::format("INSERT INTO bulk SELECT {} + h.n * 1000 + l.n, {}, l.n, MD5(l.n + {}) FROM numbers h JOIN numbers l "
                    "WHERE h.n < {} AND h.n * 1000 + l.n < {}",
                    base, batch, draw(1000), options_.big_rows / 1000 + 1, options_.big_rows));
    run(fmt::format("UPDATE bulk SET id = id + 5000000, v = -v WHERE batch = {} AND v < 10", batch));
    run(fmt::format("DELETE FROM bulk WHERE batch = {} AND v % 7 = 3", batch));
    if (values_.chance(20)) {
        run("ROLLBACK");
        in_transaction_ = false;
        ++statistics_.rolled_back;
        return;
    }
    commit();
    ++statistics_.big;
}

}  // namespace transload::test
