#include "adapters/http/target.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::http;

TEST_CASE("paths name resources, with and without the version before them") {
    for (const std::string prefix : {"", "/api/v1"}) {
        CHECK(target_of(prefix + "/health").resource == Resource::health);
        CHECK(target_of(prefix + "/metrics").resource == Resource::metrics);
        CHECK(target_of(prefix + "/jobs").resource == Resource::jobs);
        CHECK(target_of(prefix + "/job").resource == Resource::submit);
        CHECK(target_of(prefix + "/job/a-1").resource == Resource::job);
        CHECK(target_of(prefix + "/job/a-1").id == JobId{"a-1"});
        CHECK(target_of(prefix + "/job/a-1/events").resource == Resource::events);
        const Target retry = target_of(prefix + "/job/a-1/retry");
        CHECK(retry.resource == Resource::command);
        CHECK(retry.trigger == Trigger::retry);
        CHECK(retry.id == JobId{"a-1"});
        CHECK(target_of(prefix + "/job/a-1/rollback").trigger == Trigger::rollback);
        CHECK(target_of(prefix + "/job/a-1/cutover").resource == Resource::command);
        CHECK(target_of(prefix + "/job/a-1/cutover").trigger == Trigger::cutover);
        CHECK(target_of(prefix + "/job/a-1/finish").trigger == Trigger::finish);
        CHECK(target_of(prefix + "/job/a-1/stream").resource == Resource::stream);
        CHECK(target_of(prefix + "/job/a-1/stream").method() == "GET");
        CHECK(target_of(prefix + "/job/a-1/limits").resource == Resource::limits);
        CHECK(target_of(prefix + "/job/a-1/limits").method() == "PATCH");
    }
}

TEST_CASE("anything else names nothing, and all of it shares one route in the metrics") {
    for (const std::string& path :
         {std::string(""), std::string("/"), std::string("/job/"), std::string("/jobs/"),
          std::string("/job//events"), std::string("/job/a/b/events"), std::string("/job/a/done"),
          std::string("/job/a/created"), std::string("/job/../etc/passwd"), std::string("/job/a b"),
          std::string("/job/a\0", 7), std::string("/job/ä"), std::string("/api/v1"),
          std::string("/api/v1/api/v1/health"), std::string("/api/v2/health"), "/job/" + std::string(65, 'a'),
          "/job/" + std::string(100'000, 'a')}) {
        CAPTURE(path.substr(0, 40));
        CHECK(target_of(path).resource == Resource::none);
        CHECK(target_of(path).route == "other");
    }
}
