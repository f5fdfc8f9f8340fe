#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/sql.hpp"

struct st_mysql;

namespace transload::test {

/// A writer's session: says the number of an error instead of throwing, and connects anew after it was lost. Not
/// thread-safe.
class WriterSession {
  public:
    /// `greeting` is run on each new connection.
    WriterSession(int port, std::string user, std::string password, std::string database,
                  std::vector<std::string> greeting = {});
    ~WriterSession();
    WriterSession(const WriterSession&) = delete;
    WriterSession& operator=(const WriterSession&) = delete;

    /// 0, or the server's or the client's error number. Connects when there is no connection.
    unsigned execute(const std::string& statement);
    /// LOAD DATA LOCAL INFILE of `data`; the file that the statement names does not matter.
    unsigned load(const std::string& statement, const std::string& data);
    /// Rows of a statement; nullopt on an error, which `error()` tells.
    std::optional<std::vector<Row>> query(const std::string& statement);

    [[nodiscard]] unsigned error() const noexcept { return error_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    [[nodiscard]] std::uint64_t affected() const noexcept { return affected_; }
    [[nodiscard]] bool connected() const noexcept { return connection_ != nullptr; }
    void disconnect();

  private:
    bool connect();
    bool fail();

    int port_;
    std::string user_;
    std::string password_;
    std::string database_;
    std::vector<std::string> greeting_;
    st_mysql* connection_ = nullptr;
    unsigned error_ = 0;
    std::string message_;
    std::uint64_t affected_ = 0;
};

}  // namespace transload::test
