#include <map>
#include <nlohmann/json.hpp>

#include "adapters/config/document.hpp"
#include "adapters/config/environment.hpp"
#include "adapters/config/job_document.hpp"
#include "adapters/config/serve_config.hpp"
#include "orchestrator/codec/spec_json.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using namespace std::chrono_literals;
using transload::test::contains;
using transload::test::error_of;

namespace {

const std::string head = "source: mysql://u@s/shop\ntarget: mysql://u@t\n";

ShardingSphereOptions options_of(const std::string& yaml) {
    return job_spec_from(parse_yaml(head + "shardingsphere: " + yaml + "\n", "f")).shardingsphere;
}

Error refused(const std::string& yaml) {
    return error_of([&] { (void)options_of(yaml); });
}

Lookup lookup_in(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

}  // namespace

TEST_CASE("proxies are named by URL, by parts, or by a bare URL") {
    const test::TempDir dir;
    const std::string file = dir.write("pw", "from file\n").string();
    const ShardingSphereOptions options = options_of(R"({proxies: [
      {url: "mysql://root:root@p1:3310", namespace: ns_1, zookeeper: "z1:2181,z2:2182"},
      {url: "mysql://root@p2", namespace: ns-2, password_file: )" + file + R"(},
      {host: p3, port: 3311, user: admin, password: "p w", tls: required, namespace: ns.3},
      "mysql://root:x@p4"],
      tables_at_once: 2, read_threads: 3, write_threads: 5, batch_size: 600, range_rows: 7000, stall: 20s})");
    REQUIRE(options.proxies.size() == 4);
    CHECK(options.proxies[0].endpoint.port == 3310);
    CHECK(options.proxies[0].endpoint.password.reveal() == "root");
    CHECK(options.proxies[0].namespace_name == "ns_1");
    CHECK(options.proxies[0].zookeeper == "z1:2181,z2:2182");
    CHECK(options.proxies[1].endpoint.port == 3307);
    CHECK(options.proxies[1].endpoint.password.reveal() == "from file");
    CHECK(options.proxies[2].endpoint.port == 3311);
    CHECK(options.proxies[2].endpoint.tls.mode == TlsMode::required);
    CHECK(options.proxies[2].namespace_name == "ns.3");
    CHECK(options.proxies[3].endpoint.host == "p4");
    CHECK(options.proxies[3].namespace_name == "governance_ds");
    CHECK(options.proxies[3].zookeeper.empty());
    CHECK(options.tables_at_once == 2);
    CHECK(options.read_threads == 3);
    CHECK(options.write_threads == 5);
    CHECK(options.batch_size == 600);
    CHECK(options.range_rows == 7000);
    CHECK(options.stall == 20s);
}

TEST_CASE("a URL may say the namespace and ZooKeeper of its proxy") {
    const auto options =
        options_of(R"({proxies: ["mysql://root@p1?namespace=a&tls=disabled&zookeeper=z1:2181,z2:2181",
                                 "mysql://root@p2?namespace=b"]})");
    CHECK(options.proxies.at(0).namespace_name == "a");
    CHECK(options.proxies.at(0).zookeeper == "z1:2181,z2:2181");
    CHECK(options.proxies.at(0).endpoint.tls.mode == TlsMode::disabled);
    CHECK(options.proxies.at(1).namespace_name == "b");
    CHECK(refused(R"({proxies: [{url: "mysql://r@p?namespace=a", namespace: b}]})").object() ==
          "shardingsphere.proxies[0].namespace");
    // An endpoint that is no proxy has no namespace.
    CHECK(error_of([] {
              (void)job_spec_from(parse_yaml("source: mysql://u@s/d?namespace=a\ntarget: mysql://u@t\n", "f"));
          }).object() == "source");
}

