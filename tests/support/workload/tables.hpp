#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tests/support/test_server.hpp"
#include "tests/support/workload/values.hpp"

namespace transload::test {

struct WorkloadTables {
    unsigned rows = 2000;       ///< of the biggest tables at the start
    bool foreign_keys = false;  ///< also `parents` and `children` with ON DELETE CASCADE
};

/// The accounts' name that the workload writes as: it has no right to write to a server that is read-only.
inline constexpr const char* workload_user = "workload";
inline constexpr const char* workload_password = "workload-pass";

/// Creates the database, its tables with their first rows, and the workload's account.
///
/// | table | key | also |
/// | --- | --- | --- |
/// | people | INT AUTO_INCREMENT | unique `email`; nullable unique `code` |
/// | wide_keys | BIGINT UNSIGNED, many above 2^63 | |
/// | pairs | (INT, VARCHAR case-insensitive) | unique (x, y), y nullable |
/// | names | VARCHAR case-insensitive | latin1 columns, unique by prefix |
/// | blobs | VARBINARY | values of 100 KB |
/// | kinds | INT | a column of every type, generated columns |
/// | bag | none | rows that are equal in every column or in all but case |
/// | loose | none, nullable unique | |
/// | bulk | INT | transactions of many thousand rows |
/// | cleared | INT | TRUNCATE |
/// | acks | INT | last acknowledged transaction of each writer |
void create_workload_tables(const TestServer& server, const std::string& database, const WorkloadTables& options = {});

/// The account alone, for the server that the workload goes on with after a cutover.
void create_workload_account(const TestServer& server);

using KindColumn = std::pair<std::string, ValueKind>;
/// The columns of `kinds` that can be written, without the key; and of `bag`.
[[nodiscard]] const std::vector<KindColumn>& kinds_columns();
[[nodiscard]] const std::vector<KindColumn>& bag_columns();

/// What row comparison by text does not see: the types of numbers and times inside the documents of `kinds`, on
/// MySQL. One line per difference.
[[nodiscard]] std::vector<std::string> document_type_differences(const TestServer& source, const TestServer& target,
                                                                 const std::string& database);

/// Documents of `kinds` that the server can't read itself, with its error; one line each.
[[nodiscard]] std::string unreadable_documents(const TestServer& server, const std::string& database);

}  // namespace transload::test
