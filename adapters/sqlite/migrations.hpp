#pragma once
#include <span>

namespace transload::sqlite {

struct Migration {
    int number;        ///< from 1, without gaps
    const char* name;  ///< "001_jobs"
    const char* sql;
};

/// In the order in which they are applied.
[[nodiscard]] std::span<const Migration> migrations();

}  // namespace transload::sqlite
