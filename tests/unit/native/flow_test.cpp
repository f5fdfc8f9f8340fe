#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <thread>

#include "adapters/native/flow/bounded_queue.hpp"
#include "adapters/native/flow/chunk_buffer.hpp"
#include "adapters/native/flow/throttle.hpp"
#include "adapters/native/snapshot/load_rows.hpp"
#include "adapters/native/snapshot/load_warnings.hpp"
#include "adapters/native/snapshot/work_queue.hpp"

using namespace transload;
using namespace transload::native;
using namespace std::chrono_literals;

namespace {

std::string contents(const ChunkBuffer& buffer) {
    std::string text(buffer.bytes() + 100, '\0');
    text.resize(buffer.read(0, text.data(), text.size()));
    return text;
}

mysql::Field field(const std::string& text) {
    return {text.data(), text.size()};
}

TablePlan plan_of_enum() {
    TablePlan plan;
    plan.source = plan.target = {"d", "t"};
    Column id, e;
    id.name = "id";
    id.data_type = id.column_type = "int";
    e.name = "e";
    e.data_type = "enum";
    e.column_type = "enum('a')";
    plan.columns = {id, e};
    plan.key = RowKey{"PRIMARY", {{0, false}}};
    return plan;
}

}  // namespace

TEST_CASE("rows of every size around a block's end come out of a buffer as they went in") {
    BlockPool pool(64U << 20);
    ChunkBuffer buffer(pool);
    std::string expected;
    const std::stop_source stop;
    for (const std::size_t size : {1UL, 100UL, BlockPool::block_bytes / 2 - 3, BlockPool::block_bytes,
                                   3 * BlockPool::block_bytes + 1, 7UL}) {
        std::string value(size, 'v');
        value[size / 2] = '\t';
        value.back() = '\\';
        const std::vector<mysql::Field> row{field(value), mysql::Field{}};
        buffer.append(row, stop.get_token());
        LoadRowReader reader(buffer);
        std::optional<mysql::RowView> last;
        for (std::uint64_t i = 0; i < buffer.rows(); ++i) last = reader.next();
        REQUIRE(last);
        CHECK((*last)[0].view() == value);
        CHECK((*last)[1].null());
    }
    CHECK(contents(buffer).size() == buffer.bytes());
}

TEST_CASE("an INSERT made from a buffer holds the values with quotes and NULs escaped") {
    BlockPool pool(8U << 20);
    ChunkBuffer buffer(pool);
    TablePlan plan = plan_of_enum();
    plan.columns[1].data_type = "varchar";
    const std::stop_source stop;
    const std::string one = "1", two = "2", text = std::string("it's\t\\\0", 7), empty;
    buffer.append(std::vector<mysql::Field>{field(one), field(text)}, stop.get_token());
    buffer.append(std::vector<mysql::Field>{field(two), mysql::Field{}}, stop.get_token());
    buffer.append(std::vector<mysql::Field>{mysql::Field{}, field(empty)}, stop.get_token());
    CHECK(insert_statement(plan, buffer) ==
          "INSERT INTO `d`.`t` (`id`, `e`) VALUES (1,_binary'it\\'s\\t\\\\\\0'),(2,NULL),(NULL,_binary'')");
}

TEST_CASE("memory that is not there is refused or waited for, and a stop ends the waiting") {
    BlockPool pool(2 * BlockPool::block_bytes);
    ChunkBuffer first(pool), second(pool);
    const std::string value(BlockPool::block_bytes, 'v');
    const std::vector<mysql::Field> row{field(value)};
    REQUIRE(first.try_append(row));
    CHECK_FALSE(second.try_append(row));
    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    CHECK_THROWS_AS(second.append(row, stop.get_token()), Error);
    first.clear();
    CHECK(second.try_append(row));
}

TEST_CASE("one row bigger than the whole budget is let in alone") {
    BlockPool pool(BlockPool::block_bytes);
    ChunkBuffer buffer(pool);
    const std::string value(5 * BlockPool::block_bytes, 'v');
    CHECK(buffer.try_append(std::vector<mysql::Field>{field(value)}));
}

TEST_CASE("the throttle lets no more through than its rate") {
    Throttle throttle(1000, 0);
    const std::stop_source stop;
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 40; ++i) throttle.pass(10, 1'000'000, stop.get_token());
    CHECK(std::chrono::steady_clock::now() - begun > 250ms);
}

