#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/migration.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

/// `transload job`: nothing here needs a database, and the only job is refused by preflight.
namespace {

struct House {
    TempDir folder;

    [[nodiscard]] ProcessOptions options() const {
        ProcessOptions made;
        made.directory = folder.path();
        return made;
    }
    ProcessResult go(std::vector<std::string> arguments, const ProcessOptions& how) const {
        arguments.insert(arguments.begin(), transload_program().string());
        return run(arguments, how, a_while);
    }
    ProcessResult go(std::vector<std::string> arguments) const { return go(std::move(arguments), options()); }

    /// A job that preflight refuses, in the state folder `state`. Returns its id.
    [[nodiscard]] std::string refused_job() const {
        const std::string nobody = "mysql://a@127.0.0.1:" + std::to_string(free_port()) + "/";
        const ProcessResult result =
            go({"migrate", "--source", nobody + "x", "--target", nobody + "y", "--state-dir", "state", "--json"});
        INFO(result.err);
        REQUIRE(result.exit_code == 3);
        return nlohmann::json::parse(result.out)["job_id"];
    }
};

std::size_t files_in(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("job looks into the folder that TRANSLOAD_STATE_DIR names, as migrate and serve do") {
    const House house;
    const std::string id = house.refused_job();
    CHECK(house.go({"job", "list"}).exit_code == 2);
    ProcessOptions named = house.options();
    named.environment["TRANSLOAD_STATE_DIR"] = "state";
    CHECK(house.go({"job", "list"}, named).out.find(id) != std::string::npos);
    CHECK(house.go({"job", "cancel", id}, named).exit_code == 0);
    INFO("a flag wins");
    CHECK(house.go({"job", "list", "--state-dir", "elsewhere"}, named).exit_code == 2);
}

TEST_CASE("a command on a folder without jobs is refused and leaves nothing in it") {
    const House house;
    std::filesystem::create_directory(house.folder / "empty");
    for (const char* command : {"list", "show", "events", "start", "cancel", "rollback", "limits", "cutover"}) {
        CAPTURE(command);
        std::vector<std::string> arguments{"job", command, "--state-dir", "empty"};
        if (std::string(command) != "list") arguments.emplace_back("some-job");
        const ProcessResult result = house.go(arguments);
        CHECK(result.exit_code == 2);
        CHECK(result.err.find("there are no jobs in this folder") != std::string::npos);
        CHECK(files_in(house.folder / "empty") == 0);
    }
}

TEST_CASE("the limits of a job that has ended can be looked at, and not changed") {
    const House house;
    const std::string id = house.refused_job();
    REQUIRE(house.go({"job", "cancel", id, "--state-dir", "state"}).exit_code == 0);
    CHECK(house.go({"job", "limits", id, "--state-dir", "state"}).out.find("rows_per_second none") != std::string::npos);
    CHECK(house.go({"job", "limits", id, "--state-dir", "state", "--rows-per-second", "5"}).exit_code == 1);
}

TEST_CASE("the jobs of a server with a certificate of one's own are shown as text, as JSON, and commanded") {
    const House house;
    const std::string id = house.refused_job();
    REQUIRE(run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                 "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"},
                house.options())
                .exit_code == 0);
    house.folder.write("serve.yaml", "server: {port: 0, tls: {cert: cert.pem, key: key.pem}}\nstate_dir: state\n");
    Process serve({transload_program().string(), "serve", "--config", "serve.yaml"}, house.options());
    REQUIRE(serve.wait_for("listening on", a_while));
    const std::string said = serve.out().substr(serve.out().find("listening on ") + 13);
    const std::string server = said.substr(0, said.find('\n'));
    const auto job = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "job");
        for (const char* word : {"--server", server.c_str(), "--ca", "cert.pem"}) arguments.emplace_back(word);
        return house.go(std::move(arguments));
    };
    const ProcessResult stranger = house.go({"job", "list", "--server", server});
    CHECK(stranger.exit_code == 1);
    CHECK(stranger.err.find("--ca") != std::string::npos);
    CHECK(house.go({"job", "list", "--server", server, "--ca", "no-such-file.pem"}).exit_code == 2);

    const ProcessResult listed = job({"list"});
    INFO(listed.err);
    CHECK(listed.out.find(id) != std::string::npos);
    CHECK(job({"show", id}).out.find("Job " + id + ": PREFLIGHT_FAILED") != std::string::npos);
    CHECK(nlohmann::json::parse(job({"show", id, "--json"}).out)["state"] == "PREFLIGHT_FAILED");
    const auto cancelled = nlohmann::json::parse(job({"cancel", id, "--json"}).out);
    CHECK(cancelled["id"] == id);
    CHECK(cancelled["state"] == "CANCELLED");
    serve.signal(SIGTERM);
    const ProcessResult ended = serve.wait(a_while);
    CHECK(ended.exit_code == 0);
    INFO("what is said last is not lost");
    CHECK(ended.out.find("stopping: running jobs are kept") != std::string::npos);
}
