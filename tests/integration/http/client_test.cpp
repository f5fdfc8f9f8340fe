#include "adapters/http/client/job_client.hpp"

#include <nlohmann/json.hpp>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/http/fake_jobs.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using http::JobClient;
using test::RunningServer;

namespace {

http::ClientOptions to(const RunningServer& running, const char* token = "") {
    return {running.server->address(), Secret(token), "", std::chrono::seconds{10}};
}

template <class Act>
Error error_of(Act act) {
    try {
        act();
    } catch (const Error& error) {
        return error;
    }
    return Error(ErrorKind::failed, "no error", "", "", "");
}

}  // namespace

TEST_CASE("the client lists, shows, commands and follows jobs of a server") {
    RunningServer running;
    JobClient client(to(running));
    CHECK(client.list().empty());
    const JobId id = client.submit(test::valid_job);
    REQUIRE(client.list().size() == 1);
    CHECK(client.list()[0].id == id);
    CHECK(client.list()[0].source == "reader@s.example:3306");
    CHECK(nlohmann::json::parse(client.show(id))["state"] == "PLANNING");
    CHECK(client.events(id, 1, 2).size() == 2);
    CHECK(client.events(id, 1, 2)[0].sequence == 2);
    CHECK(client.events(id, 0, 1'000'000).size() == 5);
    CHECK(client.command(id, Trigger::pause) == JobState::paused);
    CHECK(client.command(id, Trigger::cancel) == JobState::cancelled);
}

TEST_CASE("what a server refuses becomes the same error that it had there") {
    RunningServer running;
    JobClient client(to(running));
    const JobId id = client.submit(test::valid_job);
    const Error conflict = error_of([&] { (void)client.command(id, Trigger::retry); });
    CHECK(conflict.kind() == ErrorKind::refused);
    CHECK(conflict.id() == "job.not_allowed");
    CHECK(conflict.message() == "not in that state");
    CHECK(conflict.remedy() == "wait");
    CHECK(error_of([&] { (void)client.show(JobId{"nobody"}); }).id() == "job.unknown");
    CHECK(error_of([&] { (void)client.show(JobId{"../health"}); }).id() == "job.unknown");
    const Error field = error_of([&] { (void)client.submit(R"({"source":5})"); });
    CHECK(field.kind() == ErrorKind::usage);
    CHECK(field.object() == "source");
}

TEST_CASE("the client's token is asked for and used") {
    RunningServer running([] {
        http::ServerOptions options;
        options.token = Secret("correct horse");
        return options;
    }());
    CHECK(error_of([&] { (void)JobClient(to(running)).list(); }).id() == "http.unauthorized");
    CHECK(error_of([&] { (void)JobClient(to(running, "wrong")).list(); }).id() == "http.unauthorized");
    CHECK(JobClient(to(running, "correct horse")).list().empty());
}

TEST_CASE("a server that is not there is a transient error that names it") {
    int port = 0;
    {
        const RunningServer gone;
        port = gone.port();
    }
    const std::string server = "http://127.0.0.1:" + std::to_string(port);
    const Error error = error_of([&] {
        (void)JobClient({server, Secret(), "", std::chrono::seconds{2}}).list();
    });
    CHECK(error.id() == "http.unreachable");
    CHECK(error.kind() == ErrorKind::transient);
    CHECK(error.message().find(server) != std::string::npos);
}

TEST_CASE("the client does not talk to a server whose certificate nobody vouches for") {
    const test::TempDir dir;
    const std::string cert = (dir / "cert.pem").string(), key = (dir / "key.pem").string();
    REQUIRE(
        test::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                   "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert})
            .exit_code == 0);
    http::ServerOptions options;
    options.tls_cert = cert;
    options.tls_key = key;
    RunningServer running(std::move(options));
    CHECK(error_of([&] { (void)JobClient(to(running, "t")).list(); }).id() == "http.unreachable");
    http::ClientOptions trusting = to(running, "t");
    trusting.ca_file = cert;
    CHECK(JobClient(std::move(trusting)).list().empty());
}
