#include "orchestrator/job/job_id.hpp"

#include <algorithm>

namespace transload {

bool JobId::valid() const noexcept {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !value_.empty() && value_.size() <= 64 && std::all_of(value_.begin(), value_.end(), allowed);
}

}  // namespace transload
