#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace transload::config {

/// Where a value was given; a later one wins over an earlier one.
enum class Origin { file, environment, flag };

enum class NodeKind {
    null,
    word,     ///< text without quotes (YAML, environment, flag): read as whatever its key expects
    text,     ///< quoted text: never a number or a boolean
    boolean,  ///< JSON true or false; `text` says which
    number,   ///< JSON number; `text` is as it was written
    list,
    map,
};

/// A document on its way to typed options: what YAML, JSON, the environment and flags have in common.
struct Node {
    NodeKind kind = NodeKind::null;
    std::string text;
    std::vector<Node> items;
    std::vector<std::pair<std::string, Node>> members;  ///< in the order of the document, keys unique
    Origin origin = Origin::file;
    std::size_t line = 0;  ///< in its file, from 1; 0 = unknown

    [[nodiscard]] static Node map();
    [[nodiscard]] static Node list();
    [[nodiscard]] static Node word(std::string text, Origin origin);

    /// The member of that name; nullptr when there is none or this is no map.
    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] Node* find(std::string_view key);
};

/// Sets what is at a dotted path ("limits.workers") to a word, making maps on the way. What stood there, or
/// stood in the way as a scalar, is replaced.
void set(Node& root, std::string_view path, std::string text, Origin origin);

/// Appends a word to the list at a dotted path. A list of an earlier origin is replaced first: flags given
/// several times add up among themselves, but override the file.
void append(Node& root, std::string_view path, std::string text, Origin origin);

/// Lays `over` on `base`: maps are merged member by member, anything else is replaced.
void merge(Node& base, Node over);

}  // namespace transload::config
