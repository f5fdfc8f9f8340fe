#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/test_server.hpp"
#include "tests/support/workload/options.hpp"
#include "tests/support/workload/tables.hpp"

namespace transload::test {

/// Random transactions on the tables of create_workload_tables, by several threads, until stop(). A writer connects anew
/// when it lost its server, and is patient with one that takes no writes. Thread-safe.
class Workload {
  public:
    /// Begins at once. `port` may be that of a proxy before the server.
    Workload(int port, std::string database, WorkloadOptions options = {});
    Workload(const TestServer& server, std::string database, WorkloadOptions options = {})
        : Workload(server.port(), std::move(database), options) {}
    ~Workload();
    Workload(const Workload&) = delete;
    Workload& operator=(const Workload&) = delete;

    /// Ends behind the transactions that are under way.
    void stop();

    [[nodiscard]] WorkloadStatistics statistics() const;
    /// Per writer the last transaction that the server said to have committed.
    [[nodiscard]] std::map<unsigned, std::uint64_t> acknowledged() const;
    /// Errors that nobody expected of this workload, one of each writer; empty when all is well.
    [[nodiscard]] std::string unexpected() const;
    /// Every writer has been refused by now and has not committed since (or has ended): the server takes no writes.
    [[nodiscard]] bool refused_everywhere() const;
    /// Waits until so many more transactions are committed; false when that takes longer.
    [[nodiscard]] bool wait_for_more(std::uint64_t transactions, std::chrono::seconds limit = std::chrono::seconds(30)) const;

  private:
    struct Seat {
        mutable std::mutex mutex;
        WorkloadStatistics statistics;
        std::uint64_t acknowledged = 0;
        std::string unexpected;
        bool refused = false;
        bool ended = false;
    };
    void write(unsigned index);

    int port_;
    std::string database_;
    WorkloadOptions options_;
    std::atomic<bool> stopping_{false};
    std::vector<std::unique_ptr<Seat>> seats_;
    std::vector<std::thread> threads_;
};

/// Acknowledged transactions whose mark is not in the server's `acks`; one line each, empty when all are there.
[[nodiscard]] std::vector<std::string> missing_acknowledged(const Workload& workload, const TestServer& server,
                                                            const std::string& database);

}  // namespace transload::test
