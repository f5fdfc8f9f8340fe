#pragma once
#include <string>

#include "adapters/mysql/connection.hpp"

namespace transload::mysql {

/// Everything about a server's change log that moves when it is written to.
struct LogState {
    std::string gtids;  ///< executed set without line breaks; empty where not every transaction has one
    std::string file;   ///< empty: not known, the log is off or the account may not look
    std::string offset;
    [[nodiscard]] bool known() const { return !file.empty(); }
    friend bool operator==(const LogState&, const LogState&) = default;

    /// What people and reports are shown: the GTID set, else "file:offset", else "unknown".
    [[nodiscard]] std::string position() const {
        if (!known()) return "unknown";
        return gtids.empty() ? file + ":" + offset : gtids;
    }
};

/// Where the log stands now. Throws ServerError for lost connections only.
[[nodiscard]] LogState read_log_state(Connection& connection);

}  // namespace transload::mysql
