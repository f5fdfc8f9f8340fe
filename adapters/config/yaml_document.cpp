#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_set>

#include "adapters/config/document.hpp"
#include "adapters/config/syntax.hpp"

namespace transload::config {
namespace {

std::size_t line_of_mark(const YAML::Mark& mark) {
    return mark.is_null() || mark.line < 0 ? 0 : static_cast<std::size_t>(mark.line) + 1;
}

/// Turns the library's tree into ours, counting, because a few aliases can stand for billions of values.
class Converter {
  public:
    explicit Converter(std::string_view name) : name_(name) {}

    Node convert(const YAML::Node& from, std::size_t depth) {
        const std::size_t line = line_of_mark(from.Mark());
        if (depth > max_document_depth)
            throw syntax_error(name_, line, fmt::format("nested deeper than {} levels", max_document_depth));
        if (++nodes_ > max_document_nodes)
            throw syntax_error(name_, line,
                               fmt::format("more than {} values, aliases counted out", max_document_nodes));
        Node node;
        node.line = line;
        switch (from.Type()) {
            case YAML::NodeType::Undefined:
            case YAML::NodeType::Null:
                break;
            case YAML::NodeType::Scalar:
                // The library tags quoted scalars "!" and plain ones "?".
                node.kind = from.Tag() == "!" ? NodeKind::text : NodeKind::word;
                node.text = from.Scalar();
                break;
            case YAML::NodeType::Sequence:
                node.kind = NodeKind::list;
                for (const YAML::Node& item : from) node.items.push_back(convert(item, depth + 1));
                break;
            case YAML::NodeType::Map:
                node = map_of(from, line, depth);
                break;
        }
        return node;
    }

  private:
    Node map_of(const YAML::Node& from, std::size_t line, std::size_t depth) {
        Node node = Node::map();
        node.line = line;
        std::unordered_set<std::string> keys;
        for (const auto& member : from) {
            const std::size_t key_line = line_of_mark(member.first.Mark());
            if (!member.first.IsScalar())
                throw syntax_error(name_, key_line, "a key has to be a word",
                                   "Put values that begin with { or [ in quotes.");
            const std::string& key = member.first.Scalar();
            if (!keys.insert(key).second)
                throw syntax_error(name_, key_line, fmt::format("the key {} is there twice", shown(key)));
            Node value = convert(member.second, depth + 1);
            if (value.line == 0) value.line = key_line;
            node.members.emplace_back(key, std::move(value));
        }
        return node;
    }

    std::string_view name_;
    std::size_t nodes_ = 0;
};

/// YAML forbids tabs as indentation, but the library takes some of them for a part of the text before.
void refuse_tabs(std::string_view text, std::string_view name) {
    std::size_t line = 1;
    bool indentation = true;
    bool tab = false;
    for (const char c : text) {
        if (c == '\n') {
            ++line;
            indentation = true;
            tab = false;
        } else if (indentation && c == '\t') {
            tab = true;
        } else if (indentation && c != ' ') {
            indentation = false;
            if (tab && c != '#' && c != '\r')
                throw syntax_error(name, line, "a tab is not indentation in YAML", "Indent with spaces.");
        }
    }
}

/// What the library says, without the names that it quotes (an unquoted password may look like an alias).
std::string reason(const YAML::Exception& error) {
    constexpr std::string_view anchor = "the referenced anchor is not defined";
    if (error.msg.compare(0, anchor.size(), anchor) == 0) return std::string(anchor);
    return error.msg;
}

}  // namespace

Node parse_yaml(std::string_view text, std::string_view name) {
    check_text(text, name);
    refuse_tabs(text, name);
    try {
        // At the end of the text the library closes an open quote by itself if a line end comes last.
        const std::size_t last = text.find_last_not_of(" \r\n");
        const std::vector<YAML::Node> documents =
            YAML::LoadAll(std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1)));
        if (documents.size() > 1)
            throw syntax_error(name, line_of_mark(documents[1].Mark()), "a second document begins here",
                               "Keep one document per file: remove the line \"---\" and what follows it.");
        Node root = documents.empty() ? Node{} : Converter(name).convert(documents.front(), 0);
        if (root.kind == NodeKind::null) return Node::map();
        if (root.kind != NodeKind::map)
            throw syntax_error(name, root.line, "expected lines of the form \"key: value\"");
        return root;
    } catch (const YAML::Exception& error) {
        throw syntax_error(name, line_of_mark(error.mark), fmt::format("not valid YAML: {}", reason(error)),
                           "Put values that begin with * & ! % @ ` { [ or hold \": \" or \" #\" in quotes.");
    }
}

}  // namespace transload::config
