#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "adapters/mysql/connection.hpp"
#include "tests/integration/native/copy_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

TEST_CASE("a table that somebody reads on the target while its first rows come does not bring the server to a stop") {
    const Flavour flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST("no server of this flavour");
    INFO(name_of(flavour));
    const TestServer& source = shared_server(flavour, "native-source");
    TestServer target = TestServer::start(flavour);  // one of its own: it may have to be killed
    const TestDatabase database({&source, &target}, {}, "read");
    std::string tables;
    for (int i = 0; i < 10; ++i)
        tables += "CREATE TABLE t" + std::to_string(i) + " (id INT PRIMARY KEY, v INT); INSERT INTO t" + std::to_string(i) +
                  " VALUES (1, 1), (2, 2), (3, 3), (21, 4);\n";
    sql(source, tables, database.name());
    clone_tables(source, target, database.name());

    std::atomic<bool> over{false};
    std::atomic<unsigned> reads{0};
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&, i] {
            try {
                mysql::Connection reader(endpoint_of(target), {.database = database.name()});
                for (int n = i; !over; ++n, ++reads)
                    (void)reader.scalar("SELECT COALESCE(MAX(v), 0) FROM t" + std::to_string(n % 10) + " WHERE id = 1");
            } catch (const Error&) {
                // The server was killed.
            }
        });
    while (reads < 100) std::this_thread::sleep_for(1ms);
    const JobSpec spec = spec_for(endpoint_of(source), endpoint_of(target), database.name());
    auto copied = std::async(std::launch::async, [&] {
        RecordingControl control;
        (void)copy(spec, control, {.job = "readers"});
    });
    const bool done = copied.wait_for(30s) == std::future_status::ready;
    over = true;
    if (!done) target.kill();  // frees whoever waits for it
    REQUIRE(done);
    copied.get();
    readers.clear();
    CHECK(row_differences(source, database.name(), target, database.name()) == std::vector<std::string>{});
}
