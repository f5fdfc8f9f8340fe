#include "adapters/shardingsphere/engine/binlog_position.hpp"

#include <algorithm>
#include <charconv>

namespace transload::shardingsphere {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

/// "binlog.000003" → ("binlog", 3).
std::optional<std::pair<std::string_view, std::uint64_t>> split(std::string_view file) {
    const std::size_t dot = file.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto sequence = number(file.substr(dot + 1));
    if (!sequence) return std::nullopt;
    return std::pair{file.substr(0, dot), *sequence};
}

}  // namespace

std::optional<BinlogPosition> BinlogPosition::parse(std::string_view text) {
    const std::size_t mark = text.rfind('#');
    if (mark == std::string_view::npos || mark == 0) return std::nullopt;
    const auto offset = number(text.substr(mark + 1));
    if (!offset) return std::nullopt;
    return BinlogPosition{std::string(text.substr(0, mark)), *offset};
}

std::optional<BinlogPosition> BinlogPosition::of(const mysql::LogState& state) {
    const auto offset = number(state.offset);
    if (!state.known() || !offset) return std::nullopt;
    return BinlogPosition{state.file, *offset};
}

bool BinlogPosition::reaches(const BinlogPosition& other) const {
    if (file == other.file) return offset >= other.offset;
    const auto own = split(file), wanted = split(other.file);
    return own && wanted && own->first == wanted->first && own->second > wanted->second;
}

std::optional<std::uint64_t> BinlogPosition::distance_to(const BinlogPosition& end) const {
    if (file != end.file) return reaches(end) ? std::optional<std::uint64_t>(0) : std::nullopt;
    return offset >= end.offset ? 0 : end.offset - offset;
}

std::optional<std::uint64_t> bytes_between(const std::vector<BinlogFile>& files, const BinlogPosition& from,
                                           const BinlogPosition& to) {
    const auto place = [&](const std::string& name) {
        return std::find_if(files.begin(), files.end(), [&](const BinlogFile& file) { return file.name == name; });
    };
    const auto first = place(from.file), last = place(to.file);
    if (first == files.end() || last == files.end()) return std::nullopt;
    if (from.reaches(to)) return 0;
    if (first == last) return to.offset - from.offset;
    std::uint64_t bytes = first->bytes - std::min(first->bytes, from.offset);
    for (auto file = first + 1; file < last; ++file) bytes += file->bytes;
    return bytes + to.offset;
}

}  // namespace transload::shardingsphere
