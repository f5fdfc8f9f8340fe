#include "tests/follow/ending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace transload::test {
namespace {

using nlohmann::json;

/// Liquibase has errors of its own for a connection that went, and one for a change that was cut off in the middle.
constexpr std::array<std::string_view, 5> server_was_away{"mysql.unreachable", "mysql.connection_lost", "mysql.shutdown",
                                                          "liquibase.connection", "liquibase.failed"};

}  // namespace

std::string unexcused_ending(const ProcessResult& result) {
    const std::string code = fmt::format("exit code {}", result.exit_code);
    // 1: failed. 3: failed before anything was changed.
    if (result.exit_code != 1 && result.exit_code != 3) return code;
    if (!json::accept(result.out)) return code + " without a report";
    const json failure = json::parse(result.out).value("failure", json());
    if (!failure.is_object()) return code + " without a failure";
    const std::string id = failure.value("id", "");
    if (std::find(server_was_away.begin(), server_was_away.end(), id) != server_was_away.end()) return {};
    return fmt::format("{}, {}: {}", code, id, failure.value("message", ""));
}

}  // namespace transload::test