TEST_CASE("two proxies of one namespace are refused with both names") {
    const Error error = refused(R"({proxies: ["mysql://root:hunter2@p1", "mysql://root:hunter2@p2:3308"]})");
    CHECK(error.id() == "config.conflict");
    CHECK(error.object() == "shardingsphere.proxies[1]");
    CHECK(contains(error.message(), "p1:3307"));
    CHECK(contains(error.message(), "p2:3308"));
    CHECK(contains(error.message(), "governance_ds"));
    CHECK_FALSE(contains(error.message(), "hunter2"));
    CHECK(contains(error.remedy(), "namespace"));
    CHECK(refused(R"({proxies: ["mysql://r@p1?namespace=a", "mysql://r@p1:3307?namespace=b"]})").id() ==
          "config.conflict");
}

TEST_CASE("wrong proxies and numbers name their key and show no password") {
    struct Case {
        const char* yaml;
        const char* path;
    };
    for (const Case& wrong : std::initializer_list<Case>{
             {"{proxies: [{namespace: x}]}", "shardingsphere.proxies[0].url"},
             {"{proxies: [{host: p}]}", "shardingsphere.proxies[0].user"},
             {"{proxies: [{url: 'mysql://r@p', host: p}]}", "shardingsphere.proxies[0].host"},
             {"{proxies: [{url: 'mysql://r:hunter2@p', password: hunter2}]}", "shardingsphere.proxies[0].password"},
             {"{proxies: [{url: 'mysql://r@p', naemspace: a}]}", "shardingsphere.proxies[0].naemspace"},
             {"{proxies: [{url: 'mysql://r@p', namespace: 'a/b'}]}", "shardingsphere.proxies[0].namespace"},
             {"{proxies: [{url: 'mysql://r@p', namespace: ''}]}", "shardingsphere.proxies[0].namespace"},
             {"{proxies: [{url: 'mysql://r@p', namespace: .}]}", "shardingsphere.proxies[0].namespace"},
             {"{proxies: [{url: 'mysql://r@p', zookeeper: z}]}", "shardingsphere.proxies[0].zookeeper"},
             {"{proxies: [{url: 'mysql://r@p', zookeeper: 'z:2181,'}]}", "shardingsphere.proxies[0].zookeeper"},
             {"{proxies: [{url: 'mysql://r@p', zookeeper: ':2181'}]}", "shardingsphere.proxies[0].zookeeper"},
             {"{proxies: [{url: 'mysql://r@p', zookeeper: 'z:0'}]}", "shardingsphere.proxies[0].zookeeper"},
             {"{proxies: ['mysql://r:hunter2@p/shop']}", "shardingsphere.proxies[0]"},
             {"{proxies: ['p:3307']}", "shardingsphere.proxies[0]"},
             {"{proxies: [7]}", "shardingsphere.proxies[0]"},
             {"{proxies: [[]]}", "shardingsphere.proxies[0]"},
             {"{proxies: {}}", "shardingsphere.proxies"},
             {"{proxies: 'mysql://r@p'}", "shardingsphere.proxies"},
             {"{proxy: []}", "shardingsphere.proxy"},
             {"{tables_at_once: 0}", "shardingsphere.tables_at_once"},
             {"{read_threads: 65}", "shardingsphere.read_threads"},
             {"{write_threads: x}", "shardingsphere.write_threads"},
             {"{batch_size: 0}", "shardingsphere.batch_size"},
             {"{range_rows: 1}", "shardingsphere.range_rows"},
             {"{stall: 0}", "shardingsphere.stall"},
             {"{stall: 11m}", "shardingsphere.stall"},
             {"[]", "shardingsphere"}}) {
        CAPTURE(wrong.yaml);
        const Error error = refused(wrong.yaml);
        CHECK(error.object() == wrong.path);
        CHECK_FALSE(contains(error.message(), "hunter2"));
    }
}

TEST_CASE("flags and variables name proxies, and a common password stays out of the command line") {
    Node document = parse_yaml(head + "shardingsphere: {proxies: ['mysql://r@file'], batch_size: 5}\n", "f");
    merge(document, job_environment(lookup_in({{"TRANSLOAD_SHARDINGSPHERE_PROXIES",
                                                "mysql://r@e1?namespace=a,mysql://r:own@e2?namespace=b"},
                                               {"TRANSLOAD_SHARDINGSPHERE_PASSWORD", "common"}})));
    JobSpec spec = job_spec_from(document);
    REQUIRE(spec.shardingsphere.proxies.size() == 2);
    CHECK(spec.shardingsphere.proxies[0].endpoint.host == "e1");
    CHECK(spec.shardingsphere.proxies[0].endpoint.password.reveal() == "common");
    CHECK(spec.shardingsphere.proxies[1].endpoint.password.reveal() == "own");
    CHECK(spec.shardingsphere.batch_size == 5);

    append(document, "shardingsphere.proxies", "mysql://r@f1?namespace=x", Origin::flag);
    append(document, "shardingsphere.proxies", "mysql://r@f2?namespace=y&zookeeper=z:1,z:2", Origin::flag);
    spec = job_spec_from(document);
    REQUIRE(spec.shardingsphere.proxies.size() == 2);
    CHECK(spec.shardingsphere.proxies[1].endpoint.host == "f2");
    CHECK(spec.shardingsphere.proxies[1].zookeeper == "z:1,z:2");
    CHECK(spec.shardingsphere.proxies[1].endpoint.password.reveal() == "common");
}

TEST_CASE("a server's proxies are for jobs over HTTP that name none, and never for native ones") {
    const ServeConfig config = serve_config_from(parse_yaml(
        "shardingsphere: {proxies: ['mysql://root:server-pw@p1'], password: also-secret, batch_size: 9}", "f"));
    CHECK(config.shardingsphere.batch_size == 9);
    JobRules rules;
    rules.shardingsphere = config.shardingsphere;
    const auto job = [&](const std::string& more) {
        return job_spec_from_request(R"({"source":"mysql://u@s/shop","target":"mysql://u@t")" + more + "}", rules)
            .shardingsphere;
    };
    CHECK(job("").proxies.at(0).endpoint.password.reveal() == "server-pw");
    CHECK(job("").batch_size == 9);
    CHECK(job(R"(,"shardingsphere":{"batch_size":10})").proxies.size() == 1);
    CHECK(job(R"(,"shardingsphere":{"batch_size":10})").batch_size == 10);
    const auto own = job(R"(,"shardingsphere":{"proxies":["mysql://me@evil"]})");
    REQUIRE(own.proxies.size() == 1);
    CHECK(own.proxies[0].endpoint.host == "evil");
    CHECK(own.proxies[0].endpoint.password.empty());  // the server's passwords are not given away
    CHECK(job(R"(,"engine":"native")").proxies.empty());
    CHECK(job(R"(,"shardingsphere":{"proxies":[]})").proxies.empty());
}

TEST_CASE("a password file of a proxy is not read for a client over HTTP") {
    for (const char* more : {R"({"proxies":[{"url":"mysql://r@p","password_file":"/etc/shadow"}]})",
                             R"({"password_file":"/etc/shadow"})"}) {
        CAPTURE(more);
        const Error error = error_of([&] {
            (void)job_spec_from_request(
                R"({"source":"mysql://u@s/shop","target":"mysql://u@t","shardingsphere":)" + std::string(more) + "}", {});
        });
        CHECK(error.id() == "config.not_allowed");
    }
}
