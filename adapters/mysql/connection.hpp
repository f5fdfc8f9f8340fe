#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/endpoint.hpp"
#include "orchestrator/plan/error.hpp"

struct st_mysql;  // MYSQL of the client library

namespace transload::mysql {

struct ServerVersion {
    int major = 0;
    int minor = 0;
    int patch = 0;
    bool mariadb = false;
    std::string text;
    /// Compares numbers only; ask `mariadb` first.
    [[nodiscard]] bool at_least(int wanted_major, int wanted_minor, int wanted_patch = 0) const;
    /// "MySQL 8.0.15", "MariaDB 10.11.19"
    [[nodiscard]] std::string display() const;
};

/// What a server (or the client library) answered instead of a result.
/// kind(): transient for lost connections, deadlocks, lock wait timeouts, "too many connections", shutdown;
/// in_doubt when the connection was lost while a COMMIT was under way; failed otherwise.
class ServerError : public Error {
  public:
    ServerError(ErrorKind kind, unsigned code, std::string object, const std::string& message,
                std::string remedy);
    [[nodiscard]] unsigned code() const noexcept { return code_; }
    /// The connection can't be used any more.
    [[nodiscard]] bool connection_lost() const noexcept;

  private:
    unsigned code_;
};

/// A value of a result row: bytes as the server sent them, or NULL. Valid until the next row.
struct Field {
    const char* data = nullptr;
    std::size_t size = 0;
    [[nodiscard]] bool null() const noexcept { return data == nullptr; }
    [[nodiscard]] std::string_view view() const noexcept { return {data, size}; }
};
using RowView = std::span<const Field>;

using Value = std::optional<std::string>;
using Row = std::vector<Value>;

/// A whole result in memory, for catalogue queries.
struct Result {
    std::vector<std::string> columns;
    std::vector<Row> rows;
    /// Index of a column by name, ignoring case (servers differ in it). Throws Error when absent.
    [[nodiscard]] std::size_t column(std::string_view name) const;
};

/// Feeds LOAD DATA LOCAL INFILE from memory. Called from within Connection::load.
class LoadSource {
  public:
    virtual ~LoadSource() = default;
    /// Copies up to `capacity` bytes; 0 = end of the data. An exception aborts the statement and is rethrown by load().
    virtual std::size_t read(char* buffer, std::size_t capacity) = 0;
};

/// What a session is for; decides its character sets and modes.
enum class SessionProfile {
    /// utf8mb4 both ways, sql_mode '' (plus nothing), time_zone +00:00: catalogue, DDL, checks.
    general,
    /// Results in each column's own bytes (character_set_results = NULL), time_zone +00:00, read-only use.
    copy_read,
    /// Permissive sql_mode for old values (NO_AUTO_VALUE_ON_ZERO, ALLOW_INVALID_DATES), foreign_key_checks=0,
    /// unique_checks=0 (not on MariaDB), time_zone +00:00, statements in utf8mb4.
    copy_write,
    /// Nothing is set and nothing is asked: what speaks the protocol there is no MySQL server and has no such variables.
    proxy,
};

struct ConnectOptions {
    SessionProfile profile = SessionProfile::general;
    std::string database;                       ///< default database; empty for none
    std::chrono::seconds read_timeout{0};       ///< 0 = wait for ever (long ALTERs, big queries)
    std::chrono::seconds write_timeout{0};
    bool sql_log_bin = true;                    ///< false: SET SESSION sql_log_bin=0
    std::string group;                          ///< whose lost sessions are ended first (SessionSeat); empty: nobody's
};

/// One session. Not thread-safe. Connects in the constructor, closes in the destructor.
/// All errors are thrown as ServerError with the endpoint's label as object and a remedy.
class Connection {
  public:
    explicit Connection(const Endpoint& endpoint, ConnectOptions options = {});
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// One statement; a result set, if any, is discarded. Returns affected rows.
    std::uint64_t execute(std::string_view sql);

    /// What one statement of several did.
    struct Outcome {
        std::uint64_t affected = 0;
        std::string_view info;  ///< "Records: 3  Duplicates: 1  Warnings: 0", where the server says such a thing
        unsigned warnings = 0;
    };
    /// Several statements without results, with ';' between them, in one packet. The server stops at the first that
    /// fails; `on_outcome` has then been called for those before it. Must not throw.
    void execute_several(std::string_view sql, const std::function<void(const Outcome&)>& on_outcome);

    /// One statement, the whole result in memory.
    [[nodiscard]] Result query(std::string_view sql);

    /// First column of the first row; nullopt when there is no row or it is NULL.
    [[nodiscard]] Value scalar(std::string_view sql);

    /// One statement, row by row as they arrive (unbuffered). When `on_row` returns false or throws, the rest is
    /// discarded by closing the connection (reconnect() before the next use). Returns the number of rows delivered.
    std::uint64_t stream(std::string_view sql, const std::function<bool(RowView)>& on_row);

    /// LOAD DATA LOCAL INFILE fed by `source`; the file name in the statement is ignored. Returns affected rows.
    /// When `source` throws, the connection is closed (the server would keep the half that it has got, so the
    /// transaction must not go on) and the exception is rethrown; reconnect() before the next use.
    std::uint64_t load(std::string_view sql, LoadSource& source);

    /// COMMIT, where a lost connection is reported as ErrorKind::in_doubt.
    void commit();

    /// Number of warnings of the last statement, and their texts ("Level Code Message").
    [[nodiscard]] unsigned warning_count() const;
    [[nodiscard]] std::vector<std::string> warnings();

    /// A new session with the same endpoint and options; what the old one held is gone.
    void reconnect();

    /// True when the session still answers.
    [[nodiscard]] bool ping() noexcept;

    [[nodiscard]] const ServerVersion& version() const noexcept;
    [[nodiscard]] std::uint64_t thread_id() const noexcept;
    [[nodiscard]] const Endpoint& endpoint() const noexcept;
    [[nodiscard]] bool encrypted() const noexcept;
    [[nodiscard]] std::uint64_t max_allowed_packet() const noexcept;  ///< of the server, bytes

    /// The client library's handle, for the replication API.
    [[nodiscard]] st_mysql* handle() noexcept;

  private:
    void take_seat();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// KILL QUERY on the session `thread_id`, from a session of its own; best effort, never throws. For stopping
/// a statement that another thread waits for.
void kill_query(const Endpoint& endpoint, std::uint64_t thread_id) noexcept;

}  // namespace transload::mysql
