#include "adapters/native/stream/row_key.hpp"

#include <algorithm>

#include "adapters/mysql/column_kind.hpp"

namespace transload::native {
namespace {

using mysql::binlog::CellState;
using mysql::binlog::RowImage;

std::string key_part(const Column& column, std::string_view bytes) {
    return mysql::column_kind(column) == mysql::ColumnKind::bit ? bit_number(bytes) : std::string(bytes);
}

}  // namespace

std::string bit_number(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
    return std::to_string(number);
}

bool has_key(const TablePlan& plan, const RowImage& image) {
    return std::all_of(plan.key->parts.begin(), plan.key->parts.end(), [&](const KeyPart& part) {
        return image.state(part.column) == CellState::value;
    });
}

mysql::KeyValue key_of(const TablePlan& plan, const RowImage& image) {
    mysql::KeyValue key;
    for (const KeyPart& part : plan.key->parts)
        key.push_back(key_part(plan.columns[part.column], image.bytes(part.column)));
    return key;
}

mysql::KeyValue key_after(const TablePlan& plan, const RowImage& before, const RowImage& after) {
    mysql::KeyValue key;
    for (const KeyPart& part : plan.key->parts) {
        const RowImage& from = after.empty() || after.state(part.column) == CellState::absent ? before : after;
        key.push_back(key_part(plan.columns[part.column], from.bytes(part.column)));
    }
    return key;
}

void append_key_bytes(const TablePlan& plan, const RowImage& image, std::string& out) {
    const auto& parts = plan.key->parts;
    for (const KeyPart& part : parts) {
        const std::string_view bytes = image.bytes(part.column);
        if (parts.size() != 1) {
            const auto size = static_cast<std::uint32_t>(bytes.size());
            for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(size >> shift & 0xff);
        }
        out.append(bytes);
    }
}

}  // namespace transload::native
