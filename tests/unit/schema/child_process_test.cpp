#include "adapters/process/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using namespace std::chrono_literals;

namespace {
process::Command shell(const std::string& script) {
    process::Command command;
    command.program = "/bin/sh";
    command.arguments = {"-c", script};
    return command;
}
std::string id_of(const process::Command& command) {
    try {
        process::run(command);
    } catch (const Error& error) {
        CHECK_FALSE(error.remedy().empty());
        return error.id();
    }
    return "no error";
}
bool alive(pid_t pid) {
    return ::kill(pid, 0) == 0;
}
pid_t read_pid(const std::filesystem::path& file) {
    pid_t pid = 0;
    (void)test::eventually([&] { return static_cast<bool>(std::ifstream(file) >> pid); }, 20s);
    return pid;
}
}  // namespace

TEST_CASE("Output of both streams comes line by line and is kept in the log") {
    const test::TempDir folder;
    std::vector<std::string> lines;
    process::Command command = shell("echo one; echo two >&2; printf 'no end'; exit 3");
    command.log_file = folder / "log/job.log";
    command.on_line = [&](std::string_view line) { lines.emplace_back(line); };
    const process::Exit exit = process::run(command);
    CHECK(exit.code == 3);
    CHECK(lines == std::vector<std::string>{"one", "two", "no end"});
    CHECK(test::read_file(folder / "log/job.log") == "one\ntwo\nno end\n");
}

TEST_CASE("Arguments and environment arrive as they are, unwanted variables do not") {
    std::string line;
    ::setenv("TRANSLOAD_TEST_OFF", "1", 1);
    process::Command command = shell("printf '%s|%s|%s' \"$1\" \"$SECRET\" \"$TRANSLOAD_TEST_OFF\"");
    command.arguments.insert(command.arguments.end(), {"sh", "a b'\"$x"});
    command.environment["SECRET"] = "p w";
    command.environment_prefixes_off = {"TRANSLOAD_TEST_"};
    command.on_line = [&](std::string_view text) { line = text; };
    process::run(command);
    ::unsetenv("TRANSLOAD_TEST_OFF");
    CHECK(line == "a b'\"$x|p w|");
}

TEST_CASE("A program that can't be started is one clear error each") {
    const test::TempDir folder;
    process::Command command;
    command.program = folder / "absent";
    CHECK(id_of(command) == "process.not_found");
    command.program = folder.write("plain", "#!/bin/sh\n");
    CHECK(id_of(command) == "process.not_executable");
    command.program = folder.write("lost", "#!/no/such/interpreter\n");
    std::filesystem::permissions(command.program, std::filesystem::perms::owner_all);
    CHECK(id_of(command) == "process.broken");
    command.program = folder.write("garbage", std::string("\x7f"
                                                          "ELF garbage"));
    std::filesystem::permissions(command.program, std::filesystem::perms::owner_all);
    CHECK(id_of(command) == "process.broken");
}

TEST_CASE("A time limit ends the whole group, also children that ignore SIGTERM") {
    const test::TempDir folder;
    process::Command command =
        shell("trap '' TERM; (trap '' TERM; echo $$ >/dev/null; sleep 60) & echo $! > '" +
              (folder / "pid").string() + "'; sleep 60");
    command.time_limit = 2s;  // the shell has to come so far as to tell of its child
    command.grace = 200ms;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(id_of(command) == "process.time_limit");
    CHECK(std::chrono::steady_clock::now() - begin < 30s);
    const pid_t grandchild = read_pid(folder / "pid");
    REQUIRE(grandchild > 0);
    CHECK(test::eventually([&] { return !alive(grandchild); }, 10s));
}

TEST_CASE("A stop request ends it at once") {
    std::stop_source stop;
    process::Command command = shell("sleep 60");
    command.stop = stop.get_token();
    std::jthread later([&] {
        std::this_thread::sleep_for(200ms);
        stop.request_stop();
    });
    try {
        process::run(command);
        FAIL("it ran on");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::cancelled);
    }
}

TEST_CASE("A process left behind is gone when the program has ended, and nobody waits for it") {
    const test::TempDir folder;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(process::run(shell("sleep 60 & echo $! > '" + (folder / "pid").string() + "'")).success());
    CHECK(std::chrono::steady_clock::now() - begin < 30s);
    const pid_t left = read_pid(folder / "pid");
    CHECK(test::eventually([&] { return !alive(left); }, 10s));
}

TEST_CASE("Locks and sockets of this process do not leak into the program") {
    const int fd = ::open("/dev/null", O_RDONLY);  // no O_CLOEXEC, as a careless library would
    std::string line;
    process::Command command =
        shell("if [ -e /proc/self/fd/" + std::to_string(fd) + " ]; then echo leaked; else echo closed; fi");
    command.on_line = [&](std::string_view text) { line = text; };
    process::run(command);
    ::close(fd);
    CHECK(line == "closed");
}

TEST_CASE("A program dies with this process, even by SIGKILL") {
    const test::TempDir folder;
    const pid_t parent = ::fork();
    if (parent == 0) {
        process::Command command = shell("echo $$ > '" + (folder / "pid").string() + "'; exec sleep 60");
        process::run(command);
        ::_exit(0);
    }
    const pid_t program = read_pid(folder / "pid");
    REQUIRE(program > 0);
    CHECK(alive(program));
    ::kill(parent, SIGKILL);
    CHECK(test::eventually(
        [&] {
            return !alive(program) ||
                   std::ifstream("/proc/" + std::to_string(program) + "/stat").peek() == EOF;
        },
        10s));
}

TEST_CASE("The end by a signal is told as such") {
    const process::Exit exit = process::run(shell("kill -KILL $$"));
    CHECK(exit.signal == SIGKILL);
    CHECK(exit.code == 128 + SIGKILL);
}
