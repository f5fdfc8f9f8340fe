#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/native/flow/memory_budget.hpp"

namespace transload::native {

/// Equal blocks of memory, used again and again so that neither malloc nor the kernel sees the traffic.
/// Thread-safe. Must outlive its blocks.
class BlockPool {
  public:
    static constexpr std::size_t block_bytes = 256U << 10;

    explicit BlockPool(std::uint64_t budget_bytes) : budget_(budget_bytes) {}

    /// Pages of its own, so that a block given up is memory given up whatever malloc thinks of it.
    struct Unmap {
        void operator()(char* block) const noexcept;
    };
    using Block = std::unique_ptr<char, Unmap>;

    /// Adds `count` blocks to `to`; waits for the budget.
    void take(std::size_t count, std::vector<Block>& to, const std::stop_token& stop);
    /// The same, false instead of waiting.
    [[nodiscard]] bool try_take(std::size_t count, std::vector<Block>& to);
    void give_back(std::vector<Block>& blocks) noexcept;

    /// Bytes that the client library took for good: the blocks shall make do with less.
    void charge(std::uint64_t bytes) noexcept;

  private:
    void hand_out(std::size_t count, std::vector<Block>& to);

    MemoryBudget budget_;
    std::mutex mutex_;
    std::vector<Block> spare_;
};

/// Rows of one chunk in the format of mysql::load_statement, in blocks of a pool. Not thread-safe.
class ChunkBuffer {
  public:
    ChunkBuffer() = default;
    explicit ChunkBuffer(BlockPool& pool) : pool_(&pool) {}
    ~ChunkBuffer() { clear(); }
    ChunkBuffer(ChunkBuffer&& other) noexcept;
    ChunkBuffer& operator=(ChunkBuffer&& other) noexcept;

    /// Appends a row. False, with nothing changed, when the memory for it is not there now.
    [[nodiscard]] bool try_append(mysql::RowView row);
    /// The same, waiting for the memory. Call it on an empty buffer only (see MemoryBudget).
    void append(mysql::RowView row, const std::stop_token& stop);

    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    /// True when a value of that many bytes may be among the rows.
    [[nodiscard]] bool has_long_values() const noexcept { return has_long_values_; }
    static constexpr std::size_t long_value_bytes = 512U << 10;
    /// Gives the memory back.
    void clear() noexcept;

    /// Copies up to `capacity` bytes from `offset`; 0 at the end.
    [[nodiscard]] std::size_t read(std::uint64_t offset, char* to, std::size_t capacity) const noexcept;

  private:
    [[nodiscard]] std::size_t blocks_missing(mysql::RowView row) const;
    void write(mysql::RowView row) noexcept;
    [[nodiscard]] bool write_within_block(mysql::RowView row) noexcept;
    void put(std::string_view bytes) noexcept;
    void put_escaped(std::string_view bytes) noexcept;
    [[nodiscard]] std::size_t room() const noexcept;
    [[nodiscard]] char* end() noexcept;

    BlockPool* pool_ = nullptr;
    std::vector<BlockPool::Block> blocks_;
    std::uint64_t bytes_ = 0;
    std::uint64_t rows_ = 0;
    bool has_long_values_ = false;
};

/// Feeds a LOAD DATA from a buffer, which stays as it is and can be read again.
class BufferSource final : public mysql::LoadSource {
  public:
    explicit BufferSource(const ChunkBuffer& buffer) : buffer_(buffer) {}
    std::size_t read(char* buffer, std::size_t capacity) override {
        const std::size_t copied = buffer_.read(offset_, buffer, capacity);
        offset_ += copied;
        return copied;
    }

  private:
    const ChunkBuffer& buffer_;
    std::uint64_t offset_ = 0;
};

}  // namespace transload::native
