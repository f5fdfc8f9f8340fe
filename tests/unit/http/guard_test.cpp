#include "adapters/http/guard.hpp"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <utility>

using namespace transload;
using namespace transload::http;

namespace {

int status_of(const Guard& guard, std::initializer_list<std::pair<const char*, const char*>> headers) {
    httplib::Request request;
    request.method = "POST";
    for (const auto& [name, value] : headers) request.headers.emplace(name, value);
    httplib::Response response;
    const auto problem = guard.refuse(request, response);
    if (problem && problem->status == 401) CHECK(response.has_header("WWW-Authenticate"));
    return problem ? problem->status : 200;
}

}  // namespace

TEST_CASE("loopback addresses are told from all others") {
    for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "::1"})
        CHECK(is_loopback(host));
    for (const char* host : {"", "0.0.0.0", "::", "128.0.0.1", "localhost.evil.example",
                             "127.0.0.1.evil.example", "127.1", "10.0.0.1", "::ffff:10.0.0.1", "evil"})
        CHECK_FALSE(is_loopback(host));
}

TEST_CASE("with a token only those who have it come in") {
    const Guard guard(Secret("correct horse"));
    CHECK(status_of(guard, {{"Authorization", "Bearer correct horse"}}) == 200);
    CHECK(status_of(guard, {{"Authorization", "bearer correct horse"}, {"Host", "db.example"}}) == 200);
    for (const char* value :
         {"", "Bearer", "Bearer ", "Bearer wrong", "Bearer correct horse ", "Bearer correct hors",
          "Basic correct horse", "correct horse", "Bearer  correct horse"}) {
        CAPTURE(value);
        CHECK(status_of(guard, {{"Authorization", value}}) == 401);
    }
    CHECK(status_of(guard, {}) == 401);
    CHECK(status_of(guard, {{"Authorization", "Bearer correct horse"}, {"Authorization", "Bearer x"}}) ==
          401);
}

TEST_CASE("without a token a page that a browser shows can't reach the server") {
    const Guard guard{Secret()};
    CHECK(status_of(guard, {}) == 200);
    CHECK(status_of(guard, {{"Host", "localhost:8080"}}) == 200);
    CHECK(status_of(guard, {{"Host", "127.0.0.1:8080"}, {"Origin", "http://127.0.0.1:8080"}}) == 200);
    CHECK(status_of(guard, {{"Host", "[::1]:8080"}}) == 200);
    for (const char* host :
         {"evil.example", "evil.example:8080", "localhost.evil.example", "10.0.0.1:8080", "", "[::1"}) {
        CAPTURE(host);
        CHECK(status_of(guard, {{"Host", host}}) == 403);
    }
    for (const char* origin : {"http://evil.example", "null", "", "http://127.0.0.1:9090",
                               "http://localhost:8080", "127.0.0.1:8080", "http://127.0.0.1:8080/"}) {
        CAPTURE(origin);
        CHECK(status_of(guard, {{"Host", "127.0.0.1:8080"}, {"Origin", origin}}) == 403);
    }
    CHECK(status_of(guard, {{"Host", "localhost"}, {"Host", "evil.example"}}) == 400);
}
