#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/connection.hpp"
#include "adapters/native/stream/table_sql.hpp"

namespace transload::native {

/// Statements on their way to the server, several per packet, with what each must do. Not thread-safe.
class CheckedBatch {
  public:
    enum class Count {
        any,         ///< rows may or may not be there
        affected,    ///< so many rows found or made
        overwritten, ///< so many rows found by INSERT … ON DUPLICATE KEY UPDATE, none made
    };
    /// What a statement is about, to name the row when it fails.
    struct About {
        std::uint32_t table = 0;
        std::string_view act;  ///< "DELETE", "UPDATE", "INSERT"
        std::vector<const mysql::binlog::RowImage*> rows;
        bool new_values = false;  ///< values are written: the server must not change them
        /// The row that is written, where `rows` name one by what it was before.
        const mysql::binlog::RowImage* written = nullptr;
    };

    /// `careful`: one statement per packet, so that the server's remarks on each can be read. Without it a remark is
    /// Error{transient, look_closer}: the transaction has to be done again, carefully.
    CheckedBatch(mysql::Connection& connection, const std::vector<TableSql>& tables, bool careful);
    static constexpr const char* look_closer = "native.look_closer";

    void add(std::string_view statement, Count count, std::uint64_t expected, About about);
    /// Everything added is done and found right when it returns. Throws Error{failed, "native.apply_conflict" or
    /// "native.value_changed"}, both after a ROLLBACK; ServerError.
    void flush();

    /// Statements longer than this are sent at once; at most half of the server's max_allowed_packet.
    [[nodiscard]] std::size_t statement_bytes() const { return statement_bytes_; }

  private:
    struct Expected {
        std::size_t begin = 0;
        Count count = Count::any;
        std::uint64_t rows = 0;
        About about;
    };
    [[nodiscard]] bool right(const Expected& expected, const mysql::Connection::Outcome& outcome) const;
    [[noreturn]] void conflict(const Expected& expected, const std::string& what);
    void judge_warnings(const Expected& expected);
    [[nodiscard]] std::string find_row(const Expected& expected);

    mysql::Connection& connection_;
    const std::vector<TableSql>& tables_;
    bool careful_;
    std::size_t statement_bytes_;
    std::string sql_;
    std::vector<Expected> expected_;
};

}  // namespace transload::native
