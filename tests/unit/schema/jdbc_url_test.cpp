#include "adapters/liquibase/jdbc_url.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::liquibase;

namespace {
Endpoint endpoint() {
    Endpoint result;
    result.host = "db.example";
    result.port = 3307;
    result.user = "mover";
    result.password = Secret("s3cret-word");
    return result;
}
}  // namespace

TEST_CASE("A hostile database name is one path segment of the URL") {
    CHECK(jdbc_url(endpoint(), "a b`%?&/#'\"é", Driver::mysql)
              .starts_with("jdbc:mysql://db.example:3307/a%20b%60%25%3F%26%2F%23%27%22%C3%A9?"));
}
TEST_CASE("The URL holds neither user nor password") {
    for (const Driver driver : {Driver::mysql, Driver::mariadb}) {
        const std::string url = jdbc_url(endpoint(), "shop", driver);
        CHECK(url.find("mover") == std::string::npos);
        CHECK(url.find("s3cret") == std::string::npos);
    }
}
TEST_CASE("TLS modes keep their meaning") {
    Endpoint one = endpoint();
    one.tls.mode = TlsMode::verify_full;
    one.tls.ca = "/etc/ssl/my ca.pem";
    const std::string url = jdbc_url(one, "shop", Driver::mysql);
    CHECK(url.find("sslMode=VERIFY_IDENTITY") != std::string::npos);
    CHECK(url.find("trustCertificateKeyStoreUrl=file%3A%2Fetc%2Fssl%2Fmy%2520ca.pem") != std::string::npos);
    CHECK(url.find("trustCertificateKeyStoreType=PEM") != std::string::npos);
    one.tls.mode = TlsMode::disabled;
    CHECK(jdbc_url(one, "shop", Driver::mysql).find("sslMode=DISABLED") != std::string::npos);
}
TEST_CASE("An IPv6 address stands in brackets") {
    Endpoint one = endpoint();
    one.host = "::1";
    CHECK(jdbc_url(one, "shop", Driver::mysql).starts_with("jdbc:mysql://[::1]:3307/shop?"));
}
TEST_CASE("Preferred TLS is left out on this machine, as by the native connection, and only there") {
    Endpoint one = endpoint();
    CHECK(jdbc_url(one, "shop", Driver::mysql).find("sslMode=PREFERRED") != std::string::npos);
    one.host = "127.0.0.1";
    CHECK(jdbc_url(one, "shop", Driver::mysql).find("sslMode=DISABLED") != std::string::npos);
    one.tls.mode = TlsMode::required;
    CHECK(jdbc_url(one, "shop", Driver::mysql).find("sslMode=REQUIRED") != std::string::npos);
}
