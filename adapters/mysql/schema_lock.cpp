#include "adapters/mysql/schema_lock.hpp"

namespace transload::mysql {
namespace {

constexpr const char* as_ever = "SET SESSION wait_timeout = 604800";  // of session_statements()

}  // namespace

SchemaLock::SchemaLock(Connection& session, std::chrono::seconds limit, const std::string& error_id) : session_(session) {
    // Before: the session may be lost while it waits, and get the lock then.
    session.execute("SET SESSION wait_timeout = 20");
    if (session.scalar("SELECT GET_LOCK('transload.checkpoint', " + std::to_string(limit.count()) + ")") == "1") return;
    session.execute(as_ever);
    throw Error(ErrorKind::transient, error_id, session.endpoint().label(),
                "another job is creating or dropping tables in _transload", "retry");
}

SchemaLock::~SchemaLock() {
    try {
        (void)session_.scalar("SELECT RELEASE_LOCK('transload.checkpoint')");
        session_.execute(as_ever);
    } catch (...) {
        // The lock goes with the session.
    }
}

}  // namespace transload::mysql
