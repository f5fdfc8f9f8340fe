#include "tests/shardingsphere/engine/engine_world.hpp"

#include <catch2/catch.hpp>

namespace transload::test {

void EngineControl::event(Severity level, std::string_view, std::string_view object, std::string_view message) {
    const std::lock_guard lock(mutex_);
    if (level == Severity::warning) warned_.emplace_back(object);
    told_ += std::string(object) + ": " + std::string(message) + "\n";
}

void EngineControl::stream(const StreamProgress& progress) {
    const std::lock_guard lock(mutex_);
    shown_ = progress;
}

std::vector<std::string> EngineControl::warned() const {
    const std::lock_guard lock(mutex_);
    return warned_;
}

std::string EngineControl::told() const {
    const std::lock_guard lock(mutex_);
    return told_;
}

StreamProgress EngineControl::shown() const {
    const std::lock_guard lock(mutex_);
    return shown_;
}

Endpoint endpoint_of(const TestServer& server) {
    Endpoint result;
    result.host = server.host();
    result.port = static_cast<std::uint16_t>(server.port());
    result.user = TestServer::user();
    result.password = Secret(server.password());
    return result;
}

EngineJob::EngineJob(const std::vector<ProxyOptions>& proxies)
    : source_(shared_server(Flavour::mysql80, proxy_source)),
      target_(shared_server(Flavour::mysql80, "target")),
      shard_(shared_server(Flavour::mysql80, "shard")),
      database_({&source_, &target_, &shard_}, {}, "engine"),
      id_("of-" + database_.name()) {
    spec.source = endpoint_of(source_);
    spec.target = endpoint_of(target_);
    spec.databases = {{database(), database()}};
    spec.cutover.mode = CutoverMode::automatic;
    spec.shardingsphere.proxies = proxies;
}

EngineJob::~EngineJob() {
    try {
        const DataJob done = job();
        shardingsphere::Registry(done).forget();
    } catch (const std::exception& error) {
        WARN(error.what());
    }
}

void EngineJob::add_table(const std::string& name, bool sharded) {
    TablePlan plan;
    plan.source = plan.target = {database(), name};
    plan.engine = EngineChoice::shardingsphere;
    plan.sharded = sharded;
    Column id;
    id.name = "id";
    id.auto_increment = true;
    plan.columns.push_back(id);
    tables_.push_back(plan);
}

void tend_until_following(shardingsphere::Migrations& migrations, std::chrono::seconds limit) {
    REQUIRE(eventually([&] { migrations.tend(); return migrations.all_following(); }, limit, std::chrono::milliseconds(200)));
}

}  // namespace transload::test
