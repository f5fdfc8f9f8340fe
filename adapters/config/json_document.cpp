#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <unordered_set>
#include <vector>

#include "adapters/config/document.hpp"
#include "adapters/config/syntax.hpp"

namespace transload::config {
namespace {

/// Builds nodes from what the parser sees; keeps numbers as they were written.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
  public:
    Builder(std::string_view text, std::string_view name) : text_(text), name_(name) {}

    Node take() { return std::move(root_); }

    bool null() override { return add(NodeKind::null, {}); }
    bool boolean(bool value) override { return add(NodeKind::boolean, value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override {
        return add(NodeKind::number, std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return add(NodeKind::number, std::to_string(value));
    }
    bool number_float(number_float_t, const string_t& written) override {
        return add(NodeKind::number, written);
    }
    bool string(string_t& value) override { return add(NodeKind::text, std::move(value)); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(Node::map()); }
    bool start_array(std::size_t) override { return open(Node::list()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& value) override {
        if (!open_.back().keys.insert(value).second)
            throw syntax_error(name_, 0, fmt::format("the key {} is there twice", shown(value)));
        key_ = std::move(value);
        return true;
    }

    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& error) override {
        // The library's own message quotes the text around the error.
        const std::size_t line = line_of(text_, position > 0 ? position - 1 : 0);
        if (error.id == 406) throw syntax_error(name_, line, "a number is out of every range");
        throw syntax_error(name_, line, "not valid JSON",
                           "Check commas, quotes and brackets near that line.");
    }

  private:
    struct Open {
        Node* node;
        std::unordered_set<std::string> keys;  ///< of a map, so far: to look through its members for each would take for ever
    };

    Node& place() {
        if (++nodes_ > max_document_nodes)
            throw syntax_error(name_, 0, fmt::format("more than {} values", max_document_nodes));
        if (open_.empty()) return root_;
        Node& parent = *open_.back().node;
        if (parent.kind == NodeKind::list) return parent.items.emplace_back();
        return parent.members.emplace_back(std::move(key_), Node{}).second;
    }

    bool add(NodeKind kind, std::string text) {
        Node& node = place();
        node.kind = kind;
        node.text = std::move(text);
        return true;
    }

    bool open(Node node) {
        if (open_.size() >= max_document_depth)
            throw syntax_error(name_, 0, fmt::format("nested deeper than {} levels", max_document_depth));
        Node& placed = place();
        placed = std::move(node);
        // Stays valid: a parent's vector does not grow while one of its children is open.
        open_.push_back({&placed, {}});
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    std::string_view text_;
    std::string_view name_;
    Node root_;
    std::string key_;
    std::vector<Open> open_;
    std::size_t nodes_ = 0;
};

}  // namespace

Node parse_json(std::string_view text, std::string_view name) {
    check_text(text, name);
    Builder builder(text, name);
    if (!nlohmann::json::sax_parse(text, &builder)) throw syntax_error(name, 0, "not valid JSON");
    Node root = builder.take();
    if (root.kind != NodeKind::map) throw syntax_error(name, 0, "expected a JSON object { … }");
    return root;
}

}  // namespace transload::config
