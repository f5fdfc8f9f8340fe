#include "adapters/http/client/server_url.hpp"

#include <catch2/catch.hpp>

#include "orchestrator/plan/error.hpp"

using namespace transload;
using namespace transload::http;

TEST_CASE("a server's URL is taken apart") {
    CHECK(parse_server_url("http://h").port == 8080);
    CHECK(parse_server_url("localhost:9000").display() == "http://localhost:9000");
    CHECK(parse_server_url("https://h").display() == "https://h:443");
    CHECK(parse_server_url("http://[::1]:7/x/").display() == "http://[::1]:7/x");
}

TEST_CASE("a server's URL that is broken is refused without being shown") {
    for (const char* url : {"", "ftp://h", "http://", "http://:80", "http://h:0", "http://h:65536",
                            "http://h:x", "http://h:", "http://[::1", "http://u:hunter2@h",
                            "http://h?token=hunter2", "http://h o", "http://h\r\nx"}) {
        CAPTURE(url);
        try {
            (void)parse_server_url(url);
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::usage);
            CHECK(error.message().find("hunter2") == std::string::npos);
        }
    }
}
