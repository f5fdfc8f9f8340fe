// scripts/lib/shardingsphere.sh, which demo and benchmark start their proxies with.
#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <sstream>

#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

const std::string script = (source_dir() / "scripts/lib/shardingsphere.sh").string();

ProcessResult call(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), script);
    return run(std::move(arguments), {}, 150s);
}

std::map<std::string, std::string> values(const std::string& text) {
    std::map<std::string, std::string> values;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (const std::size_t equals = line.find('='); equals != std::string::npos)
            values[line.substr(0, equals)] = line.substr(equals + 1);
    return values;
}

/// What a proxy answers to a statement, one row.
std::string ask(const std::string& port, const std::string& password, const std::string& statement) {
    ProcessOptions options;
    options.environment["MYSQL_PWD"] = password;
    const ProcessResult result = run({"mariadb", "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--port=" + port,
                                      "--user=root", "--skip-column-names", "--batch", "--execute=" + statement},
                                     options);
    INFO(result.err);
    CHECK(result.exit_code == 0);
    return result.out;
}

}  // namespace

TEST_CASE("two proxies start with a namespace each, survive a kill of one, and end with their owner") {
    if (call({"where"}).exit_code != 0) SKIP_TEST("no ShardingSphere-Proxy with ZooKeeper on this machine");
    const TempDir parent;
    Process owner({"sleep", "1000"});
    const ProcessResult started =
        call({"start", "--proxies", "2", "--parent", parent.path().string(), "--password", "it's \\ hard", "--owner", std::to_string(owner.pid())});
    INFO(started.err);
    REQUIRE(started.exit_code == 0);
    auto env = values(started.out);
    CHECK(env["PROXY_1_NAMESPACE"] != env["PROXY_2_NAMESPACE"]);
    CHECK(env["PROXY_1_URL"].find("namespace=" + env["PROXY_1_NAMESPACE"]) != std::string::npos);
    // Each sees itself alone.
    for (const char* proxy : {"PROXY_1_PORT", "PROXY_2_PORT"}) {
        const std::string nodes = ask(env[proxy], env["PASSWORD"], "SHOW COMPUTE NODES");
        CHECK(std::count(nodes.begin(), nodes.end(), '\n') == 1);
        CHECK(nodes.find("\t" + env[proxy] + "\t") != std::string::npos);
    }
    const std::string dir = env["DIR"];
    CHECK(call({"halt", dir, "proxy-2", "--kill"}).exit_code == 0);
    CHECK(call({"status", dir}).out.find("proxy-2 ended - " + env["PROXY_2_PORT"]) != std::string::npos);
    CHECK(call({"halt", dir, "proxy-3"}).exit_code == 1);
    CHECK(call({"restart", dir, "proxy-2"}).exit_code == 0);
    CHECK(call({"status", dir}).out.find("ended") == std::string::npos);
    CHECK(ask(env["PROXY_2_PORT"], env["PASSWORD"], "SHOW MIGRATION LIST").empty());
    owner.signal(SIGKILL);
    owner.wait(10s);
    CHECK(eventually([&] { return !std::filesystem::exists(dir); }, 20s));
    CHECK(run({"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + env["PROXY_1_PORT"]}).exit_code != 0);
}
