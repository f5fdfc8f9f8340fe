#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/key_range.hpp"

/// MySQL's JSON documents carry types that their text does not show: DECIMAL, DATE, TIME, DATETIME, bytes. A copy
/// by text turns them into DOUBLE and STRING. What makes that visible, and what gives the types back.
namespace transload::mysql {

/// The functions are there that all of this rests on (MySQL >= 5.7.22). JSON_TABLE could list all types, but is not
/// used: MySQL 8.0.15 crashes when it delivers JSON values (seen in temptable::Row::copy_to_own_memory).
[[nodiscard]] bool has_json_types(const ServerVersion& version);

/// Expression: a trace that the types of a document's values leave: its stored size, written anew (a partially
/// updated column keeps room that a copy does not have), and where its strings are. Together with the text it tells
/// a date from a string always, and a DECIMAL from a number of the same text unless both take the same
/// number of bytes, as a DECIMAL(7,2) or (8,2) and a DOUBLE do. NULL for NULL. `column`: quoted.
[[nodiscard]] std::string json_type_trace(const std::string& column);

/// Condition: the document is not the one that its text makes. For the same exception it may be false.
[[nodiscard]] std::string json_holds_more_than_text(const std::string& column);

/// JSON path of every scalar of a document, in document order: "$.\"a\"[3]". Empty when it is no JSON.
[[nodiscard]] std::vector<std::string> scalar_paths(std::string_view json);

/// Expression of a value of this JSON_TYPE whose unquoted text is `text`; empty for types that text carries
/// (numbers, strings…) and for those that no expression makes (bytes that came from a BLOB, BIT or BINARY column).
/// `stored_size`: its JSON_STORAGE_SIZE, bytes.
[[nodiscard]] std::string typed_value(std::string_view json_type, std::string_view text, std::size_t stored_size);

/// Gives the documents of rows that were written to the target by text the types that they have on the source:
/// `source` reads (copy_read), `writer` (copy_write) writes inside whatever transaction it has open. Only rows
/// whose documents on the source hold such types are touched, by REPLACE: the target table must not have
/// triggers yet. Returns the number of documents mended. Needs plan.key; does nothing where has_json_types is
/// false for one of the servers.
std::size_t mend_json_types(Connection& source, Connection& writer, const TablePlan& plan, const KeyRange& range);
std::size_t mend_json_types(Connection& source, Connection& writer, const TablePlan& plan,
                            const std::vector<KeyValue>& keys);

/// "`a` IN (1, 2)", "((`a` = 1 AND `b` = 'x') OR …)": exactly these keys by the server's own equality, of the rows that are
/// taken at all. `keys` is not empty. For the target hand in target_side(plan).
[[nodiscard]] std::string key_condition(const TablePlan& plan, const std::vector<KeyValue>& keys);

}  // namespace transload::mysql
