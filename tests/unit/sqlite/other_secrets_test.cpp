#include "adapters/sqlite/other_secrets.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include "adapters/sqlite/migrations.hpp"
#include "tests/unit/sqlite/store_fixture.hpp"

using namespace transload;
using test::error_id_of;
using test::sample_event;
using test::sample_job;
using test::StoreFixture;

namespace {

// Bytes that are no text: what a password file may hold.
const std::string hostile("\xff\x80 p'\"\\ssword-of-unit \n");

Job sharded_job() {
    Job job = sample_job("a");
    for (const char* name : {"one", "two"}) {
        ProxyOptions proxy;
        proxy.endpoint.password = Secret(std::string("pässword-of-proxy-") + name);
        proxy.namespace_name = name;
        job.spec.shardingsphere.proxies.push_back(proxy);
    }
    ShardedTarget sharding;
    sharding.units.resize(2);
    sharding.units[0].name = "ds_0";
    sharding.units[1].name = "ds_1";
    sharding.units[1].endpoint.password = Secret(hostile);
    sharding.default_unit = "ds_0";
    job.spec.sharding = sharding;
    return job;
}

}  // namespace

TEST_CASE("passwords of proxies and storage units are stored sealed and come back") {
    StoreFixture fixture;
    const Job job = sharded_job();
    fixture.store.create(job);
    for (const auto& entry : std::filesystem::directory_iterator(fixture.dir.path())) {
        CHECK(test::read_file(entry.path()).find("ssword-of-") == std::string::npos);
    }
    const sqlite::SqliteJobStore other(fixture.dir.path(), fixture.secrets);
    const JobSpec spec = other.load(job.id)->spec;
    CHECK(spec.shardingsphere.proxies.at(0).endpoint.password.reveal() == "pässword-of-proxy-one");
    CHECK(spec.shardingsphere.proxies.at(1).endpoint.password.reveal() == "pässword-of-proxy-two");
    CHECK(spec.shardingsphere.proxies.at(1).namespace_name == "two");
    CHECK(spec.sharding->units.at(0).endpoint.password.empty());
    CHECK(spec.sharding->units.at(1).endpoint.password.reveal() == hostile);
    CHECK(spec.source.password.reveal() == "pässword-of-source");
}

TEST_CASE("a commit stores changed passwords of proxies and units, and forgets those that are gone") {
    StoreFixture fixture;
    Job job = sharded_job();
    fixture.store.create(job);
    job.spec.shardingsphere.proxies[1].endpoint.password = Secret("new");
    job.spec.sharding.reset();
    (void)fixture.store.commit(job, sample_event("amended"));
    CHECK(fixture.store.load(job.id)->spec.shardingsphere.proxies.at(1).endpoint.password.reveal() == "new");
    job.spec.shardingsphere.proxies.clear();
    (void)fixture.store.commit(job, sample_event("amended"));
    CHECK(fixture.store.load(job.id)->spec.shardingsphere.proxies.empty());
    SQLite::Database raw((fixture.dir / "transload.db").string());
    CHECK(raw.execAndGet("SELECT other_secrets IS NULL FROM jobs").getInt() == 1);
}

TEST_CASE("a store that was written before proxies had passwords opens as before") {
    const test::TempDir dir;
    const secrets::SealedSecrets secrets(dir.path());
    {
        const sqlite::SqliteJobStore store(dir.path(), secrets);  // lays the file out as ours
    }
    {
        SQLite::Database raw((dir / "transload.db").string(), SQLite::OPEN_READWRITE);
        raw.exec("DROP TABLE events; DROP TABLE jobs; DELETE FROM schema_version WHERE version > 1");
        raw.exec(sqlite::migrations().front().sql);
        const std::string sealed = secrets.seal(Secret("old"));
        SQLite::Statement insert(raw,
                                 "INSERT INTO jobs VALUES ('old', '{\"cutover\":{\"mode\":\"none\"}}', ?, NULL, "
                                 "'DONE', 'DRAFT', NULL, '{}', 1, 2)");
        insert.bind(1, sealed.data(), static_cast<int>(sealed.size()));
        insert.exec();
    }
    sqlite::SqliteJobStore store(dir.path(), secrets);
    const auto job = store.load(JobId{"old"});
    REQUIRE(job);
    CHECK(job->spec.source.password.reveal() == "old");
    CHECK(job->spec.shardingsphere.proxies.empty());
    CHECK(job->report.cutover.state == WriteStopState::none);
    store.create(sharded_job());
    CHECK(store.load(JobId{"a"})->spec.sharding->units.at(1).endpoint.password.reveal() == hostile);
}

TEST_CASE("sealed passwords that don't fit their job are an error that names it, not another's password") {
    StoreFixture fixture;
    fixture.store.create(sharded_job());
    Job other = sample_job("b");
    other.spec.shardingsphere.proxies.resize(1);
    other.spec.shardingsphere.proxies[0].endpoint.password = Secret("x");
    fixture.store.create(other);
    SQLite::Database raw((fixture.dir / "transload.db").string(), SQLite::OPEN_READWRITE);
    raw.exec("UPDATE jobs SET other_secrets = (SELECT other_secrets FROM jobs WHERE id = 'b') WHERE id = 'a'");
    CHECK(error_id_of([&] { (void)fixture.store.load(JobId{"a"}); }) == "store.corrupt");
    CHECK(error_id_of([&] { (void)fixture.store.load(JobId{"b"}); }) == "no error");
    JobSpec spec = other.spec;
    CHECK(error_id_of([&] { sqlite::restore_other_secrets(spec, Secret("\xff")); }) == "codec.malformed");
    CHECK(error_id_of([&] { sqlite::restore_other_secrets(spec, Secret("")); }) == "no error");
}
