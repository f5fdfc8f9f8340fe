#include "adapters/native/snapshot/load_rows.hpp"

#include <algorithm>

#include "adapters/mysql/row_codec.hpp"

namespace transload::native {

int LoadRowReader::next_byte() {
    if (at_ == window_.size()) {
        window_.resize(64U << 10);
        const std::size_t got = buffer_.read(offset_, window_.data(), window_.size());
        window_.resize(got);
        offset_ += got;
        at_ = 0;
        if (got == 0) return -1;
    }
    return static_cast<unsigned char>(window_[at_++]);
}

std::optional<mysql::RowView> LoadRowReader::next() {
    bytes_.clear();
    ends_.clear();
    nulls_.clear();
    bool null = false;
    while (true) {
        const int byte = next_byte();
        if (byte < 0) return std::nullopt;
        if (byte == mysql::load_field_end || byte == mysql::load_row_end) {
            ends_.push_back(bytes_.size());
            nulls_.push_back(null);
            null = false;
            if (byte == mysql::load_row_end) break;
        } else if (byte == '\\') {
            const int escaped = next_byte();
            if (escaped == 'N')
                null = true;
            else
                bytes_ += escaped == 't' ? '\t' : escaped == 'n' ? '\n' : static_cast<char>(escaped);
        } else {
            bytes_ += static_cast<char>(byte);
        }
    }
    fields_.clear();
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
        fields_.push_back(nulls_[i] ? mysql::Field{} : mysql::Field{bytes_.data() + begin, ends_[i] - begin});
        begin = ends_[i];
    }
    return mysql::RowView(fields_);
}

std::string insert_statement(const TablePlan& plan, const ChunkBuffer& rows) {
    const std::vector<mysql::ValueFrame> frames = mysql::insert_frames(plan);
    // Growing by doubling would hold the rows twice and more: count first.
    std::string window(64U << 10, '\0');
    std::size_t size = 0;
    for (std::uint64_t offset = 0; const std::size_t got = rows.read(offset, window.data(), window.size());
         offset += got)
        size += got + static_cast<std::size_t>(
                          std::count_if(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(got),
                                        [](char c) { return c == '\'' || c == '\0'; }));
    for (const mysql::ValueFrame& frame : frames)
        size += (frame.before.size() + frame.after.size() + 4) * rows.rows();
    std::string sql;
    const std::string prefix = mysql::insert_prefix(plan);
    sql.reserve(prefix.size() + size);
    sql += prefix;

    // \\, \t and \n mean in a literal what they mean in LOAD DATA; only quotes and NUL need more.
    std::size_t field = 0;
    bool at_begin = true, escaped = false, null = false;
    for (std::uint64_t offset = 0; const std::size_t got = rows.read(offset, window.data(), window.size());
         offset += got) {
        for (std::size_t i = 0; i < got; ++i) {
            const char c = window[i];
            if (at_begin && !escaped) {
                if (field == 0) sql += sql.size() == prefix.size() ? "(" : ",(";
                if (c == '\\') {  // an escaped byte or NULL: the next one tells
                    escaped = true;
                    continue;
                }
                sql += frames[field].before;
                at_begin = false;
            } else if (at_begin) {
                null = c == 'N';
                sql += null ? "NULL" : frames[field].before + '\\' + c;
                at_begin = escaped = false;
                continue;
            }
            if (escaped) {
                sql += c;
                escaped = false;
            } else if (c == mysql::load_field_end || c == mysql::load_row_end) {
                if (!null) sql += frames[field].after;
                null = false;
                at_begin = true;
                field = c == mysql::load_row_end ? 0 : field + 1;
                sql += c == mysql::load_row_end ? ')' : ',';
            } else if (c == '\'') {
                sql += "\\'";
            } else if (c == '\0') {
                sql += "\\0";
            } else {
                escaped = c == '\\';
                sql += c;
            }
        }
    }
    return sql;
}

}  // namespace transload::native
