#include "adapters/secrets/sealed_secrets.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

#include "orchestrator/plan/error.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using secrets::SealedSecrets;

namespace {

unsigned mode_of(const std::filesystem::path& file) {
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

std::string id_of(const SealedSecrets& box, const std::string& sealed) {
    try {
        (void)box.open(sealed);
    } catch (const Error& error) {
        return error.id();
    }
    return "";
}

}  // namespace

TEST_CASE("a sealed secret is opened again, also by another process of the same folder") {
    const test::TempDir dir;
    const std::string sealed = SealedSecrets(dir.path()).seal(Secret("hunter2"));
    CHECK(sealed.find("hunter2") == std::string::npos);
    CHECK(SealedSecrets(dir.path()).open(sealed).reveal() == "hunter2");
}

TEST_CASE("empty secrets, long ones and every byte survive") {
    const test::TempDir dir;
    const SealedSecrets box(dir.path());
    std::string every;
    for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
    for (const std::string& plain : {std::string(), every, std::string(100'000, 'x')})
        CHECK(box.open(box.seal(Secret(plain))).reveal() == plain);
}

TEST_CASE("the same secret is never sealed to the same bytes") {
    const test::TempDir dir;
    const SealedSecrets box(dir.path());
    CHECK(box.seal(Secret("x")) != box.seal(Secret("x")));
}

TEST_CASE("every changed byte and every shortening is noticed") {
    const test::TempDir dir;
    const SealedSecrets box(dir.path());
    const std::string sealed = box.seal(Secret("hunter2"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CHECK(id_of(box, changed) == "secrets.unreadable");
        CHECK(id_of(box, sealed.substr(0, i)) == "secrets.unreadable");
    }
    CHECK(id_of(box, sealed + "x") == "secrets.unreadable");
}

TEST_CASE("another key does not open it") {
    const test::TempDir dir, other;
    const std::string sealed = SealedSecrets(dir.path()).seal(Secret("hunter2"));
    CHECK(id_of(SealedSecrets(other.path()), sealed) == "secrets.unreadable");
}

TEST_CASE("the key file is for its owner alone, and is mended and reported when it was not") {
    const test::TempDir dir;
    const auto file = dir / "secret.key";
    const SealedSecrets made(dir.path());
    CHECK(mode_of(file) == 0600);
    CHECK(made.findings().empty());
    REQUIRE(::chmod(file.c_str(), 0644) == 0);
    const SealedSecrets opened(dir.path());
    CHECK(mode_of(file) == 0600);
    REQUIRE(opened.findings().size() == 1);
    CHECK(opened.findings()[0].id == "secrets.key_permissions");
    CHECK(opened.findings()[0].message.find("0644") != std::string::npos);
    CHECK(SealedSecrets(dir.path()).findings().empty());
}

TEST_CASE("a key file that is broken is an error that names it") {
    for (const auto& content : {std::string(), std::string(31, 'x'), std::string(33, 'x')}) {
        const test::TempDir dir;
        dir.write("secret.key", content);
        try {
            const SealedSecrets box(dir.path());
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.id() == "secrets.key_unreadable");
            CHECK(error.message().find((dir / "secret.key").string()) != std::string::npos);
        }
    }
    const test::TempDir dir;
    std::filesystem::create_directory(dir / "secret.key");
    CHECK_THROWS_AS(SealedSecrets(dir.path()), Error);
    CHECK_THROWS_AS(SealedSecrets(dir / "no" / "such"), Error);
}

TEST_CASE("processes that make the key at the same moment agree on one, and leave nothing else") {
    const test::TempDir dir;
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            try {
                const SealedSecrets box(dir.path());
                dir.write("sealed" + std::to_string(i), box.seal(Secret("hunter2")));
                ::_exit(0);
            } catch (...) {
                ::_exit(1);
            }
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(WEXITSTATUS(status) == 0);
    }
    const SealedSecrets box(dir.path());
    for (int i = 0; i < 8; ++i)
        CHECK(box.open(test::read_file(dir / ("sealed" + std::to_string(i)))).reveal() == "hunter2");
    CHECK(std::distance(std::filesystem::directory_iterator(dir.path()),
                        std::filesystem::directory_iterator()) == 9);
}
