// deploy/Dockerfile against the compose file, the scripts that it runs and what .dockerignore lets it see.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/deploy/compose_file.hpp"

using namespace transload;
using namespace transload::test;

namespace {

const std::string& dockerfile() {
    static const std::string text = read_file(source_dir() / "deploy/Dockerfile");
    return text;
}

/// A version of scripts/lib/common.sh.
std::string version_of(const std::string& name) {
    std::smatch match;
    const std::string text = read_file(source_dir() / "scripts/lib/common.sh");
    REQUIRE(std::regex_search(text, match, std::regex("(^|\n)" + name + "_version=([^\n]+)")));
    return match[2];
}

/// What .dockerignore lets through.
std::set<std::string> seen_by_the_build() {
    std::set<std::string> seen;
    std::istringstream lines(read_file(source_dir() / ".dockerignore"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with('!')) seen.insert(line.substr(1));
    return seen;
}

bool says(const std::string& text) { return dockerfile().find(text) != std::string::npos; }

}  // namespace

TEST_CASE("the images that the compose file builds are stages of the Dockerfile") {
    const ComposeFile file;
    for (const char* name : {"orchestrator", "shardingsphere-proxy"}) {
        const config::Node& build = member(file.service(name), "build");
        CHECK(member(build, "dockerfile").text == "deploy/Dockerfile");
        CHECK(says(" AS " + member(build, "target").text + "\n"));
    }
}

TEST_CASE("the images stand on pinned ones, and the proxy on the official one with its own entry point") {
    CHECK(std::regex_search(dockerfile(), std::regex("ARG DEBIAN=12\\.[0-9]+\n")));
    CHECK(says("ARG SHARDINGSPHERE=" + version_of("shardingsphere") + "\n"));
    CHECK(says("FROM apache/shardingsphere-proxy:${SHARDINGSPHERE} AS shardingsphere-proxy\n"));
    const std::size_t begin = dockerfile().find(" AS shardingsphere-proxy\n");
    const std::string stage = dockerfile().substr(begin, dockerfile().find("\nFROM ", begin) - begin);
    // That of the official image's Dockerfile, but for `exec`.
    CHECK(stage.find("\nENTRYPOINT exec ${LOCAL_PATH}/bin/start.sh ${PORT}\n") != std::string::npos);
    CHECK(stage.find("USER 10001") != std::string::npos);
    CHECK(stage.find("/opt/shardingsphere-proxy/ext-lib/") != std::string::npos);
}

TEST_CASE("the Dockerfile takes the versions that the scripts install") {
    CHECK(says("/opt/tools/liquibase-" + version_of("liquibase") + "/lib/mysql-connector-j-" + version_of("mysql_connector") + ".jar"));
    CHECK(says("COPY --from=tools /opt/tools/liquibase-" + version_of("liquibase") + " /opt/liquibase\n"));
    const std::string cmake = read_file(source_dir() / "CMakeLists.txt");
    std::smatch match;
    REQUIRE(std::regex_search(cmake, match, std::regex("project\\(transload VERSION ([0-9.]+)")));
    CHECK(ComposeFile().text("orchestrator", "image") == "transload/orchestrator:" + match[1].str());
}

TEST_CASE("the setup script knows the options that the Dockerfile gives it") {
    const ProcessResult result = run({(source_dir() / "scripts/setup").string(), "--help"});
    CHECK(result.exit_code == 0);
    std::smatch match;
    REQUIRE(std::regex_search(dockerfile(), match, std::regex("RUN scripts/setup ([^&]*)&&")));
    std::istringstream words(match[1].str());
    for (std::string word; words >> word;) CHECK(result.out.find(word + " ") != std::string::npos);
}

TEST_CASE("the build sees what it needs, and no more") {
    const std::set<std::string> seen = seen_by_the_build();
    for (const std::string& path : seen) CHECK(std::filesystem::exists(source_dir() / path));
    for (const char* needed : {"CMakeLists.txt", "CMakePresets.json", "adapters", "cli", "cmake", "orchestrator", "scripts",
                               "deploy/orchestrator-entrypoint.sh"})
        CHECK(seen.contains(needed));
    for (const char* other : {"build", ".git", "generated-schema", "transload-state"}) CHECK_FALSE(seen.contains(other));
}

TEST_CASE("what the build sees is enough to configure it") {
    const TempDir context;
    for (const std::string& path : seen_by_the_build()) {
        std::filesystem::create_directories((context / path).parent_path());
        std::filesystem::copy(source_dir() / path, context / path, std::filesystem::copy_options::recursive);
    }
    std::smatch match;
    REQUIRE(std::regex_search(dockerfile(), match, std::regex("cmake --preset ([a-z]+)")));
    ProcessOptions options;
    options.directory = context.path();
    const ProcessResult result = run({"cmake", "--preset", match[1].str()}, options);
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
}

TEST_CASE("the orchestrator's entry point is a program that runs its command as it is when it is nobody special") {
    CHECK(says("ENTRYPOINT [\"orchestrator-entrypoint.sh\"]\nCMD [\"transload\", \"serve\", \"--config\", \"/etc/transload/serve.yaml\"]\n"));
    // By standard input: another account may not be able to read it where it lies.
    std::vector<std::string> command{"sh", "-s", "--", "printf", "%s|", "a b", "$HOME"};
    if (::geteuid() == 0) command.insert(command.begin(), {"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"});
    ProcessOptions options;
    options.input = read_file(source_dir() / "deploy/orchestrator-entrypoint.sh");
    const ProcessResult result = run(command, options);
    CHECK(result.out == "a b|$HOME|");
    CHECK(result.exit_code == 0);
}
