#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/test_server.hpp"

namespace transload::test {

struct WriterOptions {
    unsigned sessions = 3;
    std::uint32_t seed = 7;
    unsigned pause_ms = 20;  ///< of each session between two transactions
    bool move_keys = true;   ///< now and then a row gets another key; not for tables that are spread by it
};

/// Creates the tables that LiveWriter writes to: `sbtest1` … `sbtest4` as sysbench makes them, `accounts` with a unique
/// address, `ledger` with a key of two columns, and `notes` with a key of text. Deterministic.
void create_live_tables(const TestServer& source, const std::string& database, unsigned rows);

/// Sessions that write to these tables as applications do: inserts, updates, deletes, REPLACE, transactions of several
/// rows, rollbacks, changed keys. A session that is refused because the server is read-only waits and tries again, one
/// that loses its server connects anew. Ends with the object.
class LiveWriter {
  public:
    LiveWriter(const TestServer& source, std::string database, WriterOptions options = {});
    ~LiveWriter();
    LiveWriter(const LiveWriter&) = delete;
    LiveWriter& operator=(const LiveWriter&) = delete;

    /// Transactions that the server said to have committed.
    [[nodiscard]] std::uint64_t committed() const noexcept { return committed_; }
    /// Refusals because of read-only.
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
    /// Errors that nobody expected of this writer ("1054: INSERT …"); empty when all is well.
    [[nodiscard]] std::string unexpected() const;
    /// Waits until so many more are committed; false when that takes over `seconds`.
    [[nodiscard]] bool wait_for_more(std::uint64_t transactions, unsigned seconds = 30) const;
    /// Ends after the transactions that are under way.
    void stop();

  private:
    void write(unsigned number);

    int port_;
    std::string password_;
    std::string database_;
    WriterOptions options_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> committed_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<unsigned> strange_{0};
    std::vector<std::string> strange_statements_;  ///< one of each session
    std::vector<std::thread> threads_;
};

}  // namespace transload::test
