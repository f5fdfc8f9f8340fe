#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace transload::bench {

/// A server of a benchmark: root on a loopback port, the password in MYSQL_PWD.
struct Server {
    int port = 0;
    std::string database = "sbtest";
};

/// Microseconds of Unix time; both ends of a measurement are on one machine.
[[nodiscard]] std::int64_t now_us();

struct LoadOptions {
    unsigned row_changes_per_second = 2000;
    unsigned threads = 4;
    unsigned tables = 4;
    unsigned rows = 100'000;  ///< of each table
};

/// Transactions of sysbench's oltp_write_only, two updates, a delete and an insert, at an even rate, until stop() or
/// until the server takes no writes.
class PacedLoad {
  public:
    PacedLoad(Server server, LoadOptions options);
    ~PacedLoad();
    PacedLoad(const PacedLoad&) = delete;
    PacedLoad& operator=(const PacedLoad&) = delete;

    void stop();
    [[nodiscard]] std::uint64_t row_changes() const noexcept { return row_changes_; }
    [[nodiscard]] std::int64_t last_commit_us() const noexcept { return last_commit_us_; }
    [[nodiscard]] std::int64_t first_refusal_us() const noexcept { return first_refusal_us_; }  ///< 0 = none yet
    [[nodiscard]] std::uint64_t late() const noexcept { return late_; }  ///< transactions begun over 100 ms too late

  private:
    void write(unsigned number);

    Server server_;
    LoadOptions options_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> row_changes_{0};
    std::atomic<std::uint64_t> late_{0};
    std::atomic<std::int64_t> last_commit_us_{0};
    std::atomic<std::int64_t> first_refusal_us_{0};
    std::vector<std::thread> threads_;
};

/// The password of all servers of the benchmark.
[[nodiscard]] std::string password();

}  // namespace transload::bench
