#pragma once
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/names.hpp"

/// Reads members of documents that we wrote: what is absent or null keeps its default (older versions wrote
/// less), unknown members are ignored (newer ones wrote more), a wrong type is Error "codec.malformed".
/// Only for the .cpp files of this folder.
namespace transload::codec {

[[noreturn]] inline void malformed(std::string_view member, std::string_view expected) {
    throw Error(ErrorKind::failed, "codec.malformed", std::string(member),
                fmt::format("member {} is not {}", member, expected), "");
}

inline const Json* find(const Json& object, const char* member) {
    if (!object.is_object()) malformed(member, "in an object");
    const auto found = object.find(member);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

inline void read(const Json& object, const char* member, std::string& out) {
    if (const Json* value = find(object, member)) {
        if (!value->is_string()) malformed(member, "text");
        out = value->get<std::string>();
    }
}

inline void read(const Json& object, const char* member, bool& out) {
    if (const Json* value = find(object, member)) {
        if (!value->is_boolean()) malformed(member, "true or false");
        out = value->get<bool>();
    }
}

inline void read(const Json& object, const char* member, double& out) {
    if (const Json* value = find(object, member)) {
        if (!value->is_number()) malformed(member, "a number");
        out = value->get<double>();
    }
}

inline void read(const Json& object, const char* member, std::uint64_t& out) {
    if (const Json* value = find(object, member)) {
        if (!value->is_number_unsigned()) malformed(member, "a whole number");
        out = value->get<std::uint64_t>();
    }
}

template <class Choice>
void read_choice(const Json& object, const char* member, Choice& out) {
    std::string word;
    read(object, member, word);
    if (word.empty()) return;
    const std::optional<Choice> choice = from_word<Choice>(word);
    if (!choice) malformed(member, "a known word");
    out = *choice;
}

inline const Json& list(const Json& object, const char* member) {
    static const Json none = Json::array();
    const Json* value = find(object, member);
    if (value == nullptr) return none;
    if (!value->is_array()) malformed(member, "a list");
    return *value;
}

inline void read_texts(const Json& object, const char* member, std::vector<std::string>& out) {
    if (find(object, member) == nullptr) return;
    out.clear();
    for (const Json& item : list(object, member)) {
        if (!item.is_string()) malformed(member, "a list of texts");
        out.push_back(item.get<std::string>());
    }
}

/// null where there is nothing to say, so that readers need not know that empty text means that.
inline Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace transload::codec
