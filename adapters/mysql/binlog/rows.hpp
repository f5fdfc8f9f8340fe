#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/binlog/event.hpp"
#include "adapters/mysql/binlog/table_layouts.hpp"

namespace transload::mysql::binlog {

[[nodiscard]] bool is_rows(EventType type);

/// Where decoding was when it failed: for the message.
struct RowsPlace {
    const TableLayout* layout = nullptr;
    std::optional<std::uint32_t> column;
};

/// Appends the changes of a row event to `changes`; nothing when the table is not the job's. Returns their weight.
/// `body`: behind the header, without checksum; nothing of it is referred to afterwards. Throws
/// Malformed; `place` says then where.
std::size_t read_rows(EventType type, std::string_view body, const TableLayouts& layouts,
                      const std::vector<TablePlan>& tables, std::vector<RowChange>& changes, RowsPlace& place);

}  // namespace transload::mysql::binlog
