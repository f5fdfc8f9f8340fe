#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/error.hpp"

/// Errors of this folder are Error{usage}: `object` is the path of the key ("limits.workers"), the message
/// begins with it, and no message ever holds a password.
///   config.syntax       not a YAML or JSON document; object = "file:line" where known
///   config.file         a file can't be read
///   config.unknown_key  a key that there is not
///   config.type         a value of another type
///   config.value        a value out of its range, or a word that there is not
///   config.missing      a key that has to be there
///   config.conflict     two keys that contradict each other
///   config.url          a database URL that can't be read
///   config.not_allowed  a key that this way in does not take
namespace transload::config {

[[nodiscard]] Error config_error(std::string_view id, std::string_view path, std::string_view message,
                                 std::string_view remedy = {});

/// The candidate that was probably meant (a slip of one or two letters); empty when none is near.
[[nodiscard]] std::string_view near_miss(std::string_view word,
                                         const std::vector<std::string_view>& candidates);

/// ` (did you mean "…"?)`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string_view>& candidates);

/// Text as an error message shows it: in quotes, control characters escaped, cut after 60 bytes.
[[nodiscard]] std::string shown(std::string_view text);

/// "a", "a or b", "a, b or c".
[[nodiscard]] std::string alternatives(const std::vector<std::string_view>& words);

}  // namespace transload::config
