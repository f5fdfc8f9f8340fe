#include "adapters/config/document.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include "adapters/config/config_error.hpp"

namespace transload::config {

Node read_document(const std::filesystem::path& file) {
    const std::string name = file.string();
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        throw config_error("config.file", name, "is a folder, not a file");
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        throw config_error("config.file", name, fmt::format("can't be read: {}", std::strerror(errno)),
                           "Check the path and its permissions.");
    // one byte more than allowed, so that the parser sees that it is too much
    std::string text(max_document_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) throw config_error("config.file", name, "can't be read to its end");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return file.extension() == ".json" ? parse_json(text, name) : parse_yaml(text, name);
}

}  // namespace transload::config
