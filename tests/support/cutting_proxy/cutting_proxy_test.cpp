#include "tests/support/cutting_proxy/cutting_proxy.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "tests/support/process.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/workload/session.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

const TestServer& server() { return shared_server(Flavour::mysql80, "source"); }

WriterSession session_through(const CuttingProxy& network) {
    return WriterSession(network.port(), TestServer::user(), server().password(), "mysql");
}

double seconds_of(WriterSession& session, const std::string& statement) {
    const auto begun = std::chrono::steady_clock::now();
    CHECK(session.execute(statement) == 0);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

TEST_CASE("the test network forwards long answers and long questions byte for byte") {
    CuttingProxy network(server().port());
    WriterSession session = session_through(network);
    const auto rows = session.query("SELECT MD5('" + std::string(3'000'000, 'x') + "'), REPEAT('y', 3000000)");
    REQUIRE(rows);
    CHECK(rows->at(0).at(0) == value(server(), "SELECT MD5(REPEAT('x', 3000000))"));
    CHECK(rows->at(0).at(1) == std::string(3'000'000, 'y'));
    CHECK(network.bytes() > 6'000'000);
    CHECK(network.open_connections() == 1);
    session.disconnect();
    CHECK(eventually([&] { return network.open_connections() == 0; }, 20s));
}

TEST_CASE("the test network cuts on command and at random, and lets one connect again") {
    CuttingProxy network(server().port());
    WriterSession session = session_through(network);
    REQUIRE(session.execute("DO 1") == 0);
    network.cut();
    CHECK(eventually([&] { return network.open_connections() == 0; }, 20s));
    CHECK(session.execute("DO 1") >= 2000);
    CHECK(session.execute("DO 1") == 0);
    network.cut_at_random(5ms, 40ms, 7);
    const bool again_and_again = eventually([&] { (void)session.execute("DO SLEEP(0.003)"); return network.cuts() >= 6; }, 10s);
    CHECK(again_and_again);
    network.cut_at_random(0ms, 0ms, 0);
    // The last planned cut may still be under way on a busy machine.
    REQUIRE(eventually([&] { return session.execute("DO SLEEP(0.2)") == 0; }, 10s));
    const auto cuts = network.cuts();
    CHECK(session.execute("DO SLEEP(0.2)") == 0);
    CHECK(network.cuts() == cuts);
}

TEST_CASE("the test network stalls, delays and refuses") {
    CuttingProxy network(server().port());
    WriterSession session = session_through(network);
    REQUIRE(session.execute("DO 1") == 0);
    network.stall(true);
    auto answer = std::async(std::launch::async, [&] { return seconds_of(session, "DO 1"); });
    CHECK(answer.wait_for(300ms) == std::future_status::timeout);
    CHECK(network.open_connections() == 1);
    network.stall(false);
    CHECK(answer.get() > 0);  // how long it took begins whenever its thread did
    network.delay(100ms);
    CHECK(seconds_of(session, "DO 1") >= 0.2);
    network.delay(0ms);
    network.refuse(true);
    WriterSession other = session_through(network);
    CHECK(other.execute("DO 1") >= 2000);
    CHECK(session.execute("DO 1") == 0);
    network.refuse(false);
    CHECK(other.execute("DO 1") == 0);
}
