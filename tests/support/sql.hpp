#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_server.hpp"

namespace transload::test {

using Row = std::vector<std::optional<std::string>>;

/// Runs a script through the `mariadb` client, which knows DELIMITER, as root with utf8mb4, and
/// returns its output raw: columns by tab, rows by line. Throws std::runtime_error with the server's
/// message when a statement fails; those before it stay done.
std::string sql(const TestServer& server, std::string_view script, std::string_view database = {});

/// The same for a file.
std::string sql_file(const TestServer& server, const std::filesystem::path& file,
                     std::string_view database = {});

/// Rows of one statement, byte for byte, over a connection of its own.
std::vector<Row> query(const TestServer& server, std::string_view statement, std::string_view database = {});

/// The first column of the first row, "NULL" for NULL. Throws when there is no row.
std::string value(const TestServer& server, std::string_view statement, std::string_view database = {});

/// SHOW CREATE TABLE's text.
std::string show_create(const TestServer& server, std::string_view database, std::string_view table);

/// `name` as an identifier of SQL.
[[nodiscard]] std::string identifier(std::string_view name);

/// A database of a name that no other test uses at the same time, on one or several servers; absent
/// at the start, dropped at the end.
class TestDatabase {
  public:
    /// Creates it on each server of `create_on`, and sees that it is dropped there and on `also_drop_on`.
    explicit TestDatabase(std::vector<const TestServer*> create_on,
                          std::vector<const TestServer*> also_drop_on = {}, std::string_view prefix = "t");
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    std::string name_;
    std::vector<const TestServer*> servers_;
};

}  // namespace transload::test
