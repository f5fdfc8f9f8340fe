#pragma once
#include <functional>
#include <string_view>

namespace transload::native {

/// Places where a crash would hurt most, by name. Tests set the hook before a stream begins and throw from it, which
/// ends the stream there and then, as a crash would: nothing is rolled back or recorded by the stream itself.
inline std::function<void(std::string_view)> on_named_point;

inline void named_point(std::string_view name) {
    if (on_named_point) on_named_point(name);
}

}  // namespace transload::native
