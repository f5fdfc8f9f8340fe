#pragma once
#include <string>
#include <vector>

#include "adapters/liquibase/source_schema.hpp"

namespace transload::liquibase {

/// What a statement needs of its session, and what goes around it.
struct Frame {
    std::vector<std::string> before;
    std::vector<std::string> after;
    bool exact = true;  ///< false: the object will remember utf8mb4 as its client's character set instead
};

/// For CREATE TABLE and ALTER TABLE: old defaults and dates are accepted, nothing is substituted, foreign
/// keys may refer to what comes later, TIMESTAMP literals mean UTC.
[[nodiscard]] Frame table_frame();

/// For an object that remembers its session. `text` is what will be sent.
[[nodiscard]] Frame object_frame(const Session& session, const SourceDatabase& database,
                                 const std::string& text);

/// sql_mode without the modes that MySQL 8.0 took away, and which those were.
[[nodiscard]] std::string supported_modes(const std::string& sql_mode, bool mariadb,
                                          std::vector<std::string>* removed = nullptr);

/// True when the text is ASCII only.
[[nodiscard]] bool is_ascii(const std::string& text);

}  // namespace transload::liquibase
