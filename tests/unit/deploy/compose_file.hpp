#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/config/node.hpp"

namespace transload::test {

/// What a service mounts: `from` is a path of this repository or the name of a volume.
struct Mount {
    std::string from;
    std::string to;
    bool read_only = false;
    [[nodiscard]] bool of_the_host() const { return from.starts_with("./"); }
};

/// docker-compose.yml as the tests ask about it. What is not there fails the test.
class ComposeFile {
  public:
    ComposeFile();

    [[nodiscard]] const config::Node& root() const { return root_; }
    [[nodiscard]] std::vector<std::string> services() const;
    [[nodiscard]] const config::Node& service(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view service, std::string_view key) const;
    [[nodiscard]] std::vector<std::string> list(std::string_view service, std::string_view key) const;
    [[nodiscard]] std::vector<Mount> mounts(std::string_view service) const;
    /// What is mounted at a path of the container.
    [[nodiscard]] Mount mount_at(std::string_view service, std::string_view path) const;
    /// The health check's words, with `$$` as the shell will see it.
    [[nodiscard]] std::vector<std::string> health_check(std::string_view service) const;

  private:
    config::Node root_;
};

/// The member, which has to be there.
[[nodiscard]] const config::Node& member(const config::Node& node, std::string_view key);

/// "512m", "1g" in bytes.
[[nodiscard]] double bytes(const std::string& size);

}  // namespace transload::test
