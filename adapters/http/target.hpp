#pragma once
#include <string_view>

#include "orchestrator/job/job_id.hpp"
#include "orchestrator/job/transitions.hpp"

namespace transload::http {

enum class Resource { none, health, metrics, jobs, submit, job, events, stream, limits, command };

/// What a path names.
struct Target {
    Resource resource = Resource::none;
    std::string_view route = "other";  ///< for metrics: one of a fixed few texts
    JobId id{};
    Trigger trigger = Trigger::start;

    [[nodiscard]] bool reads() const { return method() == "GET"; }
    [[nodiscard]] std::string_view method() const {
        if (resource == Resource::limits) return "PATCH";
        return resource == Resource::submit || resource == Resource::command ? "POST" : "GET";
    }
};

/// Reads a decoded path, with or without /api/v1 before it. A job id that can't be one names nothing.
[[nodiscard]] Target target_of(std::string_view path);

}  // namespace transload::http
