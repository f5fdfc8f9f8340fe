#include "tests/support/sharding_cluster.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <utility>

#include "tests/support/test_server.hpp"

namespace transload::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds start_limit{120};
constexpr std::chrono::seconds halt_limit{60};
constexpr const char* proxy_password = "pr0xy";

std::string environment(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : otherwise;
}

fs::path proxy_home() {
    return environment("SHARDINGSPHERE_PROXY_HOME", "/opt/shardingsphere-proxy");
}

/// Empty when there is none.
std::string zookeeper_classpath() {
    const fs::path home = environment("ZOOKEEPER_HOME", "");
    if (!home.empty() && fs::exists(home / "lib")) {
        return (home / "lib").string() + "/*:" + home.string() + "/*";
    }
    const fs::path debian = "/usr/share/java/zookeeper.jar";
    return fs::exists(debian) ? debian.string() : std::string();
}

std::string java() {
    const std::string home = environment("JAVA_HOME", "");
    return home.empty() ? "java" : home + "/bin/java";
}

/// What `words` gets as an answer, or nullopt: not listening, or silent for a second.
std::optional<std::string> answer(int port, std::string_view words) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const timeval second{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    std::optional<std::string> result;
    char buffer[256];
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        (words.empty() || ::send(fd, words.data(), words.size(), MSG_NOSIGNAL) > 0)) {
        const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
        if (got > 0) {
            result.emplace(buffer, static_cast<std::size_t>(got));
        }
    }
    ::close(fd);
    return result;
}

void wait_until_ready(const std::string& what, Process& process, const std::function<bool()>& ready) {
    bool ended = false;
    const bool over = eventually(
        [&] {
            ended = !process.running();
            return ended || ready();
        },
        start_limit, std::chrono::milliseconds(100));
    if (!over || ended) {
        throw std::runtime_error(what + " did not start:\n" + process.out() + process.err());
    }
}

std::vector<std::string> java_arguments(const std::string& heap) {
    // A short life on a busy machine: the cheap compiler and collector start sooner.
    return {java(), "-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.timezone=UTC",
            "-Dfile.encoding=UTF-8"};
}

void end(std::unique_ptr<Process>& process, int signal) {
    if (!process) {
        return;
    }
    process->signal(signal);
    process->signal(SIGCONT);
    process->wait(halt_limit);
}

std::string fresh_namespace() {
    static std::atomic<unsigned> last{0};
    return "transload_test_" + std::to_string(++last);
}

}  // namespace

std::optional<std::string> no_sharding_cluster() {
    const fs::path home = proxy_home();
    if (!fs::exists(home / "lib")) {
        return "no ShardingSphere-Proxy at " + home.string();
    }
    if (zookeeper_classpath().empty()) {
        return "no ZooKeeper: neither ZOOKEEPER_HOME nor /usr/share/java/zookeeper.jar";
    }
    return std::nullopt;
}

TestZooKeeper::TestZooKeeper() : port_(free_port()) {
    folder_.write("zoo.cfg", "tickTime=1000\ndataDir=" + (folder_ / "data").string() +
                                 "\nclientPort=" + std::to_string(port_) +
                                 "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\nmaxClientCnxns=0\n"
                                 "4lw.commands.whitelist=ruok\n");
    start();
}

void TestZooKeeper::kill() {
    end(process_, SIGKILL);
}

void TestZooKeeper::start() {
    kill();
    std::vector<std::string> arguments = java_arguments("128m");
    arguments.insert(arguments.end(), {"-cp", zookeeper_classpath(),
                                       "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                                       (folder_ / "zoo.cfg").string()});
    process_ = std::make_unique<Process>(std::move(arguments), ProcessOptions{.directory = folder_.path()});
    wait_until_ready("ZooKeeper", *process_, [this] { return answer(port_, "ruok") == "imok"; });
}

void TestZooKeeper::pause() {
    process_->signal(SIGSTOP);
}

void TestZooKeeper::resume() {
    process_->signal(SIGCONT);
}

TestProxy::TestProxy(const TestZooKeeper& zookeeper, TestProxyOptions options)
    : zookeeper_(zookeeper.address()), options_(std::move(options)), port_(free_port()) {
    if (options_.namespace_name.empty()) {
        options_.namespace_name = fresh_namespace();
    }
    std::string yaml = "mode:\n  type: Cluster\n  repository:\n    type: ZooKeeper\n    props:\n      namespace: " +
                       options_.namespace_name + "\n      server-lists: " + zookeeper_ +
                       "\n      retryIntervalMilliseconds: 500\n      maxRetries: 10\n      timeToLiveSeconds: " +
                       std::to_string(options_.session_seconds) +
                       "\n      operationTimeoutMilliseconds: 5000\n"
                       "authority:\n  users:\n    - user: root@%\n      password: " +
                       proxy_password +
                       "\n      admin: true\n  privilege:\n    type: ALL_PERMITTED\n"
                       "props:\n  proxy-mysql-default-version: 8.0.15\n  cdc-server-port: " +
                       std::to_string(free_port()) + "\n";
    for (const std::string& line : options_.settings) {
        yaml += "  " + line + "\n";
    }
    folder_.write("conf/global.yaml", yaml);
    start();
}

ProxyOptions TestProxy::options() const {
    ProxyOptions result;
    result.endpoint.port = static_cast<std::uint16_t>(port_);
    result.endpoint.user = "root";
    result.endpoint.password = Secret(proxy_password);
    result.endpoint.tls.mode = TlsMode::disabled;
    result.namespace_name = options_.namespace_name;
    result.zookeeper = zookeeper_;
    return result;
}

pid_t TestProxy::pid() const {
    return process_->pid();
}

bool TestProxy::running() {
    return process_->running();
}

std::string TestProxy::url() const {
    return "mysql://root:" + std::string(proxy_password) + "@127.0.0.1:" + std::to_string(port_);
}

std::string TestProxy::log() const {
    return process_->out() + process_->err();
}

void TestProxy::kill() {
    end(process_, SIGKILL);
}

void TestProxy::halt() {
    end(process_, SIGTERM);
}

void TestProxy::start() {
    kill();
    const std::string conf = (folder_ / "conf").string();
    const std::string home = proxy_home().string();
    std::vector<std::string> arguments = java_arguments(options_.heap);
    arguments.insert(arguments.end(),
                     {"-Dio.netty.leakDetection.level=DISABLED", "-cp", conf + ":" + home + "/lib/*:" + home + "/ext-lib/*",
                      "org.apache.shardingsphere.proxy.Bootstrap", std::to_string(port_), conf, "127.0.0.1"});
    process_ = std::make_unique<Process>(std::move(arguments), ProcessOptions{.directory = folder_.path()});
    // It greets as a MySQL server does; before its metadata is loaded nobody listens.
    wait_until_ready("ShardingSphere-Proxy", *process_, [this] { return answer(port_, "").has_value(); });
}

void TestProxy::pause() {
    process_->signal(SIGSTOP);
}

void TestProxy::resume() {
    process_->signal(SIGCONT);
}

ShardingCluster::ShardingCluster(unsigned proxies) : zookeeper_(std::make_unique<TestZooKeeper>()) {
    for (unsigned i = 0; i < proxies; ++i) {
        add_proxy();
    }
}

void ShardingCluster::add_proxy(TestProxyOptions options) {
    proxies_.push_back(std::make_unique<TestProxy>(*zookeeper_, std::move(options)));
}

ShardingCluster& shared_cluster(unsigned proxies) {
    static ShardingCluster cluster(0);
    while (cluster.size() < proxies) {
        cluster.add_proxy();
    }
    return cluster;
}

}  // namespace transload::test
