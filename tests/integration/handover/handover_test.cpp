#include "adapters/handover/hand_over.hpp"

#include <httplib.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "orchestrator/plan/error.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

class Control final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return stop.get_token(); }
    void event(Severity, std::string_view, std::string_view, std::string_view message) override { events.emplace_back(message); }
    void record(Severity, std::string_view, std::string_view, std::string_view) override {}
    void progress(const TableProgress&) override {}
    std::vector<std::string> events;
    std::stop_source stop;
};

/// A listening web server; what it got.
template <class Server>
class Web {
  public:
    template <class... Args>
    explicit Web(Args&&... args) : server_(std::forward<Args>(args)...) {
        server_.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
            ++calls;
            last = request;
            if (held) (void)eventually([this] { return !held; }, 60s);
            ++answers;
            response.status = status;
            if (status == 302) response.set_header("Location", "http://127.0.0.1:1/elsewhere");
            response.set_content(answer, "text/plain");
        });
        port = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
    }
    ~Web() {
        held = false;
        server_.stop();
        thread_.join();
    }
    std::atomic<int> calls{0};
    std::atomic<int> answers{0};
    std::atomic<bool> held{false};  ///< it does not answer while this is set
    httplib::Request last;
    int status = 200;
    std::string answer = "thanks";
    int port = 0;

  private:
    Server server_;
    std::thread thread_;
};

struct Told {
    Control control;
    JobSpec spec;
    HandOverFacts facts;
    TempDir folder;

    Told() {
        spec.source.host = "old.example";
        spec.source.user = "mover";
        spec.source.password = Secret("very secret");
        spec.target.host = "new.example";
        spec.target.port = 3307;
        spec.target.password = Secret("very secret");
        spec.databases = {{"shop", "shop2"}, {"stock", "stock"}};
        facts.job = JobId{"0123456789abcdef"};
        facts.source_position = "binlog.000007:42";
        facts.target_position = "binlog.000001:9";
        facts.write_stop_seconds = 0.25;
    }
    [[nodiscard]] std::vector<std::string> script(const std::string& text) const {
        const auto file = folder.write("program", "#!/bin/sh\n" + text);
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
        return {file.string(), "an argument"};
    }
    void tell() { handover::ExternalHandOver().tell(spec, facts, control); }
    /// The message of the failure; empty: it succeeded.
    [[nodiscard]] std::string failure() {
        try {
            tell();
        } catch (const Error& error) {
            CHECK(error.id() == "cutover.hand_over");
            CHECK(error.kind() == ErrorKind::failed);
            return error.message() + " [" + error.object() + "]";
        }
        return "";
    }
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void check_facts(const nlohmann::json& facts) {
    CHECK(facts["event"] == "cutover");
    CHECK(facts["job"] == "0123456789abcdef");
    CHECK(facts["source"]["host"] == "old.example");
    CHECK(facts["source"]["port"] == 3306);
    CHECK(facts["source"]["databases"] == nlohmann::json::array({"shop", "stock"}));
    CHECK(facts["target"]["databases"] == nlohmann::json::array({"shop2", "stock"}));
    CHECK(facts["target"]["port"] == 3307);
    CHECK(facts["source_position"] == "binlog.000007:42");
    CHECK(facts["target_position"] == "binlog.000001:9");
    CHECK(facts["write_stop_seconds"] == 0.25);
    CHECK_FALSE(has(facts.dump(), "secret"));
    CHECK_FALSE(has(facts.dump(), "mover"));
}

}  // namespace

TEST_CASE("a hand-over without program and webhook is told to nobody") {
    Told told;
    told.tell();
    CHECK(told.control.events.empty());
}

TEST_CASE("a program gets the facts as JSON on its input and no secret in its environment") {
    Told told;
    const std::string out = (told.folder / "out").string();
    told.spec.cutover.hand_over.command = told.script("cat > " + out + "; env | grep TRANSLOAD > " + out + ".env; echo \"$1\" said");
    ::setenv("TRANSLOAD_SHARDINGSPHERE_PASSWORD", "very secret", 1);
    told.tell();
    ::unsetenv("TRANSLOAD_SHARDINGSPHERE_PASSWORD");
    check_facts(nlohmann::json::parse(read_file(out)));
    const std::string environment = read_file(out + ".env");
    CHECK(has(environment, "TRANSLOAD_JOB_ID=0123456789abcdef\n"));
    CHECK(has(environment, "TRANSLOAD_EVENT=cutover\n"));
    CHECK_FALSE(has(environment, "secret"));
    CHECK(told.control.events == std::vector<std::string>{"an argument said"});
    told.facts.kind = HandOverKind::cut_back;
    told.tell();
    CHECK(nlohmann::json::parse(read_file(out))["event"] == "cut_back");
}

