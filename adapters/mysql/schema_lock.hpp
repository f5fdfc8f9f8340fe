#pragma once
#include <chrono>
#include <string>

#include "adapters/mysql/connection.hpp"

namespace transload::mysql {

/// Making and dropping what is in `_transload` must not cross between jobs: everyone who does it holds this lock of the
/// server meanwhile. The server ends its session after 20 s of silence, also one that got the lock when its program was
/// gone already, so that a session that was lost without a word does not keep it for hours.
class SchemaLock {
  public:
    /// Throws Error{transient, `error_id`} when somebody else has it for longer than `limit`, and ServerError.
    SchemaLock(Connection& session, std::chrono::seconds limit, const std::string& error_id);
    ~SchemaLock();
    SchemaLock(const SchemaLock&) = delete;
    SchemaLock& operator=(const SchemaLock&) = delete;

  private:
    Connection& session_;
};

}  // namespace transload::mysql
