#pragma once
#include <string>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/key_range.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// The key of a row that a change log tells of. All require TablePlan::key.
namespace transload::native {

/// As mysql::key_select_list reads it; columns that the image lacks are empty.
[[nodiscard]] mysql::KeyValue key_of(const TablePlan& plan, const mysql::binlog::RowImage& image);

/// All parts of the key are in the image.
[[nodiscard]] bool has_key(const TablePlan& plan, const mysql::binlog::RowImage& image);

/// Appends bytes that are the same for two rows if and only if the bytes of their keys are.
void append_key_bytes(const TablePlan& plan, const mysql::binlog::RowImage& image, std::string& out);

/// The key after an update: parts that `after` lacks have not changed.
[[nodiscard]] mysql::KeyValue key_after(const TablePlan& plan, const mysql::binlog::RowImage& before,
                                        const mysql::binlog::RowImage& after);

/// A BIT value as the number that it is.
[[nodiscard]] std::string bit_number(std::string_view bytes);

}  // namespace transload::native
