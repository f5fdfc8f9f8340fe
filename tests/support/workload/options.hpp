#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/test_server.hpp"

namespace transload::test {

struct WorkloadOptions {
    std::uint64_t seed = 1;
    unsigned writers = 3;               ///< threads, each with a session
    unsigned first_writer = 1;          ///< number of the first in `acks`; another one for a workload of its own
    unsigned transactions_per_second = 0;  ///< over all writers; 0 = as fast as it goes
    unsigned domain = 2000;             ///< keys and unique values are drawn from so many, so that they collide
    unsigned big_rows = 0;              ///< the first writer changes so many rows in one transaction now and then; 0 = never
    unsigned big_every = 400;           ///< after so many transactions of its own
    bool foreign_keys = false;          ///< also `parents` and `children`
    bool truncate = false;              ///< also TRUNCATE
    bool types = true;                  ///< also `kinds`
    bool keyless = true;                ///< also `bag` and `loose`
    bool stop_when_refused = false;     ///< a writer ends at the first refusal; else it tries again until stop()
};

/// What the writers of a workload did.
struct WorkloadStatistics {
    std::uint64_t committed = 0;    ///< transactions that the server acknowledged, autocommitted statements included
    std::uint64_t rolled_back = 0;  ///< on purpose
    std::uint64_t statements = 0;   ///< that succeeded
    std::uint64_t rows = 0;         ///< affected by them
    std::uint64_t duplicates = 0;   ///< statements refused by a unique or a foreign key; the transaction went on
    std::uint64_t aborted = 0;      ///< by a deadlock or a lock wait
    std::uint64_t lost = 0;         ///< connections
    std::uint64_t refused = 0;      ///< because the server takes no writes
    std::uint64_t big = 0;          ///< big transactions committed
    [[nodiscard]] std::string text() const;
};

}  // namespace transload::test
