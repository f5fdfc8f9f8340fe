#pragma once
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "adapters/secrets/sealed_secrets.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace transload::test {

/// A store in a folder of its own.
struct StoreFixture {
    TempDir dir;
    secrets::SealedSecrets secrets{dir.path()};
    sqlite::SqliteJobStore store{dir.path(), secrets};
};

inline Job sample_job(const std::string& id, std::chrono::seconds age = std::chrono::seconds{0}) {
    Job job;
    job.id = JobId{id};
    job.spec.source.user = "reader";
    job.spec.source.password = Secret("pässword-of-source");
    job.spec.target.password = Secret("pässword-of-target");
    job.spec.databases = {{"shop", "shop2"}};
    job.created = WallTime{} + std::chrono::hours{500'000} - age;
    job.updated = job.created;
    return job;
}

inline Event sample_event(const std::string& message) {
    Event event;
    event.at = WallTime{} + std::chrono::microseconds{1'234'567};
    event.state = JobState::data_running;
    event.step = "data.run";
    event.object = "shop.orders";
    event.level = Severity::warning;
    event.message = message;
    return event;
}

template <class Act>
std::string error_id_of(Act act) {
    try {
        act();
    } catch (const Error& error) {
        return error.id();
    }
    return "no error";
}

}  // namespace transload::test
