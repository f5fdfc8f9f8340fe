#include "adapters/config/node.hpp"

namespace transload::config {
namespace {

/// The node at a dotted path, made of maps on the way.
Node& at(Node& root, std::string_view path, Origin origin) {
    Node* node = &root;
    while (!path.empty()) {
        const auto dot = path.find('.');
        const std::string_view key = path.substr(0, dot);
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
        if (node->kind != NodeKind::map) {
            *node = Node::map();
            node->origin = origin;
        }
        Node* member = node->find(key);
        if (member == nullptr) {
            node->members.emplace_back(std::string(key), Node{});
            member = &node->members.back().second;
            member->origin = origin;
        }
        node = member;
    }
    return *node;
}

}  // namespace

Node Node::map() {
    Node node;
    node.kind = NodeKind::map;
    return node;
}

Node Node::list() {
    Node node;
    node.kind = NodeKind::list;
    return node;
}

Node Node::word(std::string text, Origin origin) {
    Node node;
    node.kind = NodeKind::word;
    node.text = std::move(text);
    node.origin = origin;
    return node;
}

const Node* Node::find(std::string_view key) const {
    for (const auto& [name, member] : members)
        if (name == key) return &member;
    return nullptr;
}

Node* Node::find(std::string_view key) {
    for (auto& [name, member] : members)
        if (name == key) return &member;
    return nullptr;
}

void set(Node& root, std::string_view path, std::string text, Origin origin) {
    at(root, path, origin) = Node::word(std::move(text), origin);
}

void append(Node& root, std::string_view path, std::string text, Origin origin) {
    Node& node = at(root, path, origin);
    if (node.kind != NodeKind::list || node.origin != origin) {
        node = Node::list();
        node.origin = origin;
    }
    node.items.push_back(Node::word(std::move(text), origin));
}

void merge(Node& base, Node over) {
    if (base.kind != NodeKind::map || over.kind != NodeKind::map) {
        base = std::move(over);
        return;
    }
    for (auto& [key, member] : over.members) {
        if (Node* known = base.find(key))
            merge(*known, std::move(member));
        else
            base.members.emplace_back(key, std::move(member));
    }
}

}  // namespace transload::config
