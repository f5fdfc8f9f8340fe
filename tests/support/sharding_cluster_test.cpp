#include "tests/support/sharding_cluster.hpp"

#include <signal.h>

#include <catch2/catch.hpp>

using namespace transload::test;

TEST_CASE("proxies with namespaces of their own start, pause, die and come back on the same port") {
    NEEDS_SHARDING_CLUSTER();
    pid_t old = 0;
    {
        ShardingCluster cluster(2);
        CHECK(cluster.proxy(0).options().namespace_name != cluster.proxy(1).options().namespace_name);
        CHECK(cluster.proxy(0).port() != cluster.proxy(1).port());
        cluster.proxy(0).pause();
        CHECK(cluster.proxy(0).running());
        cluster.proxy(0).resume();
        old = cluster.proxy(0).pid();
        const int port = cluster.proxy(0).port();
        cluster.proxy(0).kill();
        CHECK_FALSE(cluster.proxy(0).running());
        cluster.zookeeper().kill();
        cluster.zookeeper().start();
        cluster.proxy(0).start();
        CHECK(cluster.proxy(0).running());
        CHECK(cluster.proxy(0).port() == port);
        CHECK(cluster.proxy(0).pid() != old);
        old = cluster.proxy(0).pid();
        cluster.proxy(1).halt();
        CHECK_FALSE(cluster.proxy(1).running());
    }
    CHECK(::kill(old, 0) != 0);
}
