#include "tests/unit/deploy/compose_file.hpp"

#include <catch2/catch.hpp>

#include "adapters/config/document.hpp"
#include "tests/support/temp_dir.hpp"

namespace transload::test {

const config::Node& member(const config::Node& node, std::string_view key) {
    const config::Node* found = node.find(key);
    INFO("looking for " << key);
    REQUIRE(found != nullptr);
    return *found;
}

ComposeFile::ComposeFile() : root_(config::read_document(source_dir() / "docker-compose.yml")) {}

std::vector<std::string> ComposeFile::services() const {
    std::vector<std::string> names;
    for (const auto& [name, node] : member(root_, "services").members) names.push_back(name);
    return names;
}

const config::Node& ComposeFile::service(std::string_view name) const {
    return member(member(root_, "services"), name);
}

std::string ComposeFile::text(std::string_view service_name, std::string_view key) const {
    return member(service(service_name), key).text;
}

std::vector<std::string> ComposeFile::list(std::string_view service_name, std::string_view key) const {
    std::vector<std::string> texts;
    for (const config::Node& item : member(service(service_name), key).items) texts.push_back(item.text);
    return texts;
}

std::vector<Mount> ComposeFile::mounts(std::string_view service_name) const {
    std::vector<Mount> mounts;
    for (const std::string& text : list(service_name, "volumes")) {
        Mount mount;
        const std::size_t colon = text.find(':');
        REQUIRE(colon != std::string::npos);
        mount.from = text.substr(0, colon);
        mount.to = text.substr(colon + 1);
        if (mount.to.ends_with(":ro")) {
            mount.read_only = true;
            mount.to.resize(mount.to.size() - 3);
        }
        mounts.push_back(std::move(mount));
    }
    return mounts;
}

Mount ComposeFile::mount_at(std::string_view service_name, std::string_view path) const {
    for (const Mount& mount : mounts(service_name))
        if (mount.to == path) return mount;
    FAIL(service_name << " mounts nothing at " << path);
    return {};
}

std::vector<std::string> ComposeFile::health_check(std::string_view service_name) const {
    std::vector<std::string> words;
    for (const config::Node& item : member(member(service(service_name), "healthcheck"), "test").items) {
        std::string word = item.text;
        for (std::size_t at = word.find("$$"); at != std::string::npos; at = word.find("$$", at + 1)) word.erase(at, 1);
        words.push_back(std::move(word));
    }
    return words;
}

double bytes(const std::string& size) {
    std::size_t used = 0;
    const double number = std::stod(size, &used);
    const std::string unit = size.substr(used);
    if (unit == "m") return number * 1024 * 1024;
    REQUIRE(unit == "g");
    return number * 1024 * 1024 * 1024;
}

}  // namespace transload::test
