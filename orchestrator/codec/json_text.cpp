#include "orchestrator/codec/json_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orchestrator/plan/error.hpp"

namespace transload {

std::string json_text(const Json& document, JsonLayout layout) {
    return document.dump(layout == JsonLayout::indented ? 2 : -1, ' ', false, Json::error_handler_t::replace);
}

Json parse_own_json(std::string_view text, std::string_view what) {
    Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded())
        throw Error(ErrorKind::failed, "codec.malformed", std::string(what),
                    fmt::format("{} is not valid JSON", what), "");
    return document;
}

std::string valid_utf8(std::string_view value) {
    const std::string quoted = json_text(Json(std::string(value)));
    return Json::parse(quoted).get<std::string>();
}

}  // namespace transload
