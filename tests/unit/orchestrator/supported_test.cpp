#include "orchestrator/service/supported.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "orchestrator/plan/error.hpp"

using namespace transload;

namespace {

JobSpec job(EngineChoice engine, bool proxy, CutoverMode mode = CutoverMode::none, bool sharded = false) {
    JobSpec spec;
    spec.engine = engine;
    spec.cutover.mode = mode;
    if (proxy) spec.shardingsphere.proxies.resize(1);
    if (sharded) spec.sharding.emplace();
    return spec;
}

/// What the job is refused for; empty when it is not.
std::string refused_for(const JobSpec& spec) {
    try {
        require_supported(spec);
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);  // exit code 2
        CHECK(error.id() == "job.unsupported");
        CHECK_FALSE(error.remedy().empty());
        return error.object();
    }
    return {};
}

constexpr auto automatic = EngineChoice::automatic;
constexpr auto native = EngineChoice::native;
constexpr auto shardingsphere = EngineChoice::shardingsphere;

}  // namespace

TEST_CASE("the engine shardingsphere needs a proxy") {
    CHECK(refused_for(job(shardingsphere, false)) == "shardingsphere.proxies");
    CHECK(refused_for(job(shardingsphere, true)).empty());
    CHECK(refused_for(job(native, false)).empty());
    CHECK(refused_for(job(automatic, false)).empty());
    CHECK(refused_for(job(automatic, true)).empty());
}

TEST_CASE("every engine follows a source; only the native one keeps a way back") {
    for (const CutoverMode mode : {CutoverMode::automatic, CutoverMode::manual}) {
        CHECK(refused_for(job(native, false, mode)).empty());
        CHECK(refused_for(job(automatic, false, mode)).empty());
        CHECK(refused_for(job(automatic, true, mode)).empty());
        CHECK(refused_for(job(shardingsphere, true, mode)).empty());
        CHECK(refused_for(job(shardingsphere, false, mode)) == "shardingsphere.proxies");
        const auto with_way_back = [&](EngineChoice engine, bool proxy) {
            JobSpec spec = job(engine, proxy, mode);
            spec.cutover.reverse = true;
            return spec;
        };
        CHECK(refused_for(with_way_back(native, true)).empty());
        CHECK(refused_for(with_way_back(automatic, false)).empty());
        CHECK(refused_for(with_way_back(automatic, true)) == "cutover.reverse");
        CHECK(refused_for(with_way_back(shardingsphere, true)) == "cutover.reverse");
    }
    JobSpec nowhere = job(native, false);
    nowhere.cutover.reverse = true;
    CHECK(refused_for(nowhere) == "cutover.reverse");
}

TEST_CASE("a sharded target needs a proxy and is not for native") {
    CHECK(refused_for(job(automatic, false, CutoverMode::none, true)) == "shardingsphere.proxies");
    CHECK(refused_for(job(shardingsphere, false, CutoverMode::none, true)) == "shardingsphere.proxies");
    CHECK(refused_for(job(native, true, CutoverMode::none, true)) == "engine");
    CHECK(refused_for(job(automatic, true, CutoverMode::none, true)).empty());
    CHECK(refused_for(job(shardingsphere, true, CutoverMode::automatic, true)).empty());
}

TEST_CASE("a mapping is refused where every table goes to ShardingSphere, or is spread") {
    const auto mapped = [](EngineChoice engine, bool proxy, bool sharded) {
        JobSpec spec = job(engine, proxy, CutoverMode::none, sharded);
        spec.mappings.resize(1);
        return refused_for(spec);
    };
    CHECK(mapped(shardingsphere, true, false) == "mapping");
    CHECK(mapped(automatic, true, true) == "mapping");
    CHECK(mapped(automatic, true, false).empty());
    CHECK(mapped(native, false, false).empty());
}
