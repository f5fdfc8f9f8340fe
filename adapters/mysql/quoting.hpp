#pragma once
#include <string>
#include <string_view>

#include "orchestrator/plan/table_plan.hpp"

/// The one place where names and values become MySQL text.
namespace transload::mysql {

/// `name` in backticks, inner backticks doubled. Throws Error for a NUL byte or an empty name.
[[nodiscard]] std::string quote_name(std::string_view name);

/// `database`.`table`
[[nodiscard]] std::string quote_name(const TableName& name);

/// A string literal that every server, sql_mode and connection character set reads as these bytes of utf8mb4.
/// Plain 'text' where nothing in it could be misread, else _utf8mb4 x'…'.
[[nodiscard]] std::string quote_text(std::string_view utf8);

/// x'…', or '' for no bytes: a binary string.
[[nodiscard]] std::string hex_literal(std::string_view bytes);

/// _charset x'…': the bytes as a string of that character set.
[[nodiscard]] std::string charset_literal(std::string_view charset, std::string_view bytes);

/// Inside a /* comment */: every "*/" and control character made harmless.
[[nodiscard]] std::string comment_text(std::string_view text);

}  // namespace transload::mysql
