#include <catch2/catch.hpp>
#include <fstream>

#include "tests/follow/follow_job.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

constexpr auto a_while = 150s;  // Liquibase alone takes a minute on a busy machine
constexpr long most_kib = 200L * 1024;

/// The most memory that a program has had.
long peak_kib(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            long kib = 0;
            status >> kib;
            return kib;
        }
    return -1;
}

}  // namespace

TEST_CASE("a transaction that inserts a million rows and changes each of them is followed in less than 200 MB") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    SKIP_TEST("a sanitizer takes memory of its own");
#endif
    const ServerOptions quick{.extra = {"--sync-binlog=0", "--innodb-flush-log-at-trx-commit=0"}};
    const TestServer source = TestServer::start(Flavour::mysql80, quick);
    const TestServer target = TestServer::start(Flavour::mysql80, quick);
    sql(source, "CREATE DATABASE live; USE live; CREATE TABLE big (id INT PRIMARY KEY, v INT NOT NULL, t VARCHAR(20) NOT NULL) ENGINE = InnoDB; "
                "CREATE TABLE digits (d INT PRIMARY KEY); INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
    const FollowJob job(source, target, "live", {"--engine", "native", "--cutover", "manual"});
    Process process = job.start();
    const bool ready = process.wait_for("ready; following", a_while);
    INFO(process.err());
    REQUIRE(ready);
    const long before = peak_kib(process.pid());
    REQUIRE(before > 0);
    sql(source, "BEGIN; INSERT INTO big SELECT a.d * 100000 + b.d * 10000 + c.d * 1000 + e.d * 100 + f.d * 10 + g.d, 1, 'small' "
                "FROM digits a, digits b, digits c, digits e, digits f, digits g; UPDATE big SET v = v + id; COMMIT", "live");
    const bool arrived = eventually([&] { return !process.running() || value(target, "SELECT COUNT(*) FROM big", "live") == "1000000"; }, 240s, 500ms);
    INFO(process.err());
    REQUIRE(arrived);
    REQUIRE(process.running());
    const long most = peak_kib(process.pid());
    INFO("from " << before << " KiB to " << most << " KiB");
    CHECK(most < most_kib);
    const char* const sums = "SELECT COUNT(*), SUM(v), BIT_XOR(CRC32(CONCAT(id, '/', v, '/', t))) FROM big";
    CHECK(sql(target, sums, "live") == sql(source, sums, "live"));
}
