#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::mysql::binlog {

/// What a server says of its log before it is read.
struct LogServer {
    std::string id;            ///< as Position::server
    bool gtids = false;        ///< every transaction has one (MySQL: gtid_mode=ON)
    bool checksums = false;
    bool any_case = false;     ///< lower_case_table_names is not 0
};

[[nodiscard]] LogServer log_server(Connection& connection);

/// By table: how many hidden columns its row events have at their end. Before 8.0.18 MySQL logs those that indexes on
/// expressions are made of. Empty: none has any.
[[nodiscard]] std::vector<std::size_t> hidden_columns(Connection& connection, const std::vector<TablePlan>& tables);

/// A session in which a server sends its log. One thread.
class LogSession {
  public:
    /// Asks for the log behind `from`. Throws ServerError, Error{failed, "binlog.purged" | "binlog.other_history"}.
    LogSession(const Endpoint& endpoint, const std::vector<TablePlan>& tables, const Position& from,
               std::chrono::milliseconds heartbeat);

    [[nodiscard]] const LogServer& server() const { return server_; }
    [[nodiscard]] const std::vector<std::size_t>& hidden() const { return hidden_; }

    /// The next event, valid until the next call. nullopt: none began to arrive by `until`. Throws ServerError, transient
    /// when the server was silent for many heartbeats.
    [[nodiscard]] std::optional<std::string_view> next(std::chrono::steady_clock::time_point until);

    /// An event, or part of one, has arrived already.
    [[nodiscard]] bool has_more();

  private:
    void ask(const Position& from);
    [[nodiscard]] bool wait(std::chrono::steady_clock::time_point until);
    [[noreturn]] void fail(unsigned code, const std::string& message);
    [[noreturn]] void purged(const std::string& message);

    Connection connection_;
    LogServer server_;
    std::vector<std::size_t> hidden_;
    Position from_;
    bool by_gtid_ = false;
    std::uint32_t id_ = 0;
    std::chrono::milliseconds silence_{};
};

}  // namespace transload::mysql::binlog
