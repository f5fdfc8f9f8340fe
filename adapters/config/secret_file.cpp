#include "adapters/config/secret_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "adapters/config/config_error.hpp"

namespace transload::config {

Secret read_secret_file(const std::string& file, std::string_view path) {
    constexpr std::size_t most = 4096;
    const auto refuse = [&](std::string_view why) {
        return config_error("config.file", path, fmt::format("{} {}", shown(file), why),
                            "Name a readable file that holds nothing but the secret, on one line.");
    };
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) throw refuse("is a folder");
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw refuse(fmt::format("can't be read: {}", std::strerror(errno)));
    std::array<char, most + 1> buffer{};
    stream.read(buffer.data(), buffer.size());
    std::string content(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    std::memset(buffer.data(), 0, buffer.size());
    Secret whole{content.size() > most ? std::string{} : content};
    std::string_view line = whole.reveal();
    if (content.size() > most) throw refuse("is bigger than 4 KiB");
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) throw refuse("is empty");
    if (line.find_first_of(std::string_view("\n\0", 2)) != std::string_view::npos)
        throw refuse("has more than one line");
    return Secret(std::string(line));
}

}  // namespace transload::config