TEST_CASE("a program that does not read its input, fails, is not there or does not end") {
    Told told;
    told.spec.cutover.hand_over.command = {"/bin/true"};
    CHECK(told.failure().empty());
    told.spec.cutover.hand_over.command = told.script("echo fine; echo 'the pager is asleep' >&2; exit 3");
    CHECK(has(told.failure(), "code 3: the pager is asleep"));
    told.spec.cutover.hand_over.command = {"/nowhere/program"};
    CHECK(has(told.failure(), "does not exist"));
    told.spec.cutover.hand_over.command = told.script("echo stuck; exec sleep 60");
    told.spec.cutover.hand_over.timeout = 3s;  // the shell has to come so far as to say it
    const auto begin = std::chrono::steady_clock::now();
    CHECK(has(told.failure(), "stuck"));
    CHECK(std::chrono::steady_clock::now() - begin < 30s);
}

TEST_CASE("a webhook gets the facts as JSON, its query with them, and every 2xx is a success") {
    Told told;
    Web<httplib::Server> web;
    web.status = GENERATE(200, 202, 204);
    told.spec.cutover.hand_over.webhook = "http://127.0.0.1:" + std::to_string(web.port) + "/hook?token=abc";
    told.tell();
    CHECK(web.calls == 1);
    CHECK(web.last.get_header_value("Content-Type") == "application/json");
    CHECK(web.last.get_param_value("token") == "abc");
    check_facts(nlohmann::json::parse(web.last.body));
}

TEST_CASE("a webhook that answers anything else has failed, redirects are not followed, and its path is never shown") {
    Told told;
    Web<httplib::Server> web;
    web.status = GENERATE(302, 400, 500);
    web.answer = "no such\nchannel";
    told.spec.cutover.hand_over.webhook = "http://127.0.0.1:" + std::to_string(web.port) + "/hook?token=abc";
    const std::string failure = told.failure();
    CHECK(has(failure, "answered " + std::to_string(web.status) + ": no such channel"));
    CHECK_FALSE(has(failure, "token"));
    CHECK(web.calls == 1);
}

TEST_CASE("nobody listens, nobody answers in time, or the URL is none") {
    Told told;
    const auto url = [&](const std::string& text) {
        told.spec.cutover.hand_over.webhook = text;
        return told.failure();
    };
    CHECK(has(url("http://127.0.0.1:1/hook"), "does not answer"));
    Web<httplib::Server> web;
    web.held = true;
    told.spec.cutover.hand_over.timeout = 400ms;
    CHECK(has(url("http://127.0.0.1:" + std::to_string(web.port) + "/hook"), "in time"));
    CHECK(web.answers == 0);
    CHECK(has(url("ftp://127.0.0.1/"), "http"));
    CHECK(has(url("http://user:very-secret@127.0.0.1/"), "login"));
    CHECK_FALSE(has(url("http://user:very-secret@127.0.0.1/"), "very-secret"));
    CHECK(has(url("https://"), "host"));
}

TEST_CASE("the program comes first, and when it fails the webhook is not told") {
    Told told;
    Web<httplib::Server> web;
    told.spec.cutover.hand_over.webhook = "http://127.0.0.1:" + std::to_string(web.port) + "/hook";
    told.spec.cutover.hand_over.command = told.script("exit 1");
    CHECK_FALSE(told.failure().empty());
    CHECK(web.calls == 0);
    told.spec.cutover.hand_over.command = told.script("exit 0");
    told.tell();
    CHECK(web.calls == 1);
}

TEST_CASE("a hand-over ends at once when the job is stopped") {
    Told told;
    Web<httplib::Server> web;
    web.held = true;
    told.spec.cutover.hand_over.timeout = 60s;
    const auto begun = told.folder / "begun", ended = told.folder / "ended";
    if (GENERATE(true, false))
        told.spec.cutover.hand_over.webhook = "http://127.0.0.1:" + std::to_string(web.port) + "/hook";
    else
        told.spec.cutover.hand_over.command = told.script("> '" + begun.string() + "'; sleep 30; > '" + ended.string() + "'");
    std::jthread later([&] {
        (void)eventually([&] { return web.calls > 0 || std::filesystem::exists(begun); }, 20s);
        told.control.stop.request_stop();
    });
    try {
        told.tell();
        FAIL("it went on");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::cancelled);
    }
    // Neither the answer nor the program's own end was waited for.
    CHECK(web.answers == 0);
    CHECK_FALSE(std::filesystem::exists(ended));
}

TEST_CASE("https is spoken with servers only whose certificate is trusted and fits their name") {
    Told told;
    const auto key = (told.folder / "key.pem").string(), cert = (told.folder / "cert.pem").string();
    REQUIRE(run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days",
                 "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"})
                .exit_code == 0);
    Web<httplib::SSLServer> web(cert.c_str(), key.c_str());
    const std::string port = std::to_string(web.port);
    told.spec.cutover.hand_over.webhook = "https://localhost:" + port + "/hook";
    CHECK(has(told.failure(), "does not answer"));
    CHECK(web.calls == 0);
    ::setenv("SSL_CERT_FILE", cert.c_str(), 1);
    CHECK(told.failure().empty());
    CHECK(web.calls == 1);
    told.spec.cutover.hand_over.webhook = "https://127.0.0.1:" + port + "/hook";  // trusted, but not this name
    CHECK_FALSE(told.failure().empty());
    ::unsetenv("SSL_CERT_FILE");
    CHECK(web.calls == 1);
}
