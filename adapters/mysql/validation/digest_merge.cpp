#include "adapters/mysql/validation/digest_merge.hpp"

#include <charconv>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace transload::mysql::validation {
namespace {

struct DigestCount {
    RowDigest digest;
    std::uint64_t rows = 0;
};

constexpr std::size_t batch_rows = 1'000;
constexpr std::size_t batches_ahead = 8;

/// One server's sorted digests: a thread reads, the owner takes. Destruction before the end breaks the statement
/// off, and with it the session.
class DigestStream {
  public:
    DigestStream(Connection& connection, std::string sql)
        : thread_([this, &connection, statement = std::move(sql)] { read(connection, statement); }) {}

    ~DigestStream() {
        {
            const std::lock_guard lock(mutex_);
            abandoned_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    DigestStream(const DigestStream&) = delete;
    DigestStream& operator=(const DigestStream&) = delete;

    /// nullopt at the end. Rethrows what the reading thread met.
    std::optional<DigestCount> next() {
        if (at_ == batch_.size() && !take_batch()) return std::nullopt;
        return batch_[at_++];
    }

  private:
    using Batch = std::vector<DigestCount>;

    bool take_batch() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !batches_.empty() || ended_; });
        if (batches_.empty()) {
            if (failure_) std::rethrow_exception(failure_);
            return false;
        }
        batch_ = std::move(batches_.front());
        batches_.pop_front();
        at_ = 0;
        changed_.notify_all();
        return true;
    }

    /// False when nobody takes any more.
    bool give(Batch&& batch) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return batches_.size() < batches_ahead || abandoned_; });
        if (abandoned_) return false;
        if (!batch.empty()) batches_.push_back(std::move(batch));
        changed_.notify_all();
        return true;
    }

    void read(Connection& connection, const std::string& sql) {
        try {
            Batch batch;
            connection.stream(sql, [&](RowView row) {
                DigestCount count{digest_from_hex(row[0].view())};
                const std::string_view number = row[1].view();
                std::from_chars(number.data(), number.data() + number.size(), count.rows);
                batch.push_back(count);
                return batch.size() < batch_rows || give(std::exchange(batch, {}));
            });
            give(std::move(batch));
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Batch> batches_;
    bool ended_ = false;
    bool abandoned_ = false;
    std::exception_ptr failure_;
    Batch batch_;
    std::size_t at_ = 0;
    std::thread thread_;
};

}  // namespace

void merge_digests(Lane& lane, const TableQueries& queries,
                   const std::function<void(const DigestMismatch&)>& on_mismatch) {
    DigestStream sources(lane.on(Side::source), queries.digests(Side::source));
    DigestStream targets(lane.on(Side::target), queries.digests(Side::target));
    auto source = sources.next();
    auto target = targets.next();
    while (source || target) {
        if (source && (!target || source->digest < target->digest)) {
            on_mismatch({source->digest, source->rows, 0});
            source = sources.next();
        } else if (target && (!source || target->digest < source->digest)) {
            on_mismatch({target->digest, 0, target->rows});
            target = targets.next();
        } else {
            if (source->rows != target->rows) on_mismatch({source->digest, source->rows, target->rows});
            source = sources.next();
            target = targets.next();
        }
    }
}

}  // namespace transload::mysql::validation
