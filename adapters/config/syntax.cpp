#include "adapters/config/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/config/document.hpp"

namespace transload::config {
namespace {

/// Length of the UTF-8 sequence at the start of `text`; 0 when it is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool surrogate = first == 0xed && byte(1) >= 0xa0;
    const bool too_big = first == 0xf4 && byte(1) >= 0x90;
    return overlong || surrogate || too_big ? 0 : length;
}

}  // namespace

Error syntax_error(std::string_view name, std::size_t line, std::string_view message,
                   std::string_view remedy) {
    return config_error("config.syntax", line == 0 ? std::string(name) : fmt::format("{}:{}", name, line),
                        message, remedy);
}

void check_text(std::string_view text, std::string_view name) {
    if (text.size() > max_document_bytes)
        throw syntax_error(name, 0, fmt::format("bigger than {} bytes", max_document_bytes));
    for (std::size_t offset = 0; offset < text.size();) {
        const std::size_t length = sequence_length(text.substr(offset));
        if (length == 0 || text[offset] == '\0')
            throw syntax_error(name, line_of(text, offset), "not UTF-8 text", "Save the file as UTF-8.");
        offset += length;
    }
}

std::size_t line_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
}

}  // namespace transload::config
