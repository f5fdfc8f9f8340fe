#pragma once
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/workload/options.hpp"
#include "tests/support/workload/session.hpp"
#include "tests/support/workload/values.hpp"

namespace transload::test {

/// A statement failed in a way that ends its transaction.
struct TransactionEnded : std::runtime_error {
    TransactionEnded(unsigned number, const std::string& text) : std::runtime_error(text), error(number) {}
    unsigned error;
};

/// One writer: draws transactions and carries them out. Not thread-safe. The same seed draws the same transactions as
/// long as the server answers the same.
class Writer {
  public:
    Writer(WriterSession& session, const WorkloadOptions& options, unsigned number);

    /// One transaction, or one autocommitted statement. Throws TransactionEnded.
    void transaction();
    /// The server lost the transaction or ended it.
    void forget_transaction();

    /// The serial of the last transaction that wrote it to `acks` and whose COMMIT was answered.
    [[nodiscard]] std::uint64_t acknowledged() const noexcept { return acknowledged_; }
    [[nodiscard]] const WorkloadStatistics& statistics() const noexcept { return statistics_; }
    WorkloadStatistics& statistics() noexcept { return statistics_; }

  private:
    struct Operation {
        unsigned weight;
        void (Writer::*act)();
        bool several;  ///< takes several statements, so it needs a transaction
    };

    // writer.cpp
    bool run(const std::string& statement);   ///< false when a key refused it
    bool load(const std::string& statement, const std::string& data);
    std::vector<Row> rows(const std::string& statement);
    bool judged();
    const Operation& drawn();
    void commit();
    void big();

    // people.cpp: one key, two secondary unique keys
    void insert_people();
    void update_people();
    void move_person();
    void change_email();
    void swap_emails();
    void swap_codes_by_case();
    void shift_codes();
    void delete_people();
    void hand_email_on();
    void replace_people();
    void upsert_people();
    void load_people();
    void copy_people();

    // other_keys.cpp
    void change_pairs();
    void swap_pairs();
    void change_names();
    void change_blobs();
    void change_wide_keys();
    void change_bag();
    void change_loose();
    void change_family();
    void clear();

    // kinds.cpp
    void insert_kinds();
    void update_kinds();
    void patch_documents();
    void delete_kinds();

    std::uint64_t draw(std::uint64_t below) { return values_.draw(below); }
    std::uint64_t key() { return values_.draw(options_.domain * 2); }
    std::string email() { return "'u" + std::to_string(draw(options_.domain * 2)) + "@x'"; }

    WriterSession& session_;
    const WorkloadOptions& options_;
    unsigned number_;
    Values values_;
    std::vector<Operation> operations_;
    unsigned weight_ = 0;
    std::uint64_t serial_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t transactions_ = 0;
    bool in_transaction_ = false;
    WorkloadStatistics statistics_;
};

}  // namespace transload::test
