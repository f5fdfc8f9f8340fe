#include <httplib.h>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/http/fake_jobs.hpp"
#include "tests/integration/http/raw_connection.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using test::RunningServer;
using test::valid_job;

namespace {

std::string refused(http::ServerOptions options) {
    test::FakeJobs jobs;
    try {
        const http::Server server(std::move(options), jobs, {});
    } catch (const Error& error) {
        return error.id();
    }
    return "no error";
}

http::ServerOptions with_token(const char* token) {
    http::ServerOptions options;
    options.token = Secret(token);
    return options;
}

}  // namespace

TEST_CASE("listening beyond this machine without a token is refused at the start") {
    for (const char* host : {"0.0.0.0", "::", "db.example", "[::]"}) {
        http::ServerOptions options;
        options.host = host;
        options.port = 0;
        CHECK(refused(std::move(options)) == "http.token_required");
    }
}

TEST_CASE("listening beyond this machine without a token is possible when it is asked for, and foreign pages stay out") {
    http::ServerOptions options;
    options.host = "0.0.0.0";
    options.allow_unauthenticated = true;
    RunningServer running(std::move(options));
    httplib::Client client("127.0.0.1", running.port());
    CHECK(client.Get("/jobs")->status == 200);
    CHECK(client.Get("/jobs", {{"Host", "rebound.example"}})->status == 403);
    CHECK(client.Get("/jobs", {{"Origin", "http://page.example"}})->status == 403);
}

TEST_CASE("a port that is taken, an address that is not ours and TLS files that are none are clear errors") {
    RunningServer running;
    http::ServerOptions taken;
    taken.port = static_cast<std::uint16_t>(running.port());
    CHECK(refused(std::move(taken)) == "http.bind");
    http::ServerOptions foreign = with_token("t");
    foreign.host = "203.0.113.1";
    foreign.port = 0;
    CHECK(refused(std::move(foreign)) == "http.bind");
    http::ServerOptions tls;
    tls.tls_cert = tls.tls_key = "/does/not/exist.pem";
    CHECK(refused(std::move(tls)) == "http.tls");
}

TEST_CASE("with a token everything but health asks for it") {
    RunningServer running(with_token("correct horse"));
    httplib::Client client("127.0.0.1", running.port());
    CHECK(client.Get("/health")->status == 200);
    for (const char* path : {"/jobs", "/metrics", "/job/a", "/job/a/events", "/nope", "/api/v1/jobs"}) {
        const auto answer = client.Get(path);
        CHECK(answer->status == 401);
        CHECK(answer->get_header_value("WWW-Authenticate").find("Bearer") == 0);
        CHECK(answer->body.find("horse") == std::string::npos);
    }
    CHECK(client.Post("/job", valid_job, "application/json")->status == 401);
    CHECK(running.jobs.list().empty());
    client.set_bearer_token_auth("correct horse");
    CHECK(client.Post("/job", valid_job, "application/json")->status == 202);
    CHECK(client.Get("/jobs")->status == 200);
    client.set_bearer_token_auth("correct hors");
    CHECK(client.Get("/jobs")->status == 401);
}

TEST_CASE("a page of another origin can neither read nor write") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    CHECK(
        client
            .Post("/job", {{"Origin", "http://evil.example"}}, valid_job, "application/x-www-form-urlencoded")
            ->status == 403);
    CHECK(client.Post("/job", {{"Host", "evil.example"}}, valid_job, "application/json")->status == 403);
    CHECK(client.Get("/jobs", {{"Host", "evil.example:8080"}})->status == 403);
    CHECK(running.jobs.list().empty());
    CHECK_FALSE(client.Get("/jobs")->has_header("Access-Control-Allow-Origin"));
}

TEST_CASE("a request that hides in a refused body is not carried out") {
    RunningServer running;
    const std::string inner =
        "POST /job HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(valid_job.size()) + "\r\n\r\n" + valid_job;
    test::RawConnection connection(running.port());
    connection.send(
        "POST /nope HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n" +
        inner);
    const std::string answer = connection.receive();
    CHECK(answer.find("404") != std::string::npos);
    CHECK(answer.find("202") == std::string::npos);
    CHECK(running.jobs.list().empty());
}

TEST_CASE("with a certificate the server speaks TLS, and only that") {
    const test::TempDir dir;
    const std::string cert = (dir / "cert.pem").string(), key = (dir / "key.pem").string();
    const auto made = test::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                                 "-subj", "/CN=localhost", "-addext",
                                 "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert});
    REQUIRE(made.exit_code == 0);
    http::ServerOptions options = with_token("t");
    options.tls_cert = cert;
    options.tls_key = key;
    RunningServer running(std::move(options));
    CHECK(running.server->address() == "https://127.0.0.1:" + std::to_string(running.port()));
    httplib::SSLClient client("127.0.0.1", running.port());
    client.set_ca_cert_path(cert.c_str());
    client.enable_server_certificate_verification(true);
    client.set_bearer_token_auth("t");
    REQUIRE(client.Get("/jobs"));
    CHECK(client.Post("/job", valid_job, "application/json")->status == 202);
    const std::string big = std::string((1 << 20) + 100, 'x');
    CHECK(client.Post("/job", big, "application/json")->status == 413);
    CHECK(test::status_of_raw(running.port(), "GET /health HTTP/1.1\r\n\r\n") == 0);
    CHECK(client.Get("/health")->status == 200);

    http::ServerOptions swapped = with_token("t");
    swapped.tls_cert = key;
    swapped.tls_key = cert;
    CHECK(refused(std::move(swapped)) == "http.tls");
}
