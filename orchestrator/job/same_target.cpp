#include "orchestrator/job/same_target.hpp"

#include <algorithm>
#include <cctype>

namespace transload {

bool same_target(const JobSpec& one, const JobSpec& other) {
    return one.target.host == other.target.host && one.target.port == other.target.port;
}

std::string target_key(std::string table) {
    std::transform(table.begin(), table.end(), table.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return table;
}

}  // namespace transload
