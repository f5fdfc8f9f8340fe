#include "adapters/mysql/preflight/findings_log.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace transload::mysql {

void FindingsLog::add(KindId id, std::string object, std::string message, std::string remedy) {
    add(id, id.kind().severity, std::move(object), std::move(message), std::move(remedy));
}

void FindingsLog::add(KindId id, Severity severity, std::string object, std::string message,
                      std::string remedy) {
    const FindingKind& kind = id.kind();
    if (severity != kind.severity && severity != kind.otherwise)
        throw std::logic_error("severity not in the table for " + std::string(kind.id));
    if (remedy.empty()) remedy = kind.remedy;
    findings_.push_back(
        {std::string(kind.id), severity, std::move(object), std::move(message), std::move(remedy)});
}

Findings FindingsLog::sorted() && {
    std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
        return std::tuple(-static_cast<int>(a.severity), std::string_view(a.id), std::string_view(a.object)) <
               std::tuple(-static_cast<int>(b.severity), std::string_view(b.id), std::string_view(b.object));
    });
    Findings told;
    for (std::size_t begin = 0; begin < findings_.size();) {
        std::size_t end = begin;
        while (end < findings_.size() && findings_[end].id == findings_[begin].id &&
               findings_[end].severity == findings_[begin].severity)
            ++end;
        const std::size_t shown = std::min(end - begin, most_of_a_kind);
        for (std::size_t i = begin; i < begin + shown; ++i) told.push_back(std::move(findings_[i]));
        if (shown < end - begin) {
            const Finding& last = told.back();
            told.push_back({last.id, last.severity, "(more)",
                            "the same is found of " + std::to_string(end - begin - shown) + " more objects",
                            "as for the others of this kind"});
        }
        begin = end;
    }
    return told;
}

}  // namespace transload::mysql
