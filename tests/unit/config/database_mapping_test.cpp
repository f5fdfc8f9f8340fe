#include "adapters/config/document.hpp"
#include "adapters/config/job_document.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::contains;
using transload::test::error_of;

namespace {

std::string mapped(const std::string& yaml) {
    std::string result;
    for (const DatabaseMapping& mapping : job_spec_from(parse_yaml(yaml, "f")).databases)
        result += (result.empty() ? "" : " ") + mapping.source + ">" + mapping.target;
    return result;
}

Error refused(const std::string& yaml) {
    return error_of([&] { (void)job_spec_from(parse_yaml(yaml, "f")); });
}

}  // namespace

TEST_CASE("databases are mapped by what the URLs and the list say") {
    CHECK(mapped("source: mysql://u@s/shop\ntarget: mysql://u@t/shop2\n") == "shop>shop2");
    CHECK(mapped("source: mysql://u@s/shop\ntarget: mysql://u@t/\n") == "shop>shop");
    CHECK(mapped("source: mysql://u@s/\ntarget: mysql://u@t\ndatabases: [shop, audit]\n") ==
          "shop>shop audit>audit");
    CHECK(mapped("source: mysql://u@s/\ntarget: mysql://u@t\ndatabases: {z: a, b: c}\n") == "z>a b>c");
    CHECK(mapped("source: mysql://u@s/\ntarget: mysql://u@t\ndatabases: [{source: z, target: a}, b]\n") ==
          "z>a b>b");
    CHECK(mapped("source: mysql://u@s/\ntarget: mysql://u@t/x\ndatabases: [shop]\n") == "shop>x");
    CHECK(mapped("source: mysql://u@s/shop\ntarget: mysql://u@t\ndatabases: [audit, shop]\n") ==
          "audit>audit shop>shop");
    CHECK(mapped("source: {host: s, user: u, databases: [a, b]}\ntarget: {host: t, user: u, databases: [c, "
                 "d]}\n") == "a>c b>d");
    CHECK(mapped("source: {host: s, user: u, databases: {a: b}}\ntarget: mysql://u@t\n") == "a>b");
    CHECK(mapped("source: {host: s, user: u, database: a}\ntarget: {host: t, user: u, database: b}\n") ==
          "a>b");
    CHECK(mapped("source: mysql://u@s/a%2Fb\ntarget: mysql://u@t\n") == "a/b>a/b");
}

TEST_CASE("naming no database is an error with its remedy") {
    const Error error = refused("source: mysql://u@s/\ntarget: mysql://u@t/shop\n");
    CHECK(error.id() == "config.missing");
    CHECK(contains(error.remedy(), "--databases"));
}

TEST_CASE("places that contradict each other are refused") {
    for (const char* yaml :
         {"source: mysql://u@s/\ntarget: mysql://u@t/x\ndatabases: [a, b]\n",
          "source: mysql://u@s/shop\ntarget: mysql://u@t\ndatabases: [audit]\n",
          "source: mysql://u@s/\ntarget: mysql://u@t\ndatabases: [a, a]\n",
          "source: mysql://u@s/\ntarget: mysql://u@t\ndatabases: {a: x, b: x}\n",
          "source: mysql://u@s/a\ntarget: mysql://u@t/y\ndatabases: {a: x}\n",
          "source: {host: s, user: u, database: a, databases: [a]}\ntarget: mysql://u@t\n",
          "source: {host: s, user: u, databases: [a, b]}\ntarget: {host: t, user: u, databases: [c]}\n"}) {
        CAPTURE(yaml);
        CHECK(refused(yaml).id() == "config.conflict");
    }
}

TEST_CASE("names that no server can have, and the server's own, are refused") {
    const std::string head = "source: mysql://u@s/\ntarget: mysql://u@t\ndatabases: ";
    CHECK(refused(head + "[mysql]\n").id() == "config.value");
    CHECK(refused(head + "[Information_Schema]\n").id() == "config.value");
    CHECK(refused(head + "['']\n").id() == "config.value");
    CHECK(refused(head + "['a ']\n").id() == "config.value");
    CHECK(refused(head + "[" + std::string(65, 'a') + "]\n").id() == "config.value");
    CHECK(refused(head + "[]\n").id() == "config.value");
    CHECK(refused(head + "[[a]]\n").id() == "config.type");
    CHECK(refused(head + "shop\n").id() == "config.type");
    std::string sixty_four;
    for (int i = 0; i < 64; ++i) sixty_four += "é";
    CHECK(mapped(head + "[" + sixty_four + "]\n") == sixty_four + ">" + sixty_four);
}
