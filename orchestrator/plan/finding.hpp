#pragma once
#include <string>
#include <vector>

namespace transload {

enum class Severity { info, warning, error };

/// One result of preflight, of the schema comparison or of validation.
struct Finding {
    std::string id;  ///< stable, dotted, e.g. "target.local_infile"
    Severity severity = Severity::info;
    std::string object;   ///< what it is about: "shop.orders", "source", …
    std::string message;  ///< one sentence
    std::string remedy;   ///< what to do, down to the SQL to run; may be empty for info
};

using Findings = std::vector<Finding>;

[[nodiscard]] bool has_errors(const Findings& findings);

}  // namespace transload
