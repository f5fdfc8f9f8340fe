#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/log_state.hpp"

namespace transload::shardingsphere {

/// A place in a MySQL binary log, as ShardingSphere writes it down: "binlog.000003#1234".
struct BinlogPosition {
    std::string file;
    std::uint64_t offset = 0;

    /// nullopt for any other text.
    [[nodiscard]] static std::optional<BinlogPosition> parse(std::string_view text);
    [[nodiscard]] static std::optional<BinlogPosition> of(const mysql::LogState& state);
    [[nodiscard]] std::string text() const { return file + ":" + std::to_string(offset); }

    /// True when all before `other` is before this too. Files of other base names are never reached.
    [[nodiscard]] bool reaches(const BinlogPosition& other) const;
    /// Bytes from here to `end`; nullopt when they lie in different files.
    [[nodiscard]] std::optional<std::uint64_t> distance_to(const BinlogPosition& end) const;
    friend bool operator==(const BinlogPosition&, const BinlogPosition&) = default;
};

/// A file that the source still has of its log, and its bytes.
struct BinlogFile {
    std::string name;
    std::uint64_t bytes = 0;
};

/// Bytes between two places of a log whose files are these, oldest first; nullopt when one of them is in none.
[[nodiscard]] std::optional<std::uint64_t> bytes_between(const std::vector<BinlogFile>& files, const BinlogPosition& from,
                                                         const BinlogPosition& to);

}  // namespace transload::shardingsphere
