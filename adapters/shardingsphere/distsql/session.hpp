#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/mysql/connection.hpp"
#include "adapters/shardingsphere/distsql/results.hpp"

namespace transload::shardingsphere {

/// One session at a proxy, made when it is needed and again after a loss. Not thread-safe. A statement is sent once:
/// whether a lost one was done, only its caller can find out.
class Session {
  public:
    explicit Session(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

    /// One statement within `limit`, connecting included (the limit counts in whole seconds, at least one). Throws
    /// ProxyError; afterwards the session is usable.
    results::AnswerRows run(std::string_view statement, std::chrono::milliseconds limit);

    /// The same for a statement that may well take `limit`: after a while, and every `stall`, the proxy is asked on another
    /// session whether it lives. One that does not answer that within `stall` is given up.
    results::AnswerRows run_long(std::string_view statement, std::chrono::milliseconds limit, std::chrono::milliseconds stall);

    /// Makes it the session's database, now and after every loss. A statement of its own within `limit`.
    void use(const std::string& database, std::chrono::milliseconds limit);
    /// Forgets `database` if it is the session's, and the connection with it: in a database that is gone the proxy
    /// answers every statement with 1049.
    void leave(const std::string& database);

  private:
    void connect(std::chrono::steady_clock::time_point deadline, std::chrono::milliseconds limit);

    Endpoint endpoint_;
    std::string database_;
    std::optional<mysql::Connection> connection_;
};

}  // namespace transload::shardingsphere
