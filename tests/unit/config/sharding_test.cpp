#include <nlohmann/json.hpp>

#include "adapters/config/document.hpp"
#include "adapters/config/job_document.hpp"
#include "orchestrator/codec/spec_json.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::contains;
using transload::test::error_of;

namespace {

const std::string units =
    "units: {ds_0: 'mysql://w:pw0@h0:3310/shop_0', ds_1: {host: h1, user: w, password: pw1, database: shop_1}}";
const std::string tables =
    "tables: {orders: {units: [ds_0, ds_1], column: user_id, algorithm: hash_mod, properties: {sharding-count: 4}}}";
const std::string proxies = "shardingsphere: {proxies: ['mysql://root@p']}\n";

std::string job(const std::string& sharding, const std::string& more = "", const std::string& source = "mysql://u@s/shop") {
    return "source: " + source + "\ntarget: {sharding: {" + sharding + "}}\n" + proxies + more;
}
std::string whole(const std::string& more = "") {
    return "database: shop, default_unit: ds_0, " + units + ", " + tables + more;
}
JobSpec read(const std::string& yaml) {
    return job_spec_from(parse_yaml(yaml, "f"));
}
Error refused(const std::string& sharding) {
    return error_of([&] { (void)read(job(sharding)); });
}

}  // namespace

TEST_CASE("a sharded target is read, and the job's target is its default unit") {
    const JobSpec spec = read(job(whole(", leave_out_unsupported: true")));
    REQUIRE(spec.sharding);
    CHECK(spec.sharding->database == "shop");
    CHECK(spec.sharding->default_unit == "ds_0");
    CHECK(spec.sharding->leave_out_unsupported);
    REQUIRE(spec.sharding->units.size() == 2);
    CHECK(spec.sharding->units[0].name == "ds_0");
    CHECK(spec.sharding->units[0].database == "shop_0");
    CHECK(spec.sharding->units[0].endpoint.password.reveal() == "pw0");
    CHECK(spec.sharding->units[1].endpoint.host == "h1");
    CHECK(spec.sharding->units[1].database == "shop_1");
    CHECK(spec.sharding->units[1].endpoint.password.reveal() == "pw1");
    REQUIRE(spec.sharding->rules.size() == 1);
    CHECK(spec.sharding->rules[0].table == "orders");
    CHECK(spec.sharding->rules[0].units == std::vector<std::string>{"ds_0", "ds_1"});
    CHECK(spec.sharding->rules[0].column == "user_id");
    CHECK(spec.sharding->rules[0].algorithm == "hash_mod");
    CHECK(spec.sharding->rules[0].properties.at("sharding-count") == "4");
    CHECK(spec.target.host == "h0");
    CHECK(spec.target.port == 3310);
    CHECK(spec.target.password.reveal() == "pw0");
    REQUIRE(spec.databases.size() == 1);
    CHECK(spec.databases[0].source == "shop");
    CHECK(spec.databases[0].target == "shop_0");
}

TEST_CASE("a sharded target in JSON reads as in YAML, numbers among the properties included") {
    const JobSpec spec = job_spec_from(parse_json(R"({"source":"mysql://u@s/shop","target":{"sharding":{
        "database":"shop","units":{"ds_0":"mysql://w@h/shop_0"},
        "tables":{"orders":{"units":["ds_0"],"column":"id","properties":{"sharding-count":2,"strict":true}}}}}})",
                                                  "f"));
    CHECK(spec.sharding->default_unit == "ds_0");  // there is no other
    CHECK(spec.sharding->rules[0].algorithm == "hash_mod");
    CHECK(spec.sharding->rules[0].properties.at("sharding-count") == "2");
    CHECK(spec.sharding->rules[0].properties.at("strict") == "true");
    CHECK_FALSE(spec.sharding->leave_out_unsupported);
}

TEST_CASE("the stored spec of a sharded job is itself a valid job document") {
    JobSpec spec = read(job(whole(), "cutover: {mode: auto, timeout: 5s, hook: [/bin/x, y]}\nengine: shardingsphere\n"));
    const std::string text = json_text(spec_to_json(spec));
    CHECK_FALSE(contains(text, "pw0"));
    CHECK_FALSE(contains(text, "pw1"));
    const JobSpec back = job_spec_from(parse_json(text, "f"));
    CHECK(json_text(spec_to_json(back)) == text);
    CHECK(back.target.host == "h0");
    CHECK(back.databases.at(0).target == "shop_0");
    CHECK(back.shardingsphere.proxies.at(0).endpoint.port == 3307);
}

