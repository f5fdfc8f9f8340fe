#pragma once
#include <string>
#include <vector>

#include "orchestrator/ports/schema_tool.hpp"

namespace transload::liquibase {

/// Compares all selected objects of all databases, see SchemaTool::compare.
[[nodiscard]] SchemaReport compare_schemas(const SchemaJob& job, SchemaPart part, RunControl& control);

/// Throws Error{refused} "target.differs" when one of these tables is defined differently on the target (the
/// AUTO_INCREMENT value does not count).
void require_same_tables(const SchemaJob& job, const DatabaseMapping& mapping,
                         const std::vector<std::string>& tables, RunControl& control);

}  // namespace transload::liquibase
