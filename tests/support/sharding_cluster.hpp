#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/job_spec.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/skip.hpp"

/// Real ShardingSphere-Proxies with a ZooKeeper, on free loopback ports. Proxy: SHARDINGSPHERE_PROXY_HOME, else
/// /opt/shardingsphere-proxy. ZooKeeper: the jars of ZOOKEEPER_HOME, else Debian's package. Each server is a Process:
/// it ends with its object, and by the kernel when the thread that started it ends, however it ends.
namespace transload::test {

/// The shared server that proxies read from. No other test writes to it: a proxy's reader of the log stumbles over rows of its
/// neighbours (POINT, JSON, large SETs) and loses its place without an error.
inline constexpr std::string_view proxy_source = "proxy-source";

/// Why no cluster can be started here ("no ShardingSphere-Proxy at …"); nullopt when one can.
[[nodiscard]] std::optional<std::string> no_sharding_cluster();

class TestZooKeeper {
  public:
    /// Waits until it answers. Throws std::runtime_error with its output otherwise.
    TestZooKeeper();

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    void kill();  ///< SIGKILL
    void start();  ///< on the same data and port; ends it first when it runs
    void pause();   ///< SIGSTOP
    void resume();  ///< SIGCONT

  private:
    TempDir folder_;
    int port_;
    std::unique_ptr<Process> process_;
};

struct TestProxyOptions {
    std::string namespace_name;         ///< in ZooKeeper; empty: one that no other proxy of this process has
    std::string heap = "512m";
    unsigned session_seconds = 15;      ///< until ZooKeeper takes a dead proxy for dead
    std::vector<std::string> settings;  ///< more lines under `props:` of global.yaml, "key: value"
};

class TestProxy {
  public:
    /// Waits until it takes connections. Throws std::runtime_error with its output otherwise.
    explicit TestProxy(const TestZooKeeper& zookeeper, TestProxyOptions options = {});

    /// As a job names it: endpoint, namespace, ZooKeeper.
    [[nodiscard]] ProxyOptions options() const;
    [[nodiscard]] int port() const noexcept { return port_; }
    [[nodiscard]] pid_t pid() const;
    [[nodiscard]] bool running();
    /// mysql://root:…@127.0.0.1:PORT
    [[nodiscard]] std::string url() const;
    /// What it has written since its last start.
    [[nodiscard]] std::string log() const;

    void kill();   ///< SIGKILL
    void halt();   ///< SIGTERM, and waits for the end
    /// On the same port, namespace and settings; ends it first when it runs. Waits as the constructor does.
    void start();
    void pause();   ///< SIGSTOP: connections stand, nothing answers
    void resume();  ///< SIGCONT

  private:
    TempDir folder_;
    std::string zookeeper_;
    TestProxyOptions options_;
    int port_;
    std::unique_ptr<Process> process_;
};

/// A ZooKeeper and some proxies, each with a namespace of its own.
class ShardingCluster {
  public:
    explicit ShardingCluster(unsigned proxies = 1);

    void add_proxy(TestProxyOptions options = {});

    [[nodiscard]] TestZooKeeper& zookeeper() noexcept { return *zookeeper_; }
    [[nodiscard]] TestProxy& proxy(std::size_t index = 0) { return *proxies_.at(index); }
    [[nodiscard]] std::size_t size() const noexcept { return proxies_.size(); }

  private:
    std::unique_ptr<TestZooKeeper> zookeeper_;
    std::vector<std::unique_ptr<TestProxy>> proxies_;
};

/// The cluster that the cases of one test program share, since a proxy takes seconds to start; it gets more proxies
/// when more are asked for. A case leaves every proxy running, without jobs and without databases of its own.
[[nodiscard]] ShardingCluster& shared_cluster(unsigned proxies = 1);

}  // namespace transload::test

/// First line of a case that needs a proxy.
#define NEEDS_SHARDING_CLUSTER()                                                     \
    do {                                                                             \
        if (const auto missing = ::transload::test::no_sharding_cluster(); missing) \
            SKIP_TEST(*missing);                                                     \
    } while (false)
