#pragma once
#include <httplib.h>

#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/target.hpp"

namespace transload::http {

/// The switch that a command takes, in its query or as the one member of its body: "dry_run" of a cutover, "repair" of a
/// retry, nothing of the others.
[[nodiscard]] std::string_view switch_of(Trigger trigger);

/// True when the request says that a body follows. Throws Error{usage, "query.value"} when it does not say so plainly: what is
/// read as no body here might be one for whoever sent it.
[[nodiscard]] bool announces_body(const httplib::Request& request);

/// What a command's body says of its switch; nullopt when it is silent. A command must never be carried out as something else
/// than was meant, so whatever is not empty, `{}` or `{"<switch>": true|false}` is Error{usage, "query.…"} with a remedy.
[[nodiscard]] std::optional<bool> switch_in_body(const std::string& body, Trigger trigger);

}  // namespace transload::http
