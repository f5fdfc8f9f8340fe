#include "adapters/http/command_body.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::http {
namespace {

Error body_error(const char* id, const std::string& name, std::string_view message, Trigger trigger) {
    const std::string_view known = switch_of(trigger);
    const std::string shown = valid_utf8(name.substr(0, 60));
    return Error(ErrorKind::usage, id, shown, fmt::format("{}: {}", shown, message),
                 known.empty() ? fmt::format("Send {} without a body.", to_string(trigger))
                               : fmt::format("Send {{\"{}\": true}}, or add ?{}=true to the address and send no body.", known,
                                             known));
}

/// The members of the one object that the body is. The library would keep the last of two that have one name.
Json members_of(const std::string& body, Trigger trigger) {
    std::set<std::string> seen;
    const auto look = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > 1) throw body_error("query.value", "body", "nothing in a command's body is a list or an object", trigger);
        if (event == Json::parse_event_t::key && !seen.insert(parsed.get<std::string>()).second)
            throw body_error("query.twice", parsed.get<std::string>(), "given twice", trigger);
        return true;
    };
    Json document = Json::parse(body, look, false);
    if (!document.is_object()) throw body_error("query.value", "body", "expected a JSON object", trigger);
    return document;
}

}  // namespace

std::string_view switch_of(Trigger trigger) {
    switch (trigger) {
        case Trigger::cutover:
            return "dry_run";
        case Trigger::retry:
            return "repair";
        default:
            return {};
    }
}

bool announces_body(const httplib::Request& request) {
    if (request.has_header("Transfer-Encoding")) return true;
    const std::size_t given = request.get_header_value_count("Content-Length");
    const std::string length = request.get_header_value("Content-Length");
    if (given > 1 || (given == 1 && (length.empty() || length.find_first_not_of("0123456789") != std::string::npos)))
        throw Error(ErrorKind::usage, "query.value", "Content-Length", "Content-Length: expected one number", "");
    return length.find_first_not_of('0') != std::string::npos;
}

std::optional<bool> switch_in_body(const std::string& body, Trigger trigger) {
    if (body.empty()) return std::nullopt;
    const std::string_view known = switch_of(trigger);
    std::optional<bool> given;
    const Json members = members_of(body, trigger);
    for (const auto& [name, value] : members.items()) {
        if (name != known)
            throw body_error("query.unknown", name,
                             known.empty() ? std::string("this command takes nothing in its body")
                                           : fmt::format("unknown; a body may hold {}", known),
                             trigger);
        if (!value.is_boolean()) throw body_error("query.value", name, "expected true or false", trigger);
        given = value.get<bool>();
    }
    return given;
}

}  // namespace transload::http
