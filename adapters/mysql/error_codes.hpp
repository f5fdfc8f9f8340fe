#pragma once
#include <string_view>

#include "orchestrator/plan/error.hpp"

namespace transload::mysql {

/// What is known about an error code of a server or of the client library.
struct KnownError {
    unsigned code;
    ErrorKind kind;
    std::string_view id;
    std::string_view remedy;
};

/// nullptr for codes without an entry.
[[nodiscard]] const KnownError* find_known_error(unsigned code);

}  // namespace transload::mysql
