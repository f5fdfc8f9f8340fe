#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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
};

}  // namespace transload::shardingsphere
