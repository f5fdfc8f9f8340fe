#include "adapters/mysql/schema_lock.hpp"

#include <string>

namespace transload::mysql {
namespace {

constexpr const char* as_ever = "SET SESSION wait_timeout = 604800";  // of session_statements()

}  // namespace

bool take_schema_lock(Connection& session, unsigned seconds) {
    // Before: the session may be lost while it waits, and get the lock then.
    session.execute("SET SESSION wait_timeout = 20");
    if (session.scalar("SELECT GET_LOCK('transload.checkpoint', " + std::to_string(seconds) + ")") == "1") return true;
    session.execute(as_ever);
    return false;
}

void give_schema_lock(Connection& session) noexcept {
    try {
        (void)session.scalar("SELECT RELEASE_LOCK('transload.checkpoint')");
        session.execute(as_ever);
    } catch (...) {
        // The lock goes with the session.
    }
}

}  // namespace transload::mysql
