#include <catch2/catch.hpp>
#include <csignal>

#include "tests/support/process.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

TEST_CASE("a program's output, errors and exit code are collected") {
    const ProcessResult result =
        run({"sh", "-c", "cat; echo \"$GREETING\" >&2; exit 3"},
            {.environment = {{"GREETING", "hello"}}, .input = "in", .directory = {}});
    CHECK(result.exit_code == 3);
    CHECK(result.out == "in");
    CHECK(result.err == "hello\n");
    CHECK_FALSE(result.timed_out);
}

TEST_CASE("input and output of many megabytes do not block each other") {
    const std::string big(20 << 20, 'x');
    const ProcessResult result = run({"cat"}, {.environment = {}, .input = big, .directory = {}});
    CHECK(result.exit_code == 0);
    CHECK(result.out == big);
}

TEST_CASE("a program over its time limit is killed with its children") {
    const ProcessResult result = run({"sh", "-c", "echo begun; sleep 60 & sleep 60"}, {}, 2s);
    CHECK(result.timed_out);
    CHECK(result.exit_code == 128 + SIGKILL);
    CHECK(result.out == "begun\n");
}

TEST_CASE("a program that can't be started says why") {
    CHECK_THROWS_WITH(run({"/no/such/program"}), Catch::Contains("No such file"));
    CHECK_THROWS_WITH(run({"no-such-program"}), Catch::Contains("PATH"));
}

TEST_CASE("a running program can be waited for, signalled and asked") {
    Process process({"sh", "-c", "trap 'echo ended; exit 7' TERM; echo ready; while :; do sleep 0.05; done"});
    REQUIRE(process.wait_for("ready", 5s));
    CHECK(process.running());
    process.signal(SIGTERM);
    const ProcessResult result = process.wait(5s);
    CHECK(result.exit_code == 7);
    CHECK(result.out == "ready\nended\n");
    CHECK_FALSE(process.wait_for("never said", 5s));
}

TEST_CASE("a temporary folder goes with what is in it") {
    std::filesystem::path path;
    {
        const TempDir folder;
        path = folder.path();
        CHECK(read_file(folder.write("a/b.txt", "text")) == "text");
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("an identifier's backticks are doubled") {
    CHECK(identifier("a`b") == "`a``b`");
}