TEST_CASE("who waits for a rate that is changed waits for the new one, and in a hurry for none") {
    Throttle throttle(1, 0);
    const std::stop_source stop;
    const auto timed = [&](const std::function<void()>& change) {
        std::atomic<bool> through = false;
        std::jthread waiting([&] {
            throttle.pass(1'000, 0, stop.get_token());  // a quarter of an hour
            through = true;
        });
        std::this_thread::sleep_for(50ms);
        const auto begun = std::chrono::steady_clock::now();
        CHECK_FALSE(through);
        change();
        waiting.join();
        return std::chrono::steady_clock::now() - begun;
    };
    // A changed rate is no free pass: what was read is paid for at the new one.
    CHECK(timed([&] { throttle.set_rates(2'000, 0); }) > 400ms);
    throttle.set_rates(1, 0);
    CHECK(timed([&] { throttle.set_hurry(true); }) < 60s);
    throttle.set_closed(true);
    throttle.pass(1'000, 0, stop.get_token());
    throttle.set_hurry(false);
    CHECK(timed([&] { throttle.set_rates(0, 0), throttle.set_closed(false); }) < 60s);
}

TEST_CASE(
    "the queue gives each lane a table of its own, the biggest first, and ends when nobody holds work") {
    WorkQueue queue({1, 1, 1});
    const std::stop_source stop;
    queue.add({.table = 0, .range = {}, .estimated_rows = 10});
    queue.add({.table = 1, .range = {}, .estimated_rows = 100});
    queue.add({.table = 1, .range = {}, .estimated_rows = 90});
    const auto first = queue.take(stop.get_token(), std::nullopt);
    REQUIRE(first);
    CHECK(first->segment.table == 1);
    CHECK(first->waiting_bytes == 200);
    CHECK(queue.take(stop.get_token(), std::nullopt)->segment.table == 0);
    CHECK(queue.take(stop.get_token(), 1)->segment.table == 1);
    queue.done(0);
    queue.done(1);
    queue.done(1);
    CHECK_FALSE(queue.take(stop.get_token(), std::nullopt));
}

TEST_CASE("a warning about an ENUM value without a name is harmless only when 0 was sent") {
    BlockPool pool(1U << 20);
    ChunkBuffer buffer(pool);
    const std::stop_source stop;
    const std::string one = "1", two = "2", zero = "0";
    buffer.append(std::vector<mysql::Field>{field(one), field(zero)}, stop.get_token());
    buffer.append(std::vector<mysql::Field>{field(two), field(one)}, stop.get_token());
    const TablePlan plan = plan_of_enum();
    CHECK_NOTHROW(
        refuse_changes(plan, buffer, 0, {"Warning 1265 Data truncated for column 'e' at row 1"}, 1));
    CHECK_THROWS_WITH(
        refuse_changes(plan, buffer, 0, {"Warning 1265 Data truncated for column 'e' at row 2"}, 1),
        Catch::Contains("id=2"));
    CHECK_THROWS_AS(
        refuse_changes(plan, buffer, 0, {"Warning 1264 Out of range value for column 'e' at row 1"}, 1),
        Error);
    CHECK_THROWS_AS(
        refuse_changes(plan, buffer, 0, {"Warning 1265 Data truncated for column 'e' at row 1"}, 2), Error);
    CHECK_NOTHROW(refuse_changes(plan, buffer, 0, {"Warning 1287 something is deprecated"}, 1));
}

TEST_CASE("a warning of a generated column's or CHECK's expression leaves the row, one of a sent value does not") {
    BlockPool pool(1U << 20);
    ChunkBuffer buffer(pool);
    const std::stop_source stop;
    const std::string one = "1", text = "abc";
    buffer.append(std::vector<mysql::Field>{field(one), field(text), field(text)}, stop.get_token());
    TablePlan plan;
    plan.source = plan.target = {"shop", "t"};
    plan.columns = {{.name = "id", .data_type = "int", .column_type = "int"},
                    {.name = "n", .data_type = "varchar", .column_type = "varchar(20)"},
                    {.name = "d", .data_type = "date", .column_type = "date"},
                    {.name = "g", .data_type = "int", .column_type = "int", .generated = true}};
    const auto judge = [&](const std::string& warning) { refuse_changes(plan, buffer, 0, {warning}, 1); };
    // As MySQL 8.0.15, 9.7 and MariaDB 10.11 word them.
    CHECK_NOTHROW(judge("Warning 1366 Incorrect integer value: 'abc' for column 'g' at row 1"));
    CHECK_NOTHROW(judge("Warning 1366 Incorrect integer value: 'abc' for column `shop`.`t`.`g` at row 1"));
    CHECK_NOTHROW(judge("Warning 1292 Truncated incorrect DOUBLE value: 'abc'"));
    CHECK_NOTHROW(judge("Warning 1292 Truncated incorrect DECIMAL value: 'x at row 7'"));
    CHECK_NOTHROW(judge("Warning 1292 Incorrect datetime value: 'abc' for column `shop`.`t`.`n` at row 1"));
    CHECK_THROWS_AS(judge("Warning 1366 Incorrect integer value: 'abc' for column 'id' at row 1"), Error);
    CHECK_THROWS_AS(judge("Warning 1366 Incorrect integer value: 'abc' for column `shop`.`t`.`id` at row 1"), Error);
    CHECK_THROWS_AS(judge("Warning 1366 Incorrect string value: 'x for column 'g' at row 1' for column 'n' at row 1"),
                    Error);
    CHECK_THROWS_AS(judge("Warning 1292 Incorrect date value: 'abc' for column `shop`.`t`.`d` at row 1"), Error);
    CHECK_THROWS_AS(judge("Warning 1264 Out of range value for column 'n' at row 1"), Error);
    CHECK_THROWS_AS(judge("Warning 3819 Check constraint 'g' is violated."), Error);
    CHECK_THROWS_AS(judge("Warning 4025 CONSTRAINT `g` failed for `shop`.`t`"), Error);
    // As many as servers count at all: what comes behind them nobody has seen.
    const std::vector<std::string> full(most_warnings, "Warning 1292 Truncated incorrect DOUBLE value: 'abc'");
    CHECK_THROWS_AS(refuse_changes(plan, buffer, 0, full, most_warnings), Error);
}
