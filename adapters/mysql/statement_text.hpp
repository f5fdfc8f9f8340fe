#pragma once
#include <string>
#include <string_view>

namespace transload::mysql {

/// `sql` with strings and numbers replaced by '?', at most 100 characters of it: rows are nobody's business.
[[nodiscard]] std::string without_values(std::string_view sql);

}  // namespace transload::mysql
