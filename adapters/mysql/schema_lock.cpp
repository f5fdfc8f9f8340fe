#include "adapters/mysql/schema_lock.hpp"

#include <string>

namespace transload::mysql {

bool take_schema_lock(Connection& session, unsigned seconds) {
    if (session.scalar("SELECT GET_LOCK('transload.checkpoint', " + std::to_string(seconds) + ")") != "1") return false;
    session.execute("SET SESSION wait_timeout = 20");
    return true;
}

void give_schema_lock(Connection& session) noexcept {
    try {
        (void)session.scalar("SELECT RELEASE_LOCK('transload.checkpoint')");
        session.execute("SET SESSION wait_timeout = 604800");  // as session_statements() has it
    } catch (...) {
        // The lock goes with the session.
    }
}

}  // namespace transload::mysql
