#include "adapters/config/database_url.hpp"

#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::contains;
using transload::test::error_of;
using namespace std::chrono_literals;

TEST_CASE("a URL with everything is taken apart") {
    const DatabaseUrl url = parse_database_url(
        "mysql://ro%40ot:p%3A%2F%40ss@db.example:3307/sh%2Fop?tls=verify-full&ca=/etc/"
        "ca%20x.pem&cert=c&key=k&"
        "connect_timeout=3s",
        "source");
    CHECK(url.endpoint.user == "ro@ot");
    CHECK(url.endpoint.password.reveal() == "p:/@ss");
    CHECK(url.has_password);
    CHECK(url.endpoint.host == "db.example");
    CHECK(url.endpoint.port == 3307);
    CHECK(url.database == "sh/op");
    CHECK(url.endpoint.tls.mode == TlsMode::verify_full);
    CHECK(url.endpoint.tls.ca == "/etc/ca x.pem");
    CHECK(url.endpoint.tls.cert == "c");
    CHECK(url.endpoint.tls.key == "k");
    CHECK(url.endpoint.connect_timeout == 3s);
}

TEST_CASE("a short URL has defaults") {
    const DatabaseUrl url = parse_database_url("MariaDB://u@h", "source");
    CHECK(url.endpoint.scheme == "mysql");
    CHECK(url.endpoint.port == 3306);
    CHECK(url.database.empty());
    CHECK_FALSE(url.has_password);
    CHECK(parse_database_url("mysql://u:@h/", "source").has_password);
    CHECK(parse_database_url("mysql://u:p@a@h", "source").endpoint.password.reveal() == "p@a");
}

TEST_CASE("an IPv6 host stands in brackets") {
    CHECK(parse_database_url("mysql://u@[::1]:3310/d", "source").endpoint.host == "::1");
    CHECK(parse_database_url("mysql://u@[fe80::1]", "source").endpoint.port == 3306);
    for (const char* text : {"mysql://u@::1/d", "mysql://u@[::1", "mysql://u@[::g]/d", "mysql://u@[]/d",
                             "mysql://u@[::1]x/d", "mysql://u@[::1]3306/d"}) {
        CAPTURE(text);
        CHECK(error_of([&] { (void)parse_database_url(text, "source"); }).id() == "config.url");
    }
}

TEST_CASE("a broken URL is an error that names the key and never shows the password") {
    for (const char* text : {"",
                             "hunter2",
                             "mysql:/u:hunter2@h",
                             "postgres://u:hunter2@h/d",
                             "mysql://",
                             "mysql://:hunter2@h/d",
                             "mysql://h/d",
                             "mysql://u:hunter2",
                             "mysql://u:hunter2@",
                             "mysql://u:hunter2@/d",
                             "mysql://u:hunter2@h:/d",
                             "mysql://u:hunter2@h:0/d",
                             "mysql://u:hunter2@h:65536/d",
                             "mysql://u:hunter2@h:x/d",
                             "mysql://u:hunter2@h:99999999999999999999/d",
                             "mysql://u:hunter2@h/a/b",
                             "mysql://u:hunter2/x@h/d",
                             "mysql://u:hunter2?x@h/d",
                             "mysql://u:hunter2#x@h/d",
                             "mysql://u:hunter2%zz@h/d",
                             "mysql://u:hunter2%@h/d",
                             "mysql://u:hunter2%00@h/d",
                             "mysql://u%00:hunter2@h/d",
                             "mysql://u:hunter2@h o/d",
                             "mysql://u:hunter2@h%0a/d",
                             "mysql://u:hunter2@h/d?tls",
                             "mysql://u:hunter2@h/d?tls=required&tls=disabled",
                             "mysql://u:hunter2@h/d?password=hunter2",
                             "mysql://u@h/d?tsl=required",
                             "mysql://u:hunter2@h/d?tls=on",
                             "mysql://u:hunter2@h/d?connect_timeout=5",
                             "mysql://u:hunter2@h/d?connect_timeout=9999h",
                             "mysql://u:hunter2@h/d?ca="}) {
        CAPTURE(text);
        const Error error = error_of([&] { (void)parse_database_url(text, "source"); });
        CHECK(contains(error.message(), "source"));
        if (std::string(text) != "hunter2")
            CHECK_FALSE(contains(error.message() + error.remedy(), "hunter2"));
    }
}

TEST_CASE("an option that there is not is named, with the one that was probably meant") {
    const Error error = error_of([] { (void)parse_database_url("mysql://u@h/d?tsl=required", "target"); });
    CHECK(contains(error.message(), "\"tsl\""));
    CHECK(contains(error.message(), "did you mean \"tls\""));
    const Error word = error_of([] { (void)parse_database_url("mysql://u@h/d?tls=requird", "target"); });
    CHECK(contains(word.message(), "did you mean \"required\""));
}

TEST_CASE("a URL is shown without its password") {
    CHECK(masked_url("mysql://u:p@h:1/d") == "mysql://u:***@h:1/d");
    CHECK(masked_url("mysql://u@h:1/d?tls=x") == "mysql://u@h:1/d?…");
    CHECK(masked_url("mysql://u:p/q@h/d") == "mysql://u:***@h/d");
    CHECK(masked_url("u:p@h") == "u:***@h");
    CHECK(masked_url("mysql://u:12345") == "mysql://u:***");
}
