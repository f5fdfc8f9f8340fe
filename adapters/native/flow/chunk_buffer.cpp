#include "adapters/native/flow/chunk_buffer.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "adapters/mysql/row_codec.hpp"

namespace transload::native {

void BlockPool::Unmap::operator()(char* block) const noexcept {
    munmap(block, block_bytes);
}

void BlockPool::charge(std::uint64_t bytes) noexcept {
    budget_.charge(bytes);
    const std::lock_guard lock(mutex_);
    spare_.clear();
}

void BlockPool::hand_out(std::size_t count, std::vector<Block>& to) {
    to.reserve(to.size() + count);
    const std::lock_guard lock(mutex_);
    for (; count != 0 && !spare_.empty(); --count) {
        to.push_back(std::move(spare_.back()));
        spare_.pop_back();
    }
    for (; count != 0; --count) {
        void* pages = mmap(nullptr, block_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) throw std::bad_alloc();
        to.emplace_back(static_cast<char*>(pages));
    }
}

void BlockPool::take(std::size_t count, std::vector<Block>& to, const std::stop_token& stop) {
    budget_.acquire(count * block_bytes, stop);
    hand_out(count, to);
}

bool BlockPool::try_take(std::size_t count, std::vector<Block>& to) {
    if (!budget_.try_acquire(count * block_bytes)) return false;
    hand_out(count, to);
    return true;
}

void BlockPool::give_back(std::vector<Block>& blocks) noexcept {
    const std::size_t count = blocks.size();
    if (count == 0) return;
    // More spare blocks than this only come from rows of many megabytes: better free than kept.
    constexpr std::size_t keep = (96U << 20) / block_bytes;
    {
        const std::lock_guard lock(mutex_);
        for (Block& block : blocks)
            if (spare_.size() < keep) spare_.push_back(std::move(block));
    }
    blocks.clear();
    budget_.release(count * block_bytes);
}

ChunkBuffer::ChunkBuffer(ChunkBuffer&& other) noexcept
    : pool_(other.pool_),
      blocks_(std::move(other.blocks_)),
      bytes_(std::exchange(other.bytes_, 0)),
      rows_(std::exchange(other.rows_, 0)),
      has_long_values_(std::exchange(other.has_long_values_, false)) {
    other.blocks_.clear();
}

ChunkBuffer& ChunkBuffer::operator=(ChunkBuffer&& other) noexcept {
    if (this != &other) {
        clear();
        pool_ = other.pool_;
        blocks_ = std::move(other.blocks_);
        other.blocks_.clear();
        bytes_ = std::exchange(other.bytes_, 0);
        rows_ = std::exchange(other.rows_, 0);
        has_long_values_ = std::exchange(other.has_long_values_, false);
    }
    return *this;
}

void ChunkBuffer::clear() noexcept {
    if (pool_ != nullptr) pool_->give_back(blocks_);
    bytes_ = 0;
    rows_ = 0;
    has_long_values_ = false;
}

std::size_t ChunkBuffer::room() const noexcept {
    return static_cast<std::size_t>(blocks_.size() * BlockPool::block_bytes - bytes_);
}

char* ChunkBuffer::end() noexcept {
    return blocks_[bytes_ / BlockPool::block_bytes].get() + bytes_ % BlockPool::block_bytes;
}

std::size_t ChunkBuffer::blocks_missing(mysql::RowView row) const {
    std::size_t most = 2 * row.size() + 1;
    for (const mysql::Field& field : row) most += 2 * field.size;
    const std::size_t free = room();
    if (most <= free) return 0;
    if (most > BlockPool::block_bytes) {
        // Twice the size is the rare worst case: of a big row count what it really takes.
        for (const mysql::Field& field : row)
            for (std::size_t i = 0; i < field.size; ++i) {
                const char c = field.data[i];
                most -= !(c == '\\' || c == mysql::load_field_end || c == mysql::load_row_end);
            }
        if (most <= free) return 0;
    }
    return (most - free + BlockPool::block_bytes - 1) / BlockPool::block_bytes;
}

bool ChunkBuffer::try_append(mysql::RowView row) {
    if (write_within_block(row)) return true;
    const std::size_t missing = blocks_missing(row);
    if (missing != 0 && !pool_->try_take(missing, blocks_)) return false;
    write(row);
    return true;
}

void ChunkBuffer::append(mysql::RowView row, const std::stop_token& stop) {
    const std::size_t missing = blocks_missing(row);
    if (missing != 0) pool_->take(missing, blocks_, stop);
    write(row);
}

/// The usual case: what the row takes at most fits into the block that is being filled.
bool ChunkBuffer::write_within_block(mysql::RowView row) noexcept {
    const std::size_t used = bytes_ % BlockPool::block_bytes;
    if (used == 0) return false;
    std::size_t most = 2 * row.size() + 1;
    for (const mysql::Field& field : row) most += 2 * field.size;
    if (used + most > BlockPool::block_bytes) return false;
    char* const begin = end();
    char* out = begin;
    for (const mysql::Field& field : row) {
        if (field.null()) {
            std::memcpy(out, mysql::load_null.data(), mysql::load_null.size());
            out += mysql::load_null.size();
        } else {
            out += mysql::escape_load_bytes(field.view(), out);
        }
        *out++ = mysql::load_field_end;
    }
    out[-1] = mysql::load_row_end;
    bytes_ += static_cast<std::uint64_t>(out - begin);
    ++rows_;
    return true;
}

void ChunkBuffer::write(mysql::RowView row) noexcept {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i != 0) put({&mysql::load_field_end, 1});
        has_long_values_ = has_long_values_ || row[i].size >= long_value_bytes;
        if (row[i].null())
            put(mysql::load_null);
        else
            put_escaped(row[i].view());
    }
    put({&mysql::load_row_end, 1});
    ++rows_;
}

void ChunkBuffer::put(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const std::size_t left = BlockPool::block_bytes - bytes_ % BlockPool::block_bytes;
        const std::size_t piece = std::min(left, bytes.size());
        std::memcpy(end(), bytes.data(), piece);
        bytes_ += piece;
        bytes.remove_prefix(piece);
    }
}

void ChunkBuffer::put_escaped(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const std::size_t left = BlockPool::block_bytes - bytes_ % BlockPool::block_bytes;
        if (left < 2) {
            char pair[2];
            put({pair, mysql::escape_load_bytes(bytes.substr(0, 1), pair)});
            bytes.remove_prefix(1);
            continue;
        }
        const std::size_t piece = std::min(left / 2, bytes.size());
        bytes_ += mysql::escape_load_bytes(bytes.substr(0, piece), end());
        bytes.remove_prefix(piece);
    }
}

std::size_t ChunkBuffer::read(std::uint64_t offset, char* to, std::size_t capacity) const noexcept {
    std::size_t copied = 0;
    while (copied < capacity && offset < bytes_) {
        const std::size_t within = offset % BlockPool::block_bytes;
        const std::size_t piece = std::min(
            {capacity - copied, BlockPool::block_bytes - within, static_cast<std::size_t>(bytes_ - offset)});
        std::memcpy(to + copied, blocks_[offset / BlockPool::block_bytes].get() + within, piece);
        copied += piece;
        offset += piece;
    }
    return copied;
}

}  // namespace transload::native
