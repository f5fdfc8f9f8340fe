#include <fmt/format.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/follow/follow_job.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/workload/session.hpp"
#include "tests/support/workload/tables.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

constexpr auto a_while = 150s;  // Liquibase alone takes a minute on a busy machine

constexpr const char* shop =
    "CREATE DATABASE shop; USE shop;"
    "CREATE TABLE orders (id INT PRIMARY KEY, region VARCHAR(8) NOT NULL, note VARCHAR(40), card VARCHAR(20) NOT NULL DEFAULT 'no card', amount INT NOT NULL, "
    "UNIQUE KEY (note)) ENGINE = InnoDB;"
    "CREATE TABLE log_2024 (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(40)) ENGINE = InnoDB;"
    "CREATE TABLE plain (id INT PRIMARY KEY, v INT NOT NULL) ENGINE = InnoDB;"
    "INSERT INTO orders WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) "
    "SELECT i, IF(i % 3 = 0, 'us', 'eu'), CONCAT('note ', i), CONCAT('card ', i), i FROM n;"
    "INSERT INTO log_2024 (what) VALUES ('a'), ('b'); INSERT INTO plain VALUES (1, 1), (2, 2)";

constexpr const char* words =
    "databases: {shop: shop_eu}\n"
    "mapping:\n"
    "  - {match: orders, rename: sales, columns: {region: area, note: remark}, leave_out: [card], where: \"region = 'eu'\"}\n"
    "  - {match: \"log_*\", prefix: old_}\n"
    "cutover: {mode: manual, reverse: true}\n"
    "engine: native\n";

/// Changes taken and untaken rows until the server takes no writes.
class Clerk {
  public:
    explicit Clerk(const TestServer& server)
        : thread_([this, port = server.port()] {
              WriterSession session(port, workload_user, workload_password, "shop");
              for (int i = 1000; !over_; ++i) {
                  for (const std::string& statement :
                       {fmt::format("INSERT INTO orders (id, region, note, card, amount) VALUES ({0}, '{1}', 'new {0}', 'card {0}', 0)", i, i % 2 == 0 ? "eu" : "us"),
                        fmt::format("UPDATE orders SET amount = amount + 1, card = CONCAT('c', amount), note = CONCAT('changed ', {0}) WHERE id = {0} % 600", i),
                        fmt::format("DELETE FROM orders WHERE id = {} AND id % 5 = 0", i - 7),
                        fmt::format("INSERT INTO log_2024 (what) VALUES ('{}')", i)}) {
                      const unsigned error = session.execute(statement);
                      if (error == 1290) refused_ = true;
                      if (error == 0) ++written_;
                      if (error != 0 && error != 1290) strange_ = error;
                  }
                  std::this_thread::sleep_for(5ms);
              }
          }) {}
    ~Clerk() { stop(); }
    Clerk(const Clerk&) = delete;
    Clerk& operator=(const Clerk&) = delete;
    void stop() {
        over_ = true;
        if (thread_.joinable()) thread_.join();
    }
    [[nodiscard]] unsigned written() const { return written_; }
    [[nodiscard]] bool refused() const { return refused_; }
    [[nodiscard]] unsigned strange() const { return strange_; }

  private:
    std::atomic<bool> over_{false};
    std::atomic<bool> refused_{false};
    std::atomic<unsigned> written_{0};
    std::atomic<unsigned> strange_{0};
    std::thread thread_;
};

std::string all(const TestServer& server, const std::string& statement) { return sql(server, statement + " ORDER BY 1"); }

/// What the rules make one: taken rows and columns of the source, the target's whole tables.
void check_same(const TestServer& source, const TestServer& target) {
    CHECK(all(source, "SELECT id, region, note, amount FROM shop.orders WHERE region = 'eu'") == all(target, "SELECT id, area, remark, amount FROM shop_eu.sales"));
    CHECK(all(source, "SELECT * FROM shop.log_2024") == all(target, "SELECT * FROM shop_eu.old_log_2024"));
    CHECK(all(source, "SELECT * FROM shop.plain") == all(target, "SELECT * FROM shop_eu.plain"));
}

}  // namespace

