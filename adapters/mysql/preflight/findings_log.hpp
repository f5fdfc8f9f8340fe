#pragma once
#include <cstddef>
#include <string>

#include "adapters/mysql/preflight/finding_kinds.hpp"
#include "orchestrator/plan/finding.hpp"

namespace transload::mysql {

/// Collects what the checks find.
class FindingsLog {
  public:
    /// A finding of the kind's own severity. An empty remedy stands for the table's.
    void add(KindId id, std::string object, std::string message, std::string remedy = "");
    /// A finding of a severity that the table allows for the kind; throws std::logic_error for any other.
    void add(KindId id, Severity severity, std::string object, std::string message, std::string remedy = "");

    /// Of one kind and severity at most this many are told one by one; the rest is counted in one more
    /// finding.
    static constexpr std::size_t most_of_a_kind = 100;

    /// Errors first, then by id and object.
    [[nodiscard]] Findings sorted() &&;

  private:
    Findings findings_;
};

}  // namespace transload::mysql
