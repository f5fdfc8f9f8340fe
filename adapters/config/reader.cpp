#include "adapters/config/reader.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "adapters/config/config_error.hpp"
#include "adapters/config/units.hpp"

namespace transload::config {
namespace {

/// A key as a path shows it: as it is where it is harmless, quoted and cut otherwise.
std::string valid_key(const std::string& key) {
    constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const bool plain =
        key.size() <= 60 && !key.empty() && key.find_first_not_of(harmless) == std::string::npos;
    return plain ? key : shown(key);
}

}  // namespace

void Value::wrong_type(std::string_view expected) const {
    throw config_error("config.type", path_, fmt::format("expected {}, got {}", expected, got()));
}

void Value::wrong_value(std::string_view message, std::string_view remedy) const {
    throw config_error("config.value", path_, message, remedy);
}

void Value::wrong_word(const std::vector<std::string_view>& known) const {
    if (!scalar()) wrong_type(alternatives(known));
    throw config_error(
        "config.value", path_,
        fmt::format("expected {}, got {}{}", alternatives(known), got(), did_you_mean(node_->text, known)));
}

std::string Value::got() const {
    switch (node_->kind) {
        case NodeKind::null:
            return "nothing";
        case NodeKind::word:
        case NodeKind::text:
            return shown(node_->text);
        case NodeKind::boolean:
            return node_->text;
        case NodeKind::number:
            return node_->text.substr(0, 40);
        case NodeKind::list:
            return "a list";
        case NodeKind::map:
            return "a map";
    }
    return "?";
}

std::string Value::text() const {
    if (!scalar()) wrong_type("text");
    if (node_->text.empty()) wrong_value("is empty");
    if (node_->text.find('\0') != std::string::npos) wrong_value("holds a NUL character");
    return node_->text;
}

Secret Value::secret() const {
    if (!scalar()) throw config_error("config.type", path_, "expected text", "Put it in quotes.");
    if (node_->text.find('\0') != std::string::npos) wrong_value("holds a NUL character");
    return Secret(node_->text);
}

bool Value::boolean() const {
    const bool possible = node_->kind == NodeKind::boolean || node_->kind == NodeKind::word;
    if (possible && node_->text == "true") return true;
    if (possible && node_->text == "false") return false;
    wrong_type("true or false");
}

std::uint64_t Value::in_range(std::optional<std::uint64_t> parsed, std::uint64_t min, std::uint64_t max,
                              std::string_view expected) const {
    if (parsed && *parsed >= min && *parsed <= max) return *parsed;
    const bool number = parsed || node_->kind == NodeKind::number;
    throw config_error(number ? "config.value" : "config.type", path_,
                       fmt::format("expected {}, got {}", expected, got()));
}

std::uint64_t Value::count(std::uint64_t min, std::uint64_t max) const {
    return in_range(numeric() ? parse_count(node_->text) : std::nullopt, min, max,
                    fmt::format("a number from {} to {}", min, max));
}

double Value::share() const {
    double value = 0;
    if (numeric() && !node_->text.empty()) {
        char* end = nullptr;
        value = std::strtod(node_->text.c_str(), &end);
        if (*end != '\0') value = 0;
    }
    if (!(value > 0.0 && value <= 1.0)) wrong_type("a share above 0 and up to 1");
    return value;
}

std::uint64_t Value::bytes(std::uint64_t min, std::uint64_t max) const {
    return in_range(scalar() || numeric() ? parse_bytes(node_->text) : std::nullopt, min, max,
                    fmt::format("a size such as 128MiB, from {} to {} bytes", min, max));
}

std::chrono::milliseconds Value::duration(std::chrono::milliseconds min,
                                          std::chrono::milliseconds max) const {
    const auto parsed = scalar() || numeric() ? parse_duration(node_->text) : std::nullopt;
    if (!parsed) wrong_type("a duration such as 500ms, 5s or 10m");
    if (*parsed < min || *parsed > max)
        throw config_error("config.value", path_,
                           fmt::format("expected a duration from {}ms to {}s, got {}", min.count(),
                                       max.count() / 1000, got()));
    return *parsed;
}

std::vector<std::string> Value::texts() const {
    std::vector<std::string> result;
    if (node_->kind == NodeKind::word && node_->origin != Origin::file) {
        for (std::size_t from = 0; from <= node_->text.size();) {
            const std::size_t comma = std::min(node_->text.find(',', from), node_->text.size());
            if (comma == from) wrong_value("a name between the commas is missing");
            result.push_back(node_->text.substr(from, comma - from));
            from = comma + 1;
        }
        return result;
    }
    for (const Value& item : items()) result.push_back(item.text());
    return result;
}

std::vector<Value> Value::items() const {
    if (!is_list()) wrong_type("a list");
    std::vector<Value> result;
    for (std::size_t i = 0; i < node_->items.size(); ++i)
        result.emplace_back(node_->items[i], fmt::format("{}[{}]", path_, i));
    return result;
}

MapReader::MapReader(const Node& node, std::string path, const std::vector<std::string_view>& keys)
    : node_(&node), path_(std::move(path)) {
    if (node.kind != NodeKind::map) Value(node, path_).wrong_type("a map");
    for (const auto& [key, member] : node.members) {
        bool found = false;
        for (const std::string_view candidate : keys) found = found || candidate == key;
        if (found) continue;
        const std::string where = member.line > 0 ? fmt::format(" in line {}", member.line) : "";
        throw config_error("config.unknown_key", path_of(valid_key(key)),
                           fmt::format("unknown key{}{}", where, did_you_mean(key, keys)),
                           fmt::format("Known here: {}.", fmt::join(keys, ", ")));
    }
}

std::optional<Value> MapReader::get(std::string_view key) const {
    const Node* member = node_->find(key);
    if (member == nullptr) return std::nullopt;
    return Value(*member, path_of(key));
}

std::string MapReader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

}  // namespace transload::config