TEST_CASE("tables with other names, fewer columns and fewer rows are handed over, and come back with every write") {
    const TestServer source = TestServer::start(Flavour::mysql80, {.memory = "64M"});
    const TestServer target = TestServer::start(Flavour::mysql80, {.memory = "64M"});
    create_workload_account(source);
    sql(source, shop);
    const std::string definition = show_create(source, "shop", "orders");
    const TempDir folder;
    const FollowJob job(source, target, "", {folder.write("job.yaml", words).string()});
    Clerk clerk(source);
    Process process = job.start();
    const bool ready = process.wait_for("ready; following", a_while);
    INFO(process.err());
    REQUIRE(ready);
    const unsigned before = clerk.written();
    REQUIRE(eventually([&] { return clerk.written() > before + 100; }, 30s));
    REQUIRE(job.command("cutover").exit_code == 0);
    const std::string over = job.wait_for_state({"REVERSING", "DATA_FAILED", "CUTOVER_FAILED", "FINALIZE_FAILED", "REVERSE_FAILED"}, a_while);
    INFO(process.err());
    REQUIRE(over == "REVERSING");
    CHECK(eventually([&] { return clerk.refused(); }, 10s));
    clerk.stop();
    CHECK(clerk.strange() == 0);
    check_same(source, target);
    CHECK(sql(target, "SELECT GROUP_CONCAT(column_name ORDER BY column_name) FROM information_schema.columns WHERE table_schema = 'shop_eu' AND "
                      "table_name = 'sales'") == "amount,area,id,remark\n");

    const std::string untaken = all(source, "SELECT * FROM shop.orders WHERE region <> 'eu'");
    const std::string cards = all(source, "SELECT id, card FROM shop.orders WHERE region = 'eu' AND id BETWEEN 2 AND 500");
    const std::string kept = sql(source, "SELECT card FROM shop.orders WHERE id = 502");
    sql(target,
        "UPDATE shop_eu.sales SET remark = CONCAT('on the target ', id), amount = -amount WHERE id BETWEEN 2 AND 500; DELETE FROM shop_eu.sales WHERE id = 1;"
        "INSERT INTO shop_eu.sales (id, area, remark, amount) VALUES (90001, 'eu', NULL, 7);"
        "UPDATE shop_eu.sales SET id = 90002 WHERE id = 502;"
        "BEGIN; DELETE FROM shop_eu.sales WHERE id = 503; INSERT INTO shop_eu.sales VALUES (503, 'eu', 'again', 1); COMMIT;"
        "INSERT INTO shop_eu.old_log_2024 (what) VALUES ('written on the target'); UPDATE shop_eu.plain SET v = 22 WHERE id = 2");
    REQUIRE(job.command("rollback").exit_code == 0);
    const std::string back = job.wait_for_state({"ROLLED_BACK", "CUT_BACK_FAILED", "REVERSE_FAILED"}, a_while);
    INFO(process.err());
    INFO(job.events());
    REQUIRE(back == "ROLLED_BACK");
    CHECK(takes_writes(source));
    CHECK_FALSE(takes_writes(target));
    check_same(source, target);
    CHECK(value(source, "SELECT COUNT(*) FROM shop.orders WHERE note LIKE 'on the target %'") == value(target, "SELECT COUNT(*) FROM shop_eu.sales WHERE id BETWEEN 2 AND 500"));
    CHECK(value(source, "SELECT COUNT(*) FROM shop.orders WHERE id IN (1, 502)") == "0");
    // What the target never had: rows stay as they are, a column its values; a new row gets the default.
    CHECK(all(source, "SELECT * FROM shop.orders WHERE region <> 'eu'") == untaken);
    CHECK(all(source, "SELECT id, card FROM shop.orders WHERE region = 'eu' AND id BETWEEN 2 AND 500") == cards);
    CHECK(sql(source, "SELECT * FROM shop.orders WHERE id = 90001") == "90001\teu\tNULL\tno card\t7\n");
    CHECK(sql(source, "SELECT card FROM shop.orders WHERE id = 90002") == kept);
    CHECK(sql(source, "SELECT * FROM shop.orders WHERE id = 503") == "503\teu\tagain\tno card\t1\n");
    CHECK(show_create(source, "shop", "orders") == definition);
}
