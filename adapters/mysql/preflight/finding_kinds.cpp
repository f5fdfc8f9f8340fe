#include "adapters/mysql/preflight/finding_kinds.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "orchestrator/plan/names.hpp"

namespace transload::mysql {
namespace {

std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

}  // namespace

std::string findings_markdown() {
    std::string page = R"(# Preflight: every finding

`transload preflight` looks at both servers and changes nothing; `migrate` does the same before it starts. Each
finding has a stable id, a severity, the object that it is about, one sentence and a remedy down to the SQL.
Errors refuse the job (exit code 3), warnings and infos are recorded in its report. A check that may not look is a
finding too. This page is generated from the table in the code; a test keeps it up to date.

)";
    page += fmt::format("{} findings.\n\n| id | severity | when | remedy |\n| --- | --- | --- | --- |\n",
                        finding_table::kinds.size());
    for (const FindingKind& kind : finding_table::kinds) {
        std::string severity(to_string(kind.severity));
        if (kind.otherwise) severity += fmt::format(" ({})", to_string(*kind.otherwise));
        page +=
            fmt::format("| `{}` | {} | {} | {} |\n", kind.id, severity, cell(kind.when), cell(kind.remedy));
    }
    return page;
}

}  // namespace transload::mysql
