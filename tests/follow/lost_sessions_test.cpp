#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/follow/follow_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/cutting_proxy/cutting_proxy.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

constexpr auto a_while = 150s;  // Liquibase alone takes a minute on a busy machine

/// Changes all rows again and again, so that the stream is at a transaction with locks on them whenever one looks.
class Restless {
  public:
    explicit Restless(const TestServer& server)
        : thread_([this, &server] {
              while (!over_) {
                  sql(server, "UPDATE hot SET n = n + 1; UPDATE mark SET n = n + 1", "live");
                  std::this_thread::sleep_for(20ms);
              }
          }) {}
    ~Restless() {
        over_ = true;
        thread_.join();
    }
    Restless(const Restless&) = delete;
    Restless& operator=(const Restless&) = delete;

  private:
    std::atomic<bool> over_{false};
    std::thread thread_;
};

void check_lost_sessions(Flavour flavour) {
    if (!available(flavour)) SKIP_TEST("no server of this flavour");
    const TestServer source = TestServer::start(flavour, {.memory = "64M"});
    const TestServer target = TestServer::start(flavour, {.memory = "64M"});
    sql(source,
        "CREATE DATABASE live; USE live; CREATE TABLE hot (id INT PRIMARY KEY, n INT NOT NULL, filler VARCHAR(500) NOT NULL); "
        "CREATE TABLE mark (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO mark VALUES (1, 1); "
        "INSERT INTO hot WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 1000) SELECT n, 0, REPEAT('x', 500) FROM i; "
        "INSERT INTO hot SELECT id + 1000, n, filler FROM hot; INSERT INTO hot SELECT id + 2000, n, filler FROM hot");
    CuttingProxy source_network(source.port());
    CuttingProxy target_network(target.port());
    FollowJob job(source, target, "live", {"--engine", "native", "--cutover", "manual"}, {source_network.port(), target_network.port()});
    Process process = job.start();
    REQUIRE(process.wait_for("ready; following", a_while));
    const Restless writer(source);
    for (int i = 0; i < 5; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(700 + 90 * i));
        target_network.abandon();
        if (i % 2 == 1) source_network.abandon();
        const auto wanted = std::stoll(value(source, "SELECT n FROM mark", "live"));
        // The server would have kept the lost sessions' locks for hours, and waits 50 s for each.
        const bool goes_on = eventually([&] { return std::stoll(value(target, "SELECT n FROM mark", "live")) >= wanted; }, 25s);
        INFO("round " << i << "\n" << process.err());
        REQUIRE(goes_on);
    }
    CHECK(process.running());
}

}  // namespace

TEST_CASE("sessions that are lost without a word don't keep the stream waiting for their locks, MySQL") { check_lost_sessions(Flavour::mysql80); }
TEST_CASE("sessions that are lost without a word don't keep the stream waiting for their locks, MariaDB") { check_lost_sessions(Flavour::mariadb); }
