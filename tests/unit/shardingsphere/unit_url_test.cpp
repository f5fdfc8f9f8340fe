#include "adapters/shardingsphere/distsql/unit_url.hpp"

#include <catch2/catch.hpp>

#include "orchestrator/plan/error.hpp"

using namespace transload;
using shardingsphere::unit_url;

namespace {

Endpoint endpoint(std::string host = "db.example.org") {
    Endpoint result;
    result.host = std::move(host);
    result.port = 3307;
    result.user = "mover";
    result.password = Secret("secret");
    return result;
}

}  // namespace

TEST_CASE("a unit's URL holds what the proxy needs, and no account") {
    const std::string url = unit_url(endpoint(), "shop");
    CHECK(url.starts_with("jdbc:mysql://db.example.org:3307/shop?"));
    for (const char* needed : {"allowPublicKeyRetrieval=true", "useSSL=false", "serverTimezone=UTC",
                               "characterEncoding=UTF-8", "rewriteBatchedStatements=true"})
        CHECK(url.find(needed) != std::string::npos);
    CHECK(url.find("mover") == std::string::npos);
    CHECK(url.find("secret") == std::string::npos);
}

TEST_CASE("a host that the proxy would split wrongly is refused") {
    for (const char* host : {"", "::1", "[::1]", "a,b", "a/b", "a b", "a?b", "user@host", "a'b"}) {
        CAPTURE(host);
        CHECK_THROWS_AS(unit_url(endpoint(host), "shop"), Error);
    }
}

TEST_CASE("a database that a URL of the proxy can't carry is refused") {
    for (const char* name : {"", "a/b", "a?b", "a#b", "a%b", "a b", "a&b", "a'b", "a\"b", "a[b", "a;b", "a\nb", "a`b"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(unit_url(endpoint(), name), Error);
    }
}

TEST_CASE("TLS that the job demands is never left out in silence") {
    Endpoint strict = endpoint();
    for (const TlsMode mode : {TlsMode::required, TlsMode::verify_ca, TlsMode::verify_full}) {
        strict.tls.mode = mode;
        CHECK_THROWS_AS(unit_url(strict, "shop"), Error);
    }
    strict.tls.mode = TlsMode::disabled;
    CHECK_NOTHROW(unit_url(strict, "shop"));
}
