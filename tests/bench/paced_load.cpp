#include "tests/bench/paced_load.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <utility>

#include "tests/support/workload/session.hpp"

namespace transload::bench {

using test::WriterSession;

std::string password() {
    const char* given = std::getenv("MYSQL_PWD");
    return given != nullptr ? given : "";
}

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

PacedLoad::PacedLoad(Server server, LoadOptions options) : server_(std::move(server)), options_(options) {
    for (unsigned i = 0; i < options_.threads; ++i) threads_.emplace_back([this, i] { write(i); });
}

PacedLoad::~PacedLoad() { stop(); }

void PacedLoad::stop() {
    stopping_ = true;
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

void PacedLoad::write(unsigned number) {
    constexpr unsigned changes = 4;  // of one transaction
    WriterSession session(server_.port, "root", password(), server_.database);
    std::mt19937 random(number + 1);
    const auto draw = [&](unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random); };
    const auto period = std::chrono::nanoseconds(1'000'000'000LL * changes * options_.threads / options_.row_changes_per_second);
    auto due = std::chrono::steady_clock::now() + period * number / options_.threads;
    while (!stopping_) {
        std::this_thread::sleep_until(due);
        if (std::chrono::steady_clock::now() > due + std::chrono::milliseconds(100)) ++late_;
        due += period;
        const std::string table = fmt::format("sbtest{}", 1 + draw(options_.tables));
        const unsigned id = 1 + draw(options_.rows);
        const std::string statements[] = {
            "BEGIN",
            fmt::format("UPDATE {} SET k = k + 1 WHERE id = {}", table, 1 + draw(options_.rows)),
            fmt::format("UPDATE {} SET c = '{:011}-{:011}-{:011}' WHERE id = {}", table, random(), random(), random(), 1 + draw(options_.rows)),
            fmt::format("DELETE FROM {} WHERE id = {}", table, id),
            fmt::format("INSERT INTO {} (id, k, c, pad) VALUES ({}, {}, '{:011}', '{:011}')", table, id, draw(options_.rows), random(), random()),
            "COMMIT"};
        unsigned error = 0;
        for (const std::string& statement : statements)
            if ((error = session.execute(statement)) != 0) break;
        if (error == 0) {
            row_changes_ += changes;
            last_commit_us_ = now_us();
            continue;
        }
        session.execute("ROLLBACK");
        if (error == 1290 || error == 1836) {
            std::int64_t none = 0;
            first_refusal_us_.compare_exchange_strong(none, now_us());
            return;
        }
        if (error != 1213 && error != 1205 && error != 1062) {
            fmt::print(stderr, "load: {} {}\n", error, session.message());
            return;
        }
    }
}

}  // namespace transload::bench
