#include "adapters/native/snapshot/load_rows.hpp"

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

}  // namespace transload::native
