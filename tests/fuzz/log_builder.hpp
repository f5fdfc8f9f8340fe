#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/table_plan.hpp"

namespace transload::test {

/// Little-endian number of so many bytes.
[[nodiscard]] std::string little(std::uint64_t value, std::size_t size);

/// Events of a change log without checksums, made by hand.
class LogBuilder {
  public:
    LogBuilder& event(std::uint8_t type, std::string_view body, std::uint16_t flags = 0);
    LogBuilder& format();
    LogBuilder& rotate(std::string_view file, std::uint64_t offset);
    LogBuilder& gtid(std::uint64_t number);
    LogBuilder& query(std::string_view sql, std::string_view database = "d");
    LogBuilder& xid();
    /// A TABLE_MAP of id 1 for all_types().
    LogBuilder& map_of_all_types(std::string_view database = "d", std::string_view table = "t");
    /// A WRITE_ROWS with one row of all_types().
    LogBuilder& insert_of_all_types();
    LogBuilder& update_of_all_types();
    /// A TRANSACTION_PAYLOAD around the events of another builder.
    LogBuilder& payload(const LogBuilder& inner);

    [[nodiscard]] const std::vector<std::string>& events() const { return events_; }
    [[nodiscard]] std::string bytes() const;

  private:
    std::vector<std::string> events_;
    std::uint32_t end_ = 4;
};

/// The plan of table d.t with a column of every family, and its one row's cells as servers print them.
[[nodiscard]] std::vector<TablePlan> all_types();
[[nodiscard]] std::vector<std::string> row_of_all_types();

}  // namespace transload::test
