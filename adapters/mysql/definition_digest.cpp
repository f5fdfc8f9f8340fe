#include "adapters/mysql/definition_digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace transload::mysql {

std::string without_auto_increment(std::string_view create_table) {
    constexpr std::string_view option = " AUTO_INCREMENT=";
    // Table options follow the last parenthesis that begins a line.
    const std::size_t options = create_table.rfind("\n)");
    if (options == std::string_view::npos) return std::string(create_table);
    char quote = '\0';
    for (std::size_t i = options; i < create_table.size(); ++i) {
        const char c = create_table[i];
        if (quote != '\0') {
            if (c == quote) quote = '\0';  // a doubled quote closes and opens again
        } else if (c == '\'' || c == '`' || c == '"') {
            quote = c;
        } else if (create_table.substr(i).starts_with(option)) {
            const std::size_t digits = i + option.size();
            std::size_t end = create_table.find_first_not_of("0123456789", digits);
            if (end == std::string_view::npos) end = create_table.size();
            if (end == digits) continue;
            return std::string(create_table.substr(0, i)) + std::string(create_table.substr(end));
        }
    }
    return std::string(create_table);
}

std::string definition_digest(std::string_view create_table) {
    const std::string text = without_auto_increment(create_table);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 failed");
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += digits[digest[i] >> 4];
        hex += digits[digest[i] & 15];
    }
    return hex;
}

}  // namespace transload::mysql
