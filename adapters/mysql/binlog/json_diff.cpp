#include "adapters/mysql/binlog/json_diff.hpp"

#include <algorithm>
#include <charconv>

#include "adapters/mysql/binlog/byte_reader.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::binlog {
namespace {

using Kind = JsonNode::Kind;
using Operation = JsonDiff::Operation;

/// One leg of a path: a member's name or an element's index.
struct Leg {
    bool member = false;
    std::string name;
    std::size_t index = 0;
};

void append_utf8(unsigned code, std::string& out) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xe0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

/// A name in quotes, with JSON's escapes; the reader stands behind the first quote.
std::string quoted_name(ByteReader& reader) {
    std::string name;
    while (true) {
        const auto c = static_cast<char>(reader.u8());
        if (c == '"') return name;
        if (c != '\\') {
            name += c;
            continue;
        }
        const auto escaped = static_cast<char>(reader.u8());
        switch (escaped) {
            case 'b': name += '\b'; break;
            case 'f': name += '\f'; break;
            case 'n': name += '\n'; break;
            case 'r': name += '\r'; break;
            case 't': name += '\t'; break;
            case 'u': {
                const std::string_view digits = reader.bytes(4);
                unsigned code = 0;
                if (std::from_chars(digits.data(), digits.data() + 4, code, 16).ptr != digits.data() + 4)
                    ByteReader::fail("a JSON path that is none");
                append_utf8(code, name);
                break;
            }
            default: name += escaped;
        }
    }
}

std::vector<Leg> legs_of(std::string_view path) {
    ByteReader reader(path);
    if (reader.u8() != '$') ByteReader::fail("a JSON path that is none");
    std::vector<Leg> legs;
    while (!reader.empty()) {
        Leg& leg = legs.emplace_back();
        const auto begin = static_cast<char>(reader.u8());
        const std::string_view rest = reader.rest();
        if (begin == '[') {
            const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), leg.index).ptr;
            reader.skip(static_cast<std::size_t>(end - rest.data()));
            if (reader.u8() != ']') ByteReader::fail("a JSON path that is none");
        } else if (begin == '.') {
            leg.member = true;
            if (rest.starts_with('"')) {
                reader.skip(1);
                leg.name = quoted_name(reader);
            } else {
                leg.name = reader.bytes(std::min(rest.find_first_of(".["), rest.size()));
            }
        } else {
            ByteReader::fail("a JSON path that is none");
        }
    }
    return legs;
}

JsonNode* find(JsonNode& parent, const Leg& leg) {
    if (leg.member) {
        if (parent.kind != Kind::object) return nullptr;
        const auto name = std::find(parent.names.begin(), parent.names.end(), std::string_view(leg.name));
        return name == parent.names.end() ? nullptr : &parent.items[static_cast<std::size_t>(name - parent.names.begin())];
    }
    // A scalar counts as an array of itself.
    if (parent.kind != Kind::array) return leg.index == 0 ? &parent : nullptr;
    return leg.index < parent.items.size() ? &parent.items[leg.index] : nullptr;
}

/// Names stand by length first, then by bytes.
bool before(std::string_view a, std::string_view b) { return a.size() != b.size() ? a.size() < b.size() : a < b; }

void insert(JsonNode& parent, const Leg& leg, std::string_view name, const JsonNode& value) {
    if (leg.member) {
        if (parent.kind != Kind::object) ByteReader::fail("a JSON change that does not fit the document");
        const auto place = std::lower_bound(parent.names.begin(), parent.names.end(), name, before);
        const auto at = place - parent.names.begin();
        parent.names.insert(place, name);
        parent.items.insert(parent.items.begin() + at, value);
        return;
    }
    if (parent.kind != Kind::array) {
        JsonNode array;
        array.kind = Kind::array;
        array.items.push_back(std::move(parent));
        parent = std::move(array);
    }
    const std::size_t at = std::min(leg.index, parent.items.size());
    parent.items.insert(parent.items.begin() + static_cast<std::ptrdiff_t>(at), value);
}

void remove(JsonNode& parent, const Leg& leg) {
    if (leg.member && parent.kind == Kind::object) {
        const auto name = std::find(parent.names.begin(), parent.names.end(), std::string_view(leg.name));
        if (name != parent.names.end()) {
            parent.items.erase(parent.items.begin() + (name - parent.names.begin()));
            parent.names.erase(name);
            return;
        }
    } else if (!leg.member && parent.kind == Kind::array && leg.index < parent.items.size()) {
        parent.items.erase(parent.items.begin() + static_cast<std::ptrdiff_t>(leg.index));
        return;
    }
    ByteReader::fail("a JSON change that does not fit the document");
}

/// Every '%' of the text means itself in a patch.
void append_doubled(std::string_view text, std::string& out) {
    for (const char c : text) {
        if (c == '%') out += '%';
        out += c;
    }
}

}  // namespace

std::vector<JsonDiff> read_json_diffs(std::string_view bytes) {
    std::vector<JsonDiff> diffs;
    ByteReader reader(bytes);
    while (!reader.empty()) {
        JsonDiff& diff = diffs.emplace_back();
        const std::uint8_t operation = reader.u8();
        if (operation > 2) ByteReader::fail("a JSON change of a kind that is not known");
        diff.operation = static_cast<Operation>(operation);
        diff.path = reader.length_encoded_bytes();
        if (diff.operation != Operation::remove) diff.value = read_json(reader.length_encoded_bytes());
    }
    return diffs;
}

void apply(const std::vector<JsonDiff>& diffs, JsonNode& document, std::deque<std::string>& names) {
    for (const JsonDiff& diff : diffs) {
        const std::vector<Leg> legs = legs_of(diff.path);
        if (legs.empty()) {
            if (diff.operation != Operation::replace) ByteReader::fail("a JSON change that does not fit the document");
            document = diff.value;
            continue;
        }
        JsonNode* parent = &document;
        for (std::size_t i = 0; i + 1 < legs.size(); ++i) {
            parent = find(*parent, legs[i]);
            if (parent == nullptr) ByteReader::fail("a JSON change that does not fit the document");
        }
        const Leg& last = legs.back();
        switch (diff.operation) {
            case Operation::replace: {
                JsonNode* const place = find(*parent, last);
                if (place == nullptr) ByteReader::fail("a JSON change that does not fit the document");
                *place = diff.value;
                break;
            }
            case Operation::insert:
                insert(*parent, last, last.member ? std::string_view(names.emplace_back(last.name)) : std::string_view(),
                       diff.value);
                break;
            case Operation::remove: remove(*parent, last); break;
        }
    }
}

std::string patch_expression(const std::vector<JsonDiff>& diffs) {
    std::string expression = "%c";
    for (const JsonDiff& diff : diffs) {
        const char* function = "JSON_REPLACE(";
        if (diff.operation == Operation::remove) function = "JSON_REMOVE(";
        if (diff.operation == Operation::insert)
            function = diff.path.ends_with(']') ? "JSON_ARRAY_INSERT(" : "JSON_INSERT(";
        std::string value;
        if (diff.operation != Operation::remove) append_json_expression(diff.value, value);
        std::string outer = function + expression + ", ";
        append_doubled(quote_text(diff.path), outer);
        if (!value.empty()) {
            outer += ", ";
            append_doubled(value, outer);
        }
        expression = outer + ")";
    }
    return expression;
}

}  // namespace transload::mysql::binlog
