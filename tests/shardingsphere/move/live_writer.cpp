#include "tests/shardingsphere/move/live_writer.hpp"

#include <fmt/format.h>

#include <chrono>
#include <random>

#include "tests/shardingsphere/move/session.hpp"
#include "tests/support/process.hpp"
#include "tests/support/sql.hpp"

namespace transload::test {
namespace {

constexpr unsigned refused_read_only = 1290;
constexpr unsigned duplicate = 1062;
constexpr unsigned lock_wait = 1205;
constexpr unsigned deadlock = 1213;
constexpr unsigned shutting_down = 1053;

class Workload {
  public:
    explicit Workload(const WriterOptions& options, unsigned session)
        : random_(options.seed * 1000 + session), move_keys_(options.move_keys), session_(session) {}

    /// The statements of one transaction; the last is COMMIT or ROLLBACK where there are several.
    std::vector<std::string> next() {
        const unsigned dice = draw(100);
        const std::string table = fmt::format("sbtest{}", 1 + draw(4));
        const unsigned id = 1 + draw(6000);
        if (dice < 22) return {fmt::format("UPDATE {} SET k = k + 1 WHERE id = {}", table, id)};
        if (dice < 32) return {fmt::format("UPDATE {} SET c = '{}' WHERE id BETWEEN {} AND {}", table, text(100), id, id + 4)};
        if (dice < 46) return {fmt::format("INSERT INTO {} (k, c, pad) VALUES ({}, '{}', '{}')", table, draw(9999), text(110), text(50))};
        if (dice < 54) return {fmt::format("DELETE FROM {} WHERE id = {}", table, id)};
        if (dice < 62)
            return {fmt::format("REPLACE INTO {} (id, k, c, pad) VALUES ({}, {}, '{}', 'replaced')", table, id, draw(9999), text(60))};
        if (dice < 68)
            return {fmt::format("INSERT INTO notes (name, note) VALUES ('{}', '{}') ON DUPLICATE KEY UPDATE note = '{}'",
                                note(), text(30), text(300))};
        if (dice < 71) return {fmt::format("DELETE FROM notes WHERE name = '{}'", note())};
        if (dice < 76)
            return {fmt::format("REPLACE INTO accounts (id, address, balance, seen) VALUES ({}, 'r{}_{}@x', {}.{:02}, NOW(6))",
                                1 + draw(2000), session_, ++serial_, draw(1000), draw(100))};
        if (move_keys_ && dice == 76)
            return {fmt::format("UPDATE {} SET id = id + 10000000 WHERE id = {}", table, id)};
        if (move_keys_ && dice == 77) return {fmt::format("UPDATE ledger SET line = line + 1000 WHERE book = {} AND line = {}", draw(50), draw(40))};
        if (dice < 80)
            return {"BEGIN", fmt::format("DELETE FROM {} WHERE id BETWEEN {} AND {}", table, id, id + 50),
                    fmt::format("UPDATE accounts SET balance = -1 WHERE id = {}", 1 + draw(2000)), "ROLLBACK"};
        const unsigned from = 1 + draw(2000);
        const unsigned amount = draw(500);
        return {"BEGIN", fmt::format("UPDATE accounts SET balance = balance - {}, seen = NOW(6) WHERE id = {}", amount, from),
                fmt::format("UPDATE accounts SET balance = balance + {} WHERE id = {}", amount, 1 + draw(2000)),
                fmt::format("INSERT IGNORE INTO ledger (book, line, amount, memo) VALUES ({}, {}, {}, NULL), ({}, {}, {}, '{}')",
                            draw(50), 100 + draw(90000), amount, draw(50), 100 + draw(90000), amount, text(20)),
                "COMMIT"};
    }

  private:
    unsigned draw(unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random_); }
    std::string note() { return fmt::format("note {}", draw(3000)); }
    std::string text(unsigned size) {
        static const std::vector<std::string> pieces{"plain ", "ünïcode ", "漢字", "😀", "''", "\\\\", "tab\\t", "line\\n", "0", "%_"};
        std::string made;
        while (made.size() < size / 3) made += pieces[draw(static_cast<unsigned>(pieces.size()))];
        return made;
    }

