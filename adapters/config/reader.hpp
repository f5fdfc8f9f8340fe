#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/config/node.hpp"
#include "orchestrator/plan/names.hpp"
#include "orchestrator/plan/secret.hpp"

namespace transload::config {

/// A value and the path that leads to it. Every read throws Error (see config_error.hpp) with that path when
/// the value is of another type or out of its range.
class Value {
  public:
    Value(const Node& node, std::string path) : node_(&node), path_(std::move(path)) {}

    [[nodiscard]] const Node& node() const noexcept { return *node_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] bool is_map() const noexcept { return node_->kind == NodeKind::map; }
    [[nodiscard]] bool is_list() const noexcept { return node_->kind == NodeKind::list; }

    /// Not empty, no NUL.
    [[nodiscard]] std::string text() const;
    /// As text(), may be empty; errors do not show the value.
    [[nodiscard]] Secret secret() const;
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::uint64_t count(std::uint64_t min, std::uint64_t max) const;
    [[nodiscard]] double share() const;  ///< 0 < share <= 1
    [[nodiscard]] std::uint64_t bytes(std::uint64_t min, std::uint64_t max) const;
    [[nodiscard]] std::chrono::milliseconds duration(std::chrono::milliseconds min,
                                                     std::chrono::milliseconds max) const;
    /// A list of texts. A word from a flag or the environment is split at commas.
    [[nodiscard]] std::vector<std::string> texts() const;
    [[nodiscard]] std::vector<Value> items() const;

    template <class Choice>
    [[nodiscard]] Choice choice() const {
        const std::optional<Choice> known = scalar() ? from_word<Choice>(node_->text) : std::nullopt;
        if (!known) wrong_word(words<Choice>());
        return *known;
    }

    /// Throws "config.type": expected …, got ….
    [[noreturn]] void wrong_type(std::string_view expected) const;
    /// Throws "config.value".
    [[noreturn]] void wrong_value(std::string_view message, std::string_view remedy = {}) const;

  private:
    [[nodiscard]] bool scalar() const noexcept {
        return node_->kind == NodeKind::word || node_->kind == NodeKind::text;
    }
    [[nodiscard]] bool numeric() const noexcept {
        return node_->kind == NodeKind::word || node_->kind == NodeKind::number;
    }
    [[noreturn]] void wrong_word(const std::vector<std::string_view>& known) const;
    [[nodiscard]] std::string got() const;
    /// The number as `parsed` when it lies in the range; throws otherwise.
    [[nodiscard]] std::uint64_t in_range(std::optional<std::uint64_t> parsed, std::uint64_t min,
                                         std::uint64_t max, std::string_view expected) const;

    const Node* node_;
    std::string path_;
};

/// A map whose keys are known. Throws "config.type" when the node is no map, "config.unknown_key" for any
/// other key (and names the one that was probably meant).
class MapReader {
  public:
    MapReader(const Node& node, std::string path, const std::vector<std::string_view>& keys);

    [[nodiscard]] std::optional<Value> get(std::string_view key) const;
    [[nodiscard]] std::string path_of(std::string_view key) const;

  private:
    const Node* node_;
    std::string path_;
};

}  // namespace transload::config
