#include "adapters/native/indexing/auto_increment.hpp"

namespace transload::native {

std::optional<std::string> auto_increment_of(std::string_view show_create) {
    // Line breaks in comments and defaults are printed as \n, so the options begin at the only "\n) ".
    const std::size_t options = show_create.rfind("\n) ");
    if (options == std::string_view::npos) return std::nullopt;
    std::string_view rest = show_create.substr(options);
    // What users write comes behind COMMENT=, where the words could be anything.
    rest = rest.substr(0, rest.find(" COMMENT='"));
    constexpr std::string_view word = " AUTO_INCREMENT=";
    const std::size_t at = rest.find(word);
    if (at == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(at + word.size());
    return std::string(rest.substr(0, rest.find_first_not_of("0123456789")));
}

}  // namespace transload::native