    std::mt19937 random_;
    bool move_keys_;
    unsigned session_;
    unsigned serial_ = 0;
};

}  // namespace

void create_live_tables(const TestServer& source, const std::string& database, unsigned rows) {
    std::string script = fmt::format("CREATE DATABASE {0} CHARACTER SET utf8mb4; USE {0}; SET cte_max_recursion_depth = 1000000;\n", database);
    const std::string numbers = fmt::format("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})", rows);
    for (unsigned i = 1; i <= 4; ++i)
        script += fmt::format(
            "CREATE TABLE sbtest{0} (id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT '0', c CHAR(120) NOT NULL DEFAULT '',"
            " pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id), KEY k_{0} (k)) ENGINE=InnoDB;\n"
            "INSERT INTO sbtest{0} (k, c, pad) {1} SELECT CRC32(i * {0}) % 10000, MD5(i), SHA1(i * {0}) FROM n;\n",
            i, numbers);
    script +=
        "CREATE TABLE accounts (id BIGINT NOT NULL PRIMARY KEY, address VARCHAR(80) NOT NULL, balance DECIMAL(12,2) NOT NULL,"
        " seen DATETIME(6) DEFAULT NULL, UNIQUE KEY by_address (address), KEY by_balance (balance, seen));\n"
        "INSERT INTO accounts " + fmt::format("{} SELECT i, CONCAT('a', i, '@x'), i % 1000 + 0.25, NULL FROM n;\n", numbers) +
        "CREATE TABLE ledger (book INT NOT NULL, line BIGINT NOT NULL, amount INT NOT NULL, memo VARCHAR(100) DEFAULT NULL,"
        " PRIMARY KEY (book, line), KEY by_amount (amount)) COMMENT 'lines of books';\n"
        "INSERT INTO ledger " + fmt::format("{} SELECT i % 50, i DIV 50, i, IF(i % 3, MD5(i), NULL) FROM n;\n", numbers) +
        "CREATE TABLE notes (name VARCHAR(40) NOT NULL PRIMARY KEY, note TEXT, picture BLOB);\n"
        "INSERT INTO notes " + fmt::format("{} SELECT CONCAT('note ', i), REPEAT('ä', i % 50), UNHEX(MD5(i)) FROM n WHERE i <= 2000;\n", numbers);
    sql(source, script);
}

LiveWriter::LiveWriter(const TestServer& source, std::string database, WriterOptions options)
    : port_(source.port()), password_(source.password()), database_(std::move(database)), options_(options),
      strange_statements_(options.sessions) {
    for (unsigned i = 0; i < options_.sessions; ++i) threads_.emplace_back([this, i] { write(i); });
}

LiveWriter::~LiveWriter() { stop(); }

void LiveWriter::stop() {
    stopping_ = true;
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

std::string LiveWriter::unexpected() const {
    if (strange_ == 0) return {};
    std::string all;
    for (const std::string& one : strange_statements_) all += one + "\n";
    return all;
}

bool LiveWriter::wait_for_more(std::uint64_t transactions, unsigned seconds) const {
    const std::uint64_t wanted = committed_ + transactions;
    return eventually([&] { return committed_ >= wanted; }, std::chrono::seconds(seconds));
}

void LiveWriter::write(unsigned number) {
    Session session(port_, TestServer::user(), password_, database_);
    Workload workload(options_, number);
    while (!stopping_) {
        const std::vector<std::string> transaction = workload.next();
        unsigned error = 0;
        std::string statement;
        for (const std::string& each : transaction) {
            statement = each;
            if ((error = session.execute(each)) != 0) break;
        }
        if (error == 0) {
            if (transaction.back() != "ROLLBACK") ++committed_;
            std::this_thread::sleep_for(std::chrono::milliseconds(options_.pause_ms));
            continue;
        }
        (void)session.execute("ROLLBACK");
        const bool away = error >= 2000 && error < 3000;
        if (error == refused_read_only) ++refused_;
        const bool expected = error == refused_read_only || error == duplicate || error == lock_wait || error == deadlock ||
                              error == shutting_down || away;
        if (!expected) {
            if (strange_statements_[number].empty()) strange_statements_[number] = std::to_string(error) + ": " + statement;
            ++strange_;
        }
        if (error != duplicate) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

}  // namespace transload::test
