#include "tests/support/workload/workload.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/support/process.hpp"
#include "tests/support/workload/writer.hpp"

namespace transload::test {
namespace {

using namespace std::chrono_literals;

enum class Trouble { again, lost, refused, unexpected };

Trouble trouble_of(unsigned error) {
    switch (error) {
        case 1205: case 1213: case 1689: case 1317: case 3024: case 1020: return Trouble::again;  // lock waits, deadlocks, a killed statement
        case 1290: case 1836:                                     // read-only
        case 1142: case 1044: case 1045: case 1143: case 1227: return Trouble::refused;  // rights that were taken away
        case 1053: case 1927: case 3169: case 1040: case 1152: case 1158: case 1159: case 1160: case 1161: return Trouble::lost;
        default: return error >= 2000 && error < 3000 ? Trouble::lost : Trouble::unexpected;
    }
}

/// Writers have time zones of their own: a TIMESTAMP is the same moment everywhere.
std::vector<std::string> greeting(unsigned number) {
    static const char* const zones[] = {"+00:00", "+05:30", "-08:00"};
    return {"SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'", fmt::format("SET SESSION time_zone = '{}'", zones[number % 3]),
            "SET SESSION innodb_lock_wait_timeout = 2", "SET SESSION lock_wait_timeout = 5",
            // Next-key locks of the range reads would make writers wait for each other more than they work.
            "SET SESSION transaction_isolation = 'READ-COMMITTED'"};
}

std::vector<std::string> mariadb_greeting(unsigned number) {
    std::vector<std::string> statements = greeting(number);
    statements.back() = "SET SESSION tx_isolation = 'READ-COMMITTED'";
    return statements;
}

void add(WorkloadStatistics& sum, const WorkloadStatistics& one) {
    sum.committed += one.committed;
    sum.rolled_back += one.rolled_back;
    sum.statements += one.statements;
    sum.rows += one.rows;
    sum.duplicates += one.duplicates;
    sum.aborted += one.aborted;
    sum.lost += one.lost;
    sum.refused += one.refused;
    sum.big += one.big;
}

}  // namespace

std::string WorkloadStatistics::text() const {
    return fmt::format("{} committed, {} rolled back, {} statements, {} rows, {} refused by a key, {} aborted, {} lost, {} refused, {} big",
                       committed, rolled_back, statements, rows, duplicates, aborted, lost, refused, big);
}

Workload::Workload(int port, std::string database, WorkloadOptions options)
    : port_(port), database_(std::move(database)), options_(options) {
    for (unsigned i = 0; i < options_.writers; ++i) seats_.push_back(std::make_unique<Seat>());
    for (unsigned i = 0; i < options_.writers; ++i) threads_.emplace_back([this, i] { write(i); });
}

Workload::~Workload() { stop(); }

void Workload::stop() {
    stopping_ = true;
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

WorkloadStatistics Workload::statistics() const {
    WorkloadStatistics sum;
    for (const auto& seat : seats_) {
        const std::lock_guard lock(seat->mutex);
        add(sum, seat->statistics);
    }
    return sum;
}

std::map<unsigned, std::uint64_t> Workload::acknowledged() const {
    std::map<unsigned, std::uint64_t> all;
    for (unsigned i = 0; i < seats_.size(); ++i) {
        const std::lock_guard lock(seats_[i]->mutex);
        all[options_.first_writer + i] = seats_[i]->acknowledged;
    }
    return all;
}

std::string Workload::unexpected() const {
    std::string all;
    for (const auto& seat : seats_) {
        const std::lock_guard lock(seat->mutex);
        if (!seat->unexpected.empty()) all += seat->unexpected + "\n";
    }
    return all;
}

bool Workload::refused_everywhere() const {
    for (const auto& seat : seats_) {
        const std::lock_guard lock(seat->mutex);
        if (!seat->refused && !seat->ended) return false;
    }
    return true;
}

bool Workload::wait_for_more(std::uint64_t transactions, std::chrono::seconds limit) const {
    const std::uint64_t wanted = statistics().committed + transactions;
    return eventually([&] { return statistics().committed >= wanted; }, limit);
}

void Workload::write(unsigned index) {
    Seat& seat = *seats_[index];
    const unsigned number = options_.first_writer + index;
    // MariaDB has another name for the isolation level; which server it is shows when one of the two is accepted.
    auto mysql = std::make_unique<WriterSession>(port_, workload_user, workload_password, database_, greeting(number));
    auto mariadb = std::make_unique<WriterSession>(port_, workload_user, workload_password, database_, mariadb_greeting(number));
    WriterSession* session = mysql.get();
    while (!stopping_) {
        if (mysql->execute("DO 0") == 0) break;
        if (mysql->error() == 1193 && mariadb->execute("DO 0") == 0) {
            session = mariadb.get();
            break;
        }
        std::this_thread::sleep_for(50ms);
    }
    Writer writer(*session, options_, number);
    const auto period = options_.transactions_per_second == 0
                            ? std::chrono::microseconds(0)
                            : std::chrono::microseconds(1'000'000ULL * options_.writers / options_.transactions_per_second);
    auto next = std::chrono::steady_clock::now();
    while (!stopping_) {
        auto pause = std::chrono::milliseconds(0);
        bool refused = false;
        std::string strange;
        try {
            writer.transaction();
        } catch (const TransactionEnded& ended) {
            const Trouble trouble = trouble_of(ended.error);
            writer.forget_transaction();
            if (trouble == Trouble::again) ++writer.statistics().aborted;
            if (trouble == Trouble::lost) ++writer.statistics().lost;
            if (trouble == Trouble::refused) ++writer.statistics().refused;
            if (trouble == Trouble::unexpected) strange = fmt::format("{}: {}", ended.error, ended.what());
            refused = trouble == Trouble::refused;
            pause = trouble == Trouble::again ? 1ms : 30ms;
        }
        {
            const std::lock_guard lock(seat.mutex);
            if (writer.statistics().committed > seat.statistics.committed) seat.refused = false;
            seat.refused = seat.refused || refused;
            seat.statistics = writer.statistics();
            seat.acknowledged = writer.acknowledged();
            if (seat.unexpected.empty()) seat.unexpected = strange;
        }
        if (refused && options_.stop_when_refused) break;
        next += period;
        const auto now = std::chrono::steady_clock::now();
        if (next < now - 1s) next = now;  // what was missed while the server was away is not caught up
        std::this_thread::sleep_until(std::max(next, now + pause));
    }
    const std::lock_guard lock(seat.mutex);
    seat.ended = true;
}

std::vector<std::string> missing_acknowledged(const Workload& workload, const TestServer& server, const std::string& database) {
    std::map<unsigned, std::uint64_t> there;
    for (const Row& row : query(server, "SELECT writer, serial FROM acks", database))
        there[static_cast<unsigned>(std::stoul(row.at(0).value_or("0")))] = std::stoull(row.at(1).value_or("0"));
    std::vector<std::string> missing;
    for (const auto& [writer, serial] : workload.acknowledged())
        if (there[writer] < serial)
            missing.push_back(fmt::format("writer {}: {} acknowledged, {} there", writer, serial, there[writer]));
    return missing;
}

}  // namespace transload::test
