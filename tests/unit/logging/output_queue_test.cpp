#include "adapters/logging/output_queue.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <string>

using namespace transload::logging;
using namespace std::chrono_literals;

namespace {

/// A reader that reads nothing until it is let.
struct Reader {
    OutputQueue::Write write() {
        return [this](std::string_view text) {
            std::unique_lock lock(mutex);
            ++begun;
            changed.notify_all();
            changed.wait(lock, [this] { return reads; });
            read += text;
        };
    }

    void wait_for_write() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return begun > 0; });
    }

    void let() {
        const std::lock_guard lock(mutex);
        reads = true;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool reads = false;
    int begun = 0;
    std::string read;
};

std::string gap(std::uint64_t pieces) { return "(" + std::to_string(pieces) + " left out)"; }

}  // namespace

TEST_CASE("text is written in its order, and all of it by the queue's end") {
    Reader reader;
    reader.let();
    std::string expected;
    {
        OutputQueue queue(reader.write(), gap);
        for (int i = 0; i < 10'000; ++i) {
            expected += std::to_string(i) + "\n";
            queue.push(std::to_string(i) + "\n");
        }
    }
    CHECK(reader.read == expected);
}

TEST_CASE("a reader that does not read keeps nobody waiting, and gets what is left when it does") {
    Reader reader;
    OutputQueue queue(reader.write(), gap, 4);
    CHECK(queue.idle());
    queue.push("a");
    reader.wait_for_write();
    for (const char* text : {"b", "c", "d", "e", "f", "g"}) queue.push(text);
    CHECK_FALSE(queue.idle());
    CHECK_FALSE(queue.drain(10ms));
    reader.let();
    REQUIRE(queue.drain());
    CHECK(queue.idle());
    CHECK(reader.read == "a(2 left out)defg");
}

TEST_CASE("one piece that is larger than the queue is written all the same") {
    Reader reader;
    reader.let();
    OutputQueue queue(reader.write(), gap, 4);
    queue.push("a long line");
    REQUIRE(queue.drain());
    CHECK(reader.read == "a long line");
}
