#pragma once
#include <string>
#include <vector>

#include "tests/support/test_server.hpp"

/// An oracle of its own for what a migration must have done: it shares no code with the program under test.
namespace transload::test {

/// Every object whose SHOW CREATE differs between the two databases, or that only one of them has: tables, views,
/// triggers in their order, procedures, functions, events, and the database itself. One line each; empty when
/// there is no difference. Names of the databases may differ.
[[nodiscard]] std::vector<std::string> schema_differences(const TestServer& source, const std::string& source_database,
                                                          const TestServer& target, const std::string& target_database);

/// Every base table whose rows are not the same multiset, column by column and byte by byte (generated and
/// invisible columns included).
[[nodiscard]] std::vector<std::string> row_differences(const TestServer& source, const std::string& source_database,
                                                       const TestServer& target, const std::string& target_database);

}  // namespace transload::test
