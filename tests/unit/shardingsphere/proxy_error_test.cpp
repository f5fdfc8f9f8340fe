#include "adapters/shardingsphere/distsql/proxy_error.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::shardingsphere;

TEST_CASE("a known code says what it is and what to do") {
    const ProxyError error = proxy_error(18105, "shop", "Target table 't' is not empty.");
    CHECK(error.id() == "shardingsphere.target_not_empty");
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.code() == 18105);
    CHECK(error.message() == "Target table 't' is not empty.");
    CHECK(error.remedy().find("never STOP and START") != std::string::npos);
    CHECK_FALSE(error.no_answer());
}

TEST_CASE("every code that the manual and the source name has a remedy of its own") {
    for (const unsigned code : {1046U, 10201U, 18000U, 18100U, 18101U, 18103U, 18104U, 18105U, 18106U, 18107U, 18110U,
                                18111U, 18112U, 18113U, 18201U, 30001U, 10002U, 10110U}) {
        CAPTURE(code);
        const ProxyError error = proxy_error(code, "p", "m");
        CHECK(error.id().find("error_") == std::string::npos);
        CHECK_FALSE(error.remedy().empty());
    }
}

TEST_CASE("an unknown code keeps its number") {
    const ProxyError error = proxy_error(29999, "p", "m");
    CHECK(error.id() == "shardingsphere.error_29999");
    CHECK(error.kind() == ErrorKind::failed);
    CHECK_FALSE(error.remedy().empty());
}

TEST_CASE("a proxy that gave no answer is told from one that said no") {
    for (const unsigned code : {2002U, 2003U, 2006U, 2013U}) {
        CAPTURE(code);
        CHECK(proxy_error(code, "p", "m").no_answer());
        CHECK(proxy_error(code, "p", "m").kind() == ErrorKind::transient);
    }
    const ProxyError silent = silent_proxy("p", std::chrono::milliseconds{1'500});
    CHECK(silent.no_answer());
    CHECK(silent.id() == "shardingsphere.proxy_silent");
    CHECK(silent.message().find("2 s") != std::string::npos);
    CHECK(proxy_error(10201, "p", "m").kind() == ErrorKind::transient);
    CHECK_FALSE(proxy_error(10201, "p", "m").no_answer());
}
