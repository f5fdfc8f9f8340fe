#include "adapters/sqlite/state_lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <memory>

#include "orchestrator/plan/error.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using sqlite::StateLock;

namespace {

std::unique_ptr<Error> refusal(const std::filesystem::path& dir) {
    try {
        const StateLock lock(dir);
    } catch (const Error& error) {
        return std::make_unique<Error>(error);
    }
    return nullptr;
}

}  // namespace

TEST_CASE("the second orchestrator is refused by an error that names the lock file and who holds it") {
    const test::TempDir dir;
    const StateLock first(dir.path());
    const auto error = refusal(dir.path());
    REQUIRE(error);
    CHECK(error->id() == "store.locked");
    CHECK(error->message().find((dir / "lock").string()) != std::string::npos);
    CHECK(error->message().find("pid " + std::to_string(::getpid())) != std::string::npos);
    // the refused one must not have disturbed what the file says
    CHECK(refusal(dir.path())->message() == error->message());
}

TEST_CASE("the lock is free again when its holder is gone") {
    const test::TempDir dir;
    { const StateLock first(dir.path()); }
    CHECK_FALSE(refusal(dir.path()));
    CHECK_FALSE(refusal(dir.path()));
}

TEST_CASE("the lock of a killed process is free, though its child still lives") {
    const test::TempDir dir;
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t holder = ::fork();
    REQUIRE(holder >= 0);
    if (holder == 0) {
        const StateLock lock(dir.path());
        const pid_t child = ::fork();
        if (child == 0) {
            ::execlp("sleep", "sleep", "30", nullptr);
            ::_exit(1);
        }
        if (::write(pipe_ends[1], &child, sizeof child) != sizeof child) ::_exit(1);
        for (;;) ::pause();
    }
    pid_t child = 0;
    REQUIRE(::read(pipe_ends[0], &child, sizeof child) == sizeof child);
    CHECK(refusal(dir.path()));
    ::kill(holder, SIGKILL);
    ::waitpid(holder, nullptr, 0);
    // The child may still be on its way to exec.
    CHECK(test::eventually([&] { return !refusal(dir.path()); }, std::chrono::seconds(20)));
    CHECK(::kill(child, 0) == 0);
    ::kill(child, SIGKILL);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
}

TEST_CASE("a state folder that can't be made is an error that names it") {
    const test::TempDir dir;
    dir.write("file", "");
    const auto error = refusal(dir / "file");
    REQUIRE(error);
    CHECK(error->id() == "store.unavailable");
    CHECK(error->message().find("file") != std::string::npos);
}