TEST_CASE("units without a password of their own get the target's") {
    const test::TempDir dir;
    const std::string two = "database: shop, default_unit: ds_0, units: {ds_0: 'mysql://w@h0/a', ds_1: 'mysql://w:own@h1/b'}, " + tables;
    JobSpec spec = read(job(two, "target_password: common\n"));
    CHECK(spec.target.password.reveal() == "common");
    CHECK(spec.sharding->units[0].endpoint.password.reveal() == "common");
    CHECK(spec.sharding->units[1].endpoint.password.reveal() == "own");
    const std::string file = dir.write("pw", "from file\n").string();
    spec = read(job("database: shop, default_unit: ds_0, units: {ds_0: {url: 'mysql://w@h0/a', password_file: " + file +
                    "}, ds_1: 'mysql://w:own@h1/b'}, " + tables));
    CHECK(spec.sharding->units[0].endpoint.password.reveal() == "from file");
}

TEST_CASE("a sharded target takes one source database") {
    const Error two = error_of([] { (void)read(job(whole(), "databases: [shop, audit]\n", "mysql://u@s/")); });
    CHECK(two.id() == "config.conflict");
    CHECK(two.object() == "databases");
    CHECK(contains(two.message(), "sharded target takes one"));
    const Error other = error_of([] { (void)read(job(whole(), "databases: {shop: elsewhere}\n")); });
    CHECK(other.id() == "config.conflict");
    CHECK(contains(other.message(), "shop_0"));
    CHECK(read(job(whole(), "databases: {shop: shop_0}\n")).databases.at(0).target == "shop_0");
    CHECK(read(job(whole(), "databases: [shop]\n", "mysql://u@s/")).databases.at(0).target == "shop_0");
    CHECK(error_of([] { (void)read(job(whole(), "", "mysql://u@s/")); }).id() == "config.missing");
}

TEST_CASE("nothing stands beside a sharding that would name another target") {
    for (const char* beside : {"host: h", "user: u", "database: d", "databases: [d]", "port: 1", "password: hunter2",
                               "password_file: /x", "tls: required"}) {
        CAPTURE(beside);
        const Error error = error_of([&] {
            (void)read("source: mysql://u@s/shop\ntarget: {" + std::string(beside) + ", sharding: {" + whole() + "}}\n");
        });
        CHECK(error.id() == "config.conflict");
        CHECK(error.object() == "target." + std::string(beside).substr(0, std::string(beside).find(':')));
        CHECK_FALSE(contains(error.message(), "hunter2"));
    }
}

