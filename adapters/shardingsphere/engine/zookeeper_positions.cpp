#include "adapters/shardingsphere/engine/zookeeper_positions.hpp"

#include <yaml-cpp/yaml.h>
#include <zookeeper/zookeeper.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "orchestrator/plan/error.hpp"

namespace transload::shardingsphere {
namespace {

constexpr int session_timeout_ms = 10'000;
constexpr std::chrono::seconds connect_limit{10};
constexpr std::size_t largest_progress = 1U << 20;  // ZooKeeper's own limit of a node

}  // namespace

/// The client library's session and what its thread tells of it.
struct ZooKeeperPositions::Session {
    explicit Session(const std::string& servers) {
        zoo_set_debug_level(static_cast<ZooLogLevel>(0));  // it would write to stderr
        handle = zookeeper_init(servers.c_str(), &Session::watch, session_timeout_ms, nullptr, this, 0);
    }
    ~Session() {
        if (handle != nullptr) zookeeper_close(handle);
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    static void watch(zhandle_t*, int type, int state, const char*, void* context) {
        if (type != ZOO_SESSION_EVENT) return;
        auto& session = *static_cast<Session*>(context);
        const std::lock_guard lock(session.mutex);
        session.connected = state == ZOO_CONNECTED_STATE;
        session.expired = state == ZOO_EXPIRED_SESSION_STATE || state == ZOO_AUTH_FAILED_STATE;
        session.changed.notify_all();
    }

    bool wait_until_connected() {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, connect_limit, [&] { return connected || expired; }) && connected;
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool connected = false;
    bool expired = false;
    zhandle_t* handle = nullptr;
};

ZooKeeperPositions::ZooKeeperPositions(std::string servers, std::string namespace_name)
    : servers_(std::move(servers)), namespace_(std::move(namespace_name)) {}

ZooKeeperPositions::~ZooKeeperPositions() = default;

void ZooKeeperPositions::fail(const std::string& what) {
    session_.reset();
    throw Error(ErrorKind::transient, "shardingsphere.zookeeper", servers_,
                "ZooKeeper, which knows how far the migrations have come, does not answer: " + what,
                "see that it runs and can be reached from here; name its address with `zookeeper:` beside the proxy's url");
}

ZooKeeperPositions::Session& ZooKeeperPositions::session() {
    if (session_ && session_->expired) session_.reset();
    if (!session_) session_ = std::make_unique<Session>(servers_);
    if (session_->handle == nullptr) fail("the address can't be used");
    if (!session_->wait_until_connected()) fail("no connection");
    return *session_;
}

std::optional<BinlogPosition> ZooKeeperPositions::applied(const std::string& migration_id) {
    const std::string path = jobs_path() + "/" + migration_id + "/offset/0";
    std::vector<char> buffer(largest_progress);
    int size = static_cast<int>(buffer.size());
    const int code = zoo_get(session().handle, path.c_str(), 0, buffer.data(), &size, nullptr);
    if (code == ZNONODE) return std::nullopt;
    if (code != ZOK) fail(zerror(code));
    return incremental_position(std::string(buffer.data(), static_cast<std::size_t>(std::max(size, 0))));
}

std::vector<std::string> ZooKeeperPositions::migrations() {
    constexpr std::string_view kind = "j01";  // checks of migrations, "j02", lie beside them
    String_vector children{};
    const int code = zoo_get_children(session().handle, jobs_path().c_str(), 0, &children);
    if (code == ZNONODE) return {};
    if (code != ZOK) fail(zerror(code));
    std::vector<std::string> ids;
    for (int i = 0; i < children.count; ++i)
        if (std::string_view(children.data[i]).starts_with(kind)) ids.emplace_back(children.data[i]);
    deallocate_String_vector(&children);
    return ids;
}

bool ZooKeeperPositions::has(const std::string& migration_id) {
    // A migration is what its configuration says. Other nodes under its id may be written by threads that end late.
    const int code = zoo_exists(session().handle, (jobs_path() + "/" + migration_id + "/config").c_str(), 0, nullptr);
    if (code != ZOK && code != ZNONODE) fail(zerror(code));
    return code == ZOK;
}

std::optional<BinlogPosition> incremental_position(const std::string& progress) {
    try {
        const YAML::Node position = YAML::Load(progress)["incremental"]["position"];
        return position.IsScalar() ? BinlogPosition::parse(position.Scalar()) : std::nullopt;
    } catch (const YAML::Exception&) {
        return std::nullopt;
    }
}

}  // namespace transload::shardingsphere
