#include "adapters/process/program_search.hpp"

#include <unistd.h>

#include <cstdlib>

namespace transload::process {

std::string environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::string() : std::string(value);
}

bool is_executable(const std::filesystem::path& file) {
    std::error_code code;
    return std::filesystem::is_regular_file(file, code) && ::access(file.c_str(), X_OK) == 0;
}

std::optional<std::filesystem::path> find_in_path(std::string_view name) {
    const std::string path = environment("PATH");
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        // An empty entry means the current folder, which nobody wants to run programs from by accident.
        if (end > begin) {
            std::filesystem::path candidate = std::filesystem::path(path.substr(begin, end - begin)) / name;
            if (is_executable(candidate)) return candidate;
        }
        begin = end + 1;
    }
    return std::nullopt;
}

}  // namespace transload::process