TEST_CASE("what is missing or wrong in a sharded target names its path") {
    const std::string base = "database: shop, default_unit: ds_0, ";
    const auto rule = [&](const std::string& text) { return base + units + ", tables: {orders: {" + text + "}}"; };
    struct Case {
        std::string sharding;
        const char* path;
    };
    for (const Case& wrong : std::initializer_list<Case>{
             {"default_unit: ds_0, " + units + ", " + tables, "target.sharding.database"},
             {"database: mysql, default_unit: ds_0, " + units + ", " + tables, "target.sharding.database"},
             {base + tables, "target.sharding.units"},
             {base + "units: {}, " + tables, "target.sharding.units"},
             {base + "units: [ds_0], " + tables, "target.sharding.units"},
             {base + "units: {'ds-0': 'mysql://u@h/d'}, " + tables, "target.sharding.units.ds-0"},
             {base + "units: {'0ds': 'mysql://u@h/d'}, " + tables, "target.sharding.units.0ds"},
             {base + "units: {ds_0: 'mysql://u@h'}, " + tables, "target.sharding.units.ds_0.database"},
             {base + "units: {ds_0: {host: h, database: d}}, " + tables, "target.sharding.units.ds_0.user"},
             {base + "units: {ds_0: {user: h, database: d}}, " + tables, "target.sharding.units.ds_0.url"},
             {base + "units: {ds_0: {url: 'mysql://u@h/d', database: d}}, " + tables, "target.sharding.units.ds_0.database"},
             {base + "units: {ds_0: {url: 'mysql://u@h/d', namespace: d}}, " + tables, "target.sharding.units.ds_0.namespace"},
             {base + "units: {ds_0: 'mysql://u@h/sys'}, " + tables, "target.sharding.units.ds_0"},
             {base + "units: {ds_0: 'mysql://u@h/d', ds_1: 'mysql://u@h/d'}, " + tables, "target.sharding.units.ds_1"},
             {base + "units: {ds_0: 'mysql://u@h/d', DS_0: 'mysql://u@h/e'}, " + tables, "target.sharding.units"},
             {"database: shop, " + units + ", " + tables, "target.sharding.default_unit"},
             {"database: shop, default_unit: ds_9, " + units + ", " + tables, "target.sharding.default_unit"},
             {base + units, "target.sharding.tables"},
             {base + units + ", tables: {}", "target.sharding.tables"},
             {base + units + ", tables: [orders]", "target.sharding.tables"},
             {base + units + ", tables: {a: {units: [ds_0], column: c, properties: {sharding-count: 1}}, A: {units: [ds_0], "
                             "column: c, properties: {sharding-count: 1}}}",
              "target.sharding.tables"},
             {rule("column: id"), "target.sharding.tables.orders.units"},
             {rule("units: [], column: id"), "target.sharding.tables.orders.units"},
             {rule("units: [ds_0, ds_2], column: id"), "target.sharding.tables.orders.units[1]"},
             {rule("units: [ds_0, ds_0], column: id"), "target.sharding.tables.orders.units[1]"},
             {rule("units: [ds_0]"), "target.sharding.tables.orders.column"},
             {rule("units: [ds_0], column: ''"), "target.sharding.tables.orders.column"},
             {rule("units: [ds_0], column: id, algorithm: 'x)'"), "target.sharding.tables.orders.algorithm"},
             {rule("units: [ds_0], column: id"), "target.sharding.tables.orders.properties.sharding-count"},
             {rule("units: [ds_0], column: id, properties: {sharding-count: four}"),
              "target.sharding.tables.orders.properties.sharding-count"},
             {rule("units: [ds_0, ds_1], column: id, properties: {sharding-count: 1}"),
              "target.sharding.tables.orders.properties.sharding-count"},
             {rule("units: [ds_0], column: id, properties: {a: [1]}"), "target.sharding.tables.orders.properties.a"},
             {rule("units: [ds_0], column: id, properties: 7"), "target.sharding.tables.orders.properties"},
             {rule("units: [ds_0], colum: id"), "target.sharding.tables.orders.colum"},
             {whole(", shards: 4"), "target.sharding.shards"},
             {whole(", leave_out_unsupported: maybe"), "target.sharding.leave_out_unsupported"}}) {
        CAPTURE(wrong.sharding);
        CHECK(refused(wrong.sharding).object() == wrong.path);
    }
    CHECK(contains(refused("database: shop, default_unit: ds_00, " + units + ", " + tables).message(), "did you mean"));
    CHECK(read(job(rule("units: [ds_0], column: id, algorithm: volume_range"))).sharding->rules[0].properties.empty());
}

TEST_CASE("over HTTP a storage unit brings its password, not a file's name") {
    const auto request = [](const std::string& unit, const std::string& more = "") {
        return R"({"source":"mysql://u@s/shop","target":{"sharding":{"database":"shop","units":{"ds_0":)" + unit +
               R"(},"tables":{"t":{"units":["ds_0"],"column":"id","properties":{"sharding-count":1}}}}})" + more + "}";
    };
    CHECK(job_spec_from_request(request(R"("mysql://w:pw@h/d")"), {}).target.password.reveal() == "pw");
    for (const std::string& body :
         {request(R"({"url":"mysql://w@h/d","password_file":"/etc/shadow"})"),
          request(R"("mysql://w@h/d")", R"(,"target_password_file":"/etc/shadow")")})
        CHECK(error_of([&] { (void)job_spec_from_request(body, {}); }).id() == "config.not_allowed");
}
