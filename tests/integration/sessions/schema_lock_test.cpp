#include <atomic>
#include <catch2/catch.hpp>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/stream/stream_store.hpp"
#include "tests/integration/native/copy_job.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

TEST_CASE("jobs that begin while others end keep their records, and the last one leaves nothing") {
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mariadb}) {
        if (!available(flavour)) SKIP_TEST("a server is not installed");
        INFO(name_of(flavour));
        const TestServer server = TestServer::start(flavour);
        mysql::binlog::Position start;
        start.server = "server";
        start.file = "log.1";
        start.offset = 4;
        std::atomic<int> kept = 0;
        std::string trouble;
        std::mutex mutex;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&, i] {
                    const JobId id("20260101-000000-0000000" + std::to_string(i));
                    const DataJob job{id, spec_for(endpoint_of(server), endpoint_of(server), "d"), {}, {}};
                    for (int round = 0; round < 25; ++round) {
                        try {
                            native::StreamStore stream(endpoint_of(server), id, native::StreamDirection::forward, true);
                            native::CheckpointStore checkpoints(job);
                            stream.begin(start);
                            checkpoints.open_job();
                            if (stream.load() && checkpoints.connection().scalar("SELECT 1 FROM _transload.copy_jobs WHERE job_id = '" + id.str() + "'"))
                                ++kept;
                            checkpoints.forget();
                            stream.forget();
                        } catch (const std::exception& error) {
                            const std::lock_guard lock(mutex);
                            trouble += std::string(error.what()) + "\n";
                        }
                    }
                });
        }
        CHECK(trouble == "");
        CHECK(kept == 100);
        CHECK(value(server, "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '_transload'") == "0");
    }
}
