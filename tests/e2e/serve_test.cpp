#include <httplib.h>
#include <signal.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/e2e/migration.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// `transload serve` with a state folder of its own.
class Serve {
  public:
    explicit Serve(std::vector<std::string> arguments = {}) : arguments_(std::move(arguments)) { start(); }

    void start() {
        folder_.write("serve.yaml", "server: {host: 127.0.0.1, port: " + std::to_string(port_) +
                                        "}\nstate_dir: " + (folder_ / "state").string() +
                                        "\nschema_dir: " + (folder_ / "schema").string() + "\njobs: {concurrent: 2}\n");
        std::vector<std::string> argv{transload_program().string(), "serve", "--config", (folder_ / "serve.yaml").string()};
        argv.insert(argv.end(), arguments_.begin(), arguments_.end());
        process_ = std::make_unique<Process>(argv);
        REQUIRE(eventually([&] { return client().Get("/health") != nullptr; }, 20s));
    }
    void kill() {
        process_->signal(SIGKILL);
        process_->wait(10s);
    }
    [[nodiscard]] Process& process() { return *process_; }
    [[nodiscard]] httplib::Client client() const {
        httplib::Client made("127.0.0.1", port_);
        made.set_read_timeout(20s);
        return made;
    }
    [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] json get(const std::string& path) const {
        const auto answer = client().Get(path);
        REQUIRE(answer);
        return json::parse(answer->body);
    }
    [[nodiscard]] std::string wait_for_end(const std::string& id) const {
        std::string state;
        (void)eventually(
            [&] {
                const json job = get("/job/" + id);
                state = job["state"];
                return job["lifecycle"] != "Running" && job["lifecycle"] != "Planning" && job["lifecycle"] != "Ready";
            },
            a_while, 100ms);
        return state;
    }

  private:
    std::vector<std::string> arguments_;
    TempDir folder_;
    int port_ = free_port();
    std::unique_ptr<Process> process_;
};

struct Pair {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    TestDatabase database{{&source}, {&target}};

    Pair() { sql(source, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, f CHAR(50) NOT NULL, KEY (f)); INSERT INTO t (f) WITH RECURSIVE n (i) AS "
                         "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n", database.name()); }

    [[nodiscard]] json job() const {
        const auto side = [&](const TestServer& server) {
            return json{{"host", server.host()}, {"port", server.port()}, {"user", "root"},
                        {"password", server.password()}, {"database", database.name()}};
        };
        return {{"source", side(source)}, {"target", side(target)}};
    }
    void check_equal() const {
        CHECK(schema_differences(source, database.name(), target, database.name()) == std::vector<std::string>{});
        CHECK(row_differences(source, database.name(), target, database.name()) == std::vector<std::string>{});
    }
};

}  // namespace

TEST_CASE("a job that is posted runs to DONE by itself and never shows a password") {
    Pair pair;
    Serve serve;
    const auto posted = serve.client().Post("/job", pair.job().dump(), "application/x-www-form-urlencoded");
    REQUIRE(posted);
    REQUIRE(posted->status == 202);
    const std::string id = json::parse(posted->body)["id"];
    CHECK(posted->get_header_value("Location").find("/job/" + id) != std::string::npos);
    CHECK(serve.wait_for_end(id) == "DONE");
    pair.check_equal();
    const json events = serve.get("/job/" + id + "/events");
    CHECK(events.dump().find("DATA_RUNNING") != std::string::npos);
    for (const std::string& path : {"/job/" + id, std::string("/jobs"), "/job/" + id + "/events", std::string("/metrics")})
        CHECK(serve.client().Get(path)->body.find(pair.source.password()) == std::string::npos);
    CHECK(serve.client().Get("/metrics")->body.find("transload_") != std::string::npos);
    CHECK(serve.process().out().find(id) != std::string::npos);
    CHECK(serve.process().out().find(pair.source.password()) == std::string::npos);

    const ProcessResult listed = run({transload_program().string(), "job", "list", "--server", serve.address()});
    CHECK(listed.exit_code == 0);
    CHECK(listed.out.find(id) != std::string::npos);
    CHECK(run({transload_program().string(), "job", "show", id, "--server", serve.address()}).out.find("DONE") != std::string::npos);
    CHECK(run({transload_program().string(), "job", "cancel", id, "--server", serve.address()}).exit_code == 1);
}

TEST_CASE("a killed server resumes its jobs by itself") {
    Pair pair;
    Serve serve;
    json job = pair.job();
    job["limits"] = {{"rows_per_second", 200}};
    const std::string id = json::parse(serve.client().Post("/job", job.dump(), "application/json")->body)["id"];
    REQUIRE(eventually([&] { return serve.get("/job/" + id)["state"] == "DATA_RUNNING"; }, a_while));
    serve.kill();
    serve.start();
    CHECK(serve.wait_for_end(id) == "DONE");
    pair.check_equal();
}

TEST_CASE("a running job can be cancelled over HTTP and rolled back") {
    Pair pair;
    Serve serve;
    json job = pair.job();
    job["limits"] = {{"rows_per_second", 20}};
    const std::string id = json::parse(serve.client().Post("/job", job.dump(), "application/json")->body)["id"];
    REQUIRE(eventually([&] { return serve.get("/job/" + id)["state"] == "DATA_RUNNING"; }, a_while));
    CHECK(serve.client().Post("/job/" + id + "/cancel", "", "application/json")->status == 202);
    CHECK(serve.wait_for_end(id) == "CANCELLED");
    CHECK(serve.client().Post("/job/" + id + "/retry", "", "application/json")->status == 409);
    CHECK(serve.client().Post("/job/" + id + "/rollback", "", "application/json")->status == 202);
    REQUIRE(eventually([&] { return serve.get("/job/" + id)["state"] == "ROLLED_BACK"; }, a_while));
    CHECK(value(pair.target, "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '" + pair.database.name() + "'") == "0");
}

TEST_CASE("nonsense is refused with the field's name and the server lives on") {
    Serve serve;
    const auto post = [&](const std::string& body) { return serve.client().Post("/job", body, "application/json"); };
    CHECK(post("{")->status == 400);
    CHECK(post("[]")->status >= 400);
    CHECK(post(R"({"source": 5, "target": "mysql://a@b/c"})")->body.find("source") != std::string::npos);
    CHECK(post(R"({"source": "mysql://a@b/c", "target": "mysql://a@b/d", "limits": {"workers": "many"}})")->body.find("limits.workers") != std::string::npos);
    CHECK(serve.client().Get("/job/../../etc/passwd")->status == 404);
    CHECK(serve.client().Get("/job/nope")->status == 404);
    CHECK(serve.get("/jobs").dump().find("FAILED") == std::string::npos);
}

TEST_CASE("serve ends on SIGTERM with its jobs kept") {
    Serve serve;
    serve.process().signal(SIGTERM);
    CHECK(serve.process().wait(10s).exit_code == 0);
}
