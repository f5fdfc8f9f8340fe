#pragma once
#include <string>
#include <utility>
#include <vector>

#include "adapters/config/reader.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

/// Databases as one place of a document names them; a target is empty where only the source is named.
struct DatabaseWords {
    std::vector<std::pair<std::string, std::string>> names;
    std::string path;  ///< of the key, for errors
    Origin origin = Origin::file;
};

/// A list of names (or of {source, target}), a map source: target, or words with commas from a flag.
[[nodiscard]] DatabaseWords read_databases(const Value& value);

/// Throws "config.value" for a database name that no server can have, or that is the server's own.
void check_database_name(const std::string& name, const std::string& path);

/// What moves where:
///  - `named` (the job's `databases`) says which; without it the source's own database or databases do.
///  - A target that is not named has the source's name; a single source takes the target's single name;
///    lists of the same length on both sides are paired.
/// Throws "config.missing" when nothing is named, "config.conflict" when the places contradict each other,
/// two sources share a target or one is there twice, "config.value" for names that no server can have.
[[nodiscard]] std::vector<DatabaseMapping> map_databases(const DatabaseWords& named,
                                                         const DatabaseWords& source,
                                                         const DatabaseWords& target);

}  // namespace transload::config
