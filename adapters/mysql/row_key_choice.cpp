#include "adapters/mysql/row_key_choice.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <tuple>

namespace transload::mysql {
namespace {

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_inexact(const Column& column) {
    return column.data_type == "float" || column.data_type == "double";
}

/// Types whose whole values can't be an ordered key.
bool has_no_order(const Column& column) {
    constexpr std::array<std::string_view, 18> types{"tinyblob",
                                                     "blob",
                                                     "mediumblob",
                                                     "longblob",
                                                     "tinytext",
                                                     "text",
                                                     "mediumtext",
                                                     "longtext",
                                                     "json",
                                                     "geometry",
                                                     "point",
                                                     "linestring",
                                                     "polygon",
                                                     "multipoint",
                                                     "multipolygon",
                                                     "multilinestring",
                                                     "geometrycollection",
                                                     "geomcollection"};
    return one_of(column.data_type, types);
}

/// Roughly how many bytes a value takes in a key; only the order of the results matters.
std::size_t width(const Column& column) {
    constexpr std::array<std::pair<std::string_view, std::size_t>, 14> fixed{{{"tinyint", 1},
                                                                              {"smallint", 2},
                                                                              {"mediumint", 3},
                                                                              {"int", 4},
                                                                              {"bigint", 8},
                                                                              {"year", 1},
                                                                              {"date", 3},
                                                                              {"time", 6},
                                                                              {"timestamp", 7},
                                                                              {"datetime", 8},
                                                                              {"enum", 2},
                                                                              {"set", 8},
                                                                              {"uuid", 16},
                                                                              {"inet6", 16}}};
    for (const auto& [type, bytes] : fixed)
        if (column.data_type == type) return bytes;
    std::size_t length = 0;
    if (const auto open = column.column_type.find('('); open != std::string::npos)
        std::from_chars(column.column_type.data() + open + 1,
                        column.column_type.data() + column.column_type.size(), length);
    if (column.data_type == "bit") return (length + 7) / 8;
    if (column.data_type == "decimal") return length / 2 + 1;
    const bool wide = column.charset.starts_with("utf8") || column.charset.starts_with("utf16");
    return std::max<std::size_t>(length, 8) * (wide ? 4 : 1);
}

struct Candidate {
    const UniqueIndex* index;
    std::vector<KeyPart> parts;
    bool inexact = false;
    std::size_t bytes = 0;

    [[nodiscard]] auto rank() const {
        return std::tuple(inexact, index->name != "PRIMARY", index->hash, !index->visible, bytes,
                          parts.size(), std::string_view(index->name));
    }
};

std::optional<Candidate> usable(const std::vector<Column>& columns, const UniqueIndex& index) {
    Candidate candidate{&index, {}};
    for (const UniqueIndex::Part& part : index.parts) {
        if (part.prefix || part.column.empty()) return std::nullopt;
        const auto column = std::find_if(columns.begin(), columns.end(),
                                         [&](const Column& known) { return known.name == part.column; });
        if (column == columns.end() || column->nullable || has_no_order(*column)) return std::nullopt;
        candidate.parts.push_back({static_cast<std::size_t>(column - columns.begin()), part.descending});
        candidate.inexact |= is_inexact(*column);
        candidate.bytes += width(*column);
    }
    if (candidate.parts.empty()) return std::nullopt;
    return candidate;
}

}  // namespace

std::optional<RowKey> choose_row_key(const std::vector<Column>& columns,
                                     const std::vector<UniqueIndex>& unique_indexes) {
    std::optional<Candidate> best;
    for (const UniqueIndex& index : unique_indexes)
        if (auto candidate = usable(columns, index); candidate && (!best || candidate->rank() < best->rank()))
            best = std::move(candidate);
    if (!best) return std::nullopt;
    return RowKey{best->index->name, std::move(best->parts)};
}

}  // namespace transload::mysql
