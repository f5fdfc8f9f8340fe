#include "adapters/mysql/preflight/findings_log.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace transload::mysql {

void FindingsLog::add(KindId id, std::string object, std::string message, std::string remedy) {
    add(id, id.kind().severity, std::move(object), std::move(message), std::move(remedy));
}

void FindingsLog::add(KindId id, Severity severity, std::string object, std::string message, std::string remedy) {
    const FindingKind& kind = id.kind();
    if (severity != kind.severity && severity != kind.otherwise)
        throw std::logic_error("severity not in the table for " + std::string(kind.id));
    if (remedy.empty()) remedy = kind.remedy;
    findings_.push_back({std::string(kind.id), severity, std::move(object), std::move(message), std::move(remedy)});
}

Findings FindingsLog::sorted() && {
    std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
        return std::tuple(-static_cast<int>(a.severity), std::string_view(a.id), std::string_view(a.object)) <
               std::tuple(-static_cast<int>(b.severity), std::string_view(b.id), std::string_view(b.object));
    });
    return std::move(findings_);
}

}  // namespace transload::mysql
