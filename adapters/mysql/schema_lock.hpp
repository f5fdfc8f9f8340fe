#pragma once
#include "adapters/mysql/connection.hpp"

namespace transload::mysql {

/// Making and dropping what is in `_transload` must not cross between jobs: all that do it take this lock first. While it
/// is held the server ends the session after 20 s of silence, so that one that was lost without a word does not keep the
/// lock for hours. False when somebody else has it for longer than `seconds`. Throws ServerError.
[[nodiscard]] bool take_schema_lock(Connection& session, unsigned seconds);
/// Never throws: with a lost session the lock goes, too.
void give_schema_lock(Connection& session) noexcept;

}  // namespace transload::mysql
