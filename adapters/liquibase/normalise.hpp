#pragma once
#include <string>
#include <vector>

#include "adapters/liquibase/rename.hpp"

/// When two texts of SHOW CREATE differ and mean the same.
namespace transload::liquibase {

struct SidesOfComparison {
    std::string source_database;
    std::string target_database;
    Names names;
    DefinerOptions definers;
    bool cross_version = false;  ///< the servers are not of one flavour and version
    std::string source_version;  ///< "MySQL 8.0.15"
    std::string target_version;
};

struct Equivalence {
    bool identical = false;
    bool equivalent = false;           ///< identical included
    std::vector<std::string> reasons;  ///< why not identical though equivalent
    std::string source_part;           ///< of really different texts: the first line that differs
    std::string target_part;
};

/// Compares two descriptions of one object.
[[nodiscard]] Equivalence compare_texts(const std::string& source, const std::string& target,
                                        const SidesOfComparison& sides);

}  // namespace transload::liquibase
