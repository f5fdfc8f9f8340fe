#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace transload::native {

/// The counter in the table options of a SHOW CREATE TABLE text; nullopt when it prints none.
[[nodiscard]] std::optional<std::string> auto_increment_of(std::string_view show_create);

}  // namespace transload::native
