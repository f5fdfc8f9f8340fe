#include <httplib.h>

#include <atomic>
#include <memory>

#include "tests/integration/http/fake_jobs.hpp"
#include "tests/integration/http/raw_connection.hpp"
#include "tests/support/process.hpp"

using namespace transload;
using test::RawConnection;
using test::RunningServer;
using namespace std::chrono_literals;

namespace {

http::ServerOptions small(std::chrono::milliseconds request) {
    http::ServerOptions options;
    options.limits = {4, 4, request, 1 << 20};
    return options;
}

}  // namespace

TEST_CASE("clients that send a byte now and then lose their thread at the deadline") {
    RunningServer running(small(1s));
    std::vector<std::unique_ptr<RawConnection>> slow;
    for (int i = 0; i < 4; ++i) slow.push_back(std::make_unique<RawConnection>(running.port()));
    std::atomic<bool> done = false;
    std::thread trickle([&] {
        while (!done) {
            for (auto& connection : slow) connection->send("G");
            std::this_thread::sleep_for(50ms);
        }
    });
    const auto begin = std::chrono::steady_clock::now();
    httplib::Client client("127.0.0.1", running.port());
    client.set_read_timeout(20s);
    const auto answer = client.Get("/health");
    done = true;
    trickle.join();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("a client that announces a body and never sends it gets no thread for ever") {
    RunningServer running(small(500ms));
    RawConnection connection(running.port());
    connection.send(
        "POST /job HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        "100\r\n\r\n{");
    const auto begin = std::chrono::steady_clock::now();
    (void)connection.receive(15s);
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    CHECK(running.jobs.list().empty());
}

TEST_CASE("a header that never ends is cut off before it fills the memory, by who has no token too") {
    http::ServerOptions options;
    options.token = Secret("t");
    RunningServer running(std::move(options));
    const auto taken_of = [&](const std::string& head) {
        RawConnection connection(running.port());
        connection.send(head);
        const std::string piece(1 << 20, 'a');
        std::size_t sent = 0;
        while (sent < (64 << 20) && connection.send(piece)) sent += piece.size();
        return sent;
    };
    CHECK(taken_of("GET /health HTTP/1.1\r\nX: ") < 64 << 20);
    CHECK(taken_of("GET /") < 64 << 20);

    const std::string line = "X: " + std::string(1000, 'a') + "\r\n";
    std::string lines;
    for (int i = 0; i < 60; ++i) lines += line;
    CHECK(test::status_of_raw(running.port(), "GET /health HTTP/1.1\r\n" + lines + "\r\n") == 200);
    for (int i = 0; i < 10; ++i) lines += line;
    CHECK(test::status_of_raw(running.port(), "GET /health HTTP/1.1\r\n" + lines + "\r\n") == 431);
}

TEST_CASE("a body of many small pieces is read whole, and one whose frame never ends is not") {
    RunningServer running;
    const std::string head =
        "POST /job HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string pieces;
    for (const char c : test::valid_job + std::string(100'000, ' ')) pieces += std::string("1\r\n") + c + "\r\n";
    CHECK(test::status_of_raw(running.port(), head + pieces + "0\r\n\r\n") == 202);
    RawConnection endless(running.port());
    endless.send(head);
    const std::string piece(1 << 20, '0');
    std::size_t sent = 0;
    while (sent < (64 << 20) && endless.send(piece)) sent += piece.size();
    CHECK(sent < 64 << 20);
}

TEST_CASE("more connections than threads and queue are all answered in the end") {
    RunningServer running(small(15s));
    std::atomic<int> answered = 0;
    std::vector<std::thread> clients;
    for (int t = 0; t < 30; ++t)
        clients.emplace_back([&] {
            httplib::Client client("127.0.0.1", running.port());
            client.set_connection_timeout(20s);
            client.set_read_timeout(20s);
            for (int i = 0; i < 5; ++i)
                if (const auto answer = client.Get("/health"); answer && answer->status == 200) ++answered;
        });
    for (std::thread& client : clients) client.join();
    CHECK(answered == 150);
}

TEST_CASE("a server stops soon though clients hold connections") {
    auto running = std::make_unique<RunningServer>(small(60s));
    std::vector<std::unique_ptr<RawConnection>> held;
    for (int i = 0; i < 12; ++i) held.push_back(std::make_unique<RawConnection>(running->port()));
    held[0]->send("POST /job HTTP/1.1\r\nContent-Length: 100\r\n");
    std::this_thread::sleep_for(100ms);
    const auto begin = std::chrono::steady_clock::now();
    running.reset();
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("a server may be stopped before it runs, twice, and while it starts") {
    test::FakeJobs jobs;
    http::ServerOptions options;
    options.port = 0;
    const http::ServerHooks hooks{[](std::string_view) { return JobSpec{}; }, [] { return true; }};
    {
        http::Server server(options, jobs, hooks);
        server.stop();
        server.stop();
        server.run();
    }
    for (int i = 0; i < 50; ++i) {
        http::Server server(options, jobs, hooks);
        std::thread thread([&] { server.run(); });
        if (i % 2 == 0) std::this_thread::sleep_for(std::chrono::microseconds{i * 20});
        server.stop();
        thread.join();
    }
    SUCCEED();
}

TEST_CASE("commands of many clients at once are each answered by what the table allows") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    (void)client.Post("/job", test::valid_job, "application/json");
    std::atomic<int> accepted = 0, refused = 0;
    std::vector<std::thread> clients;
    for (int t = 0; t < 10; ++t)
        clients.emplace_back([&] {
            httplib::Client mine("127.0.0.1", running.port());
            const auto answer = mine.Post("/job/job-1/cancel");
            if (answer && answer->status == 202) ++accepted;
            if (answer && answer->status == 409) ++refused;
        });
    for (std::thread& thread : clients) thread.join();
    CHECK(accepted == 1);
    CHECK(refused == 9);
}
