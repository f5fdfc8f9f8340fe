#include <signal.h>

#include <catch2/catch.hpp>
#include <random>

#include "tests/follow/ending.hpp"
#include "tests/follow/follow_job.hpp"
#include "tests/follow/round.hpp"
#include "tests/support/skip.hpp"

using namespace transload::test;

namespace {

/// TRANSLOAD_FOLLOW_SEED makes a run again, TRANSLOAD_FOLLOW_ROUNDS makes more of them with the seeds behind it,
/// TRANSLOAD_FOLLOW_CALM=1 leaves the trouble out.
void run_rounds(Flavour source, Flavour target, bool gtid = false, bool calm = false) {
    if (!available(source) || !available(target)) SKIP_TEST("no server of this flavour");
    const unsigned first = from_environment("TRANSLOAD_FOLLOW_SEED", std::random_device{}() % 1000000);
    const unsigned rounds = from_environment("TRANSLOAD_FOLLOW_ROUNDS", 1);
    for (unsigned i = 0; i < rounds; ++i)
        run_round({.source = source, .target = target, .seed = first + i, .source_gtid = gtid != (i % 2 == 1), .calm = calm || from_environment("TRANSLOAD_FOLLOW_CALM", 0) != 0});
}

}  // namespace

TEST_CASE("a round excuses a program that gave up because a server was away, and no other end") {
    const auto ended = [](int code, const std::string& failure) {
        ProcessResult result;
        result.exit_code = code;
        result.out = failure.empty() ? "" : R"({"failure": {"message": "m", "id": ")" + failure + "\"}}";
        return unexcused_ending(result);
    };
    CHECK(ended(1, "mysql.connection_lost") == "");
    CHECK(ended(3, "mysql.unreachable") == "");
    CHECK(ended(1, "native.apply_conflict") == "exit code 1, native.apply_conflict: m");
    CHECK(ended(1, "mysql.duplicate_key") != "");
    CHECK(ended(1, "") == "exit code 1 without a report");
    CHECK(ended(3, "target.exists") != "");
    CHECK(ended(4, "validation.mismatch") == "exit code 4");
    for (const int signal : {SIGABRT, SIGSEGV, SIGKILL, SIGTERM}) CHECK(ended(128 + signal, "mysql.unreachable") != "");
    CHECK(ended(0, "") != "");
}

TEST_CASE("written to from the start to the write stop, with nothing else amiss, every row is there once") {
    run_rounds(Flavour::mysql80, Flavour::mysql80, false, true);
}

TEST_CASE("under fire from the start to the write stop, MySQL 8.0 to MySQL 8.0, every row is there once") {
    run_rounds(Flavour::mysql80, Flavour::mysql80);
}

TEST_CASE("under fire from the start to the write stop, MySQL 8.0 with GTIDs to MySQL 9, every row is there once") {
    run_rounds(Flavour::mysql80, Flavour::mysql97, true);
}

TEST_CASE("under fire from the start to the write stop, MariaDB to MariaDB, every row is there once") {
    run_rounds(Flavour::mariadb, Flavour::mariadb);
}
