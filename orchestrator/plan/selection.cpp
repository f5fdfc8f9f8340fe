#include "orchestrator/plan/selection.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <string>

namespace transload {

bool glob_match(std::string_view pattern, std::string_view text) {
    return ::fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), 0) == 0;
}

bool selects(const Selection& selection, std::string_view database, std::string_view object) {
    const std::string qualified = std::string(database) + "." + std::string(object);
    const auto matches = [&](const std::string& pattern) {
        return glob_match(pattern, object) || glob_match(pattern, qualified);
    };
    return std::any_of(selection.include.begin(), selection.include.end(), matches) &&
           std::none_of(selection.exclude.begin(), selection.exclude.end(), matches);
}

}  // namespace transload
