#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/sql.hpp"

struct st_mysql;

namespace transload::test {

/// A session that says the number of an error instead of throwing: for writers that live with errors, and for proxies.
/// Not thread-safe; connects when it is first needed, and again after the connection was lost.
class Session {
  public:
    Session(int port, std::string user, std::string password, std::string database = {});
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// 0, or the server's or the client's error number.
    unsigned execute(const std::string& statement);
    /// Throws std::runtime_error with the server's message.
    [[nodiscard]] std::vector<Row> query(const std::string& statement);

  private:
    unsigned connect();

    int port_;
    std::string user_;
    std::string password_;
    std::string database_;
    st_mysql* connection_ = nullptr;
};

}  // namespace transload::test
