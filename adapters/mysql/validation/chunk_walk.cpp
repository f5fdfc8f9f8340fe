#include "adapters/mysql/validation/chunk_walk.hpp"

#include <algorithm>
#include <cmath>

#include "adapters/mysql/validation/row_matcher.hpp"

namespace transload::mysql::validation {
namespace {

constexpr std::uint64_t chunk_bytes = 64ULL << 20;
constexpr std::uint64_t least_rows = 2'000;
constexpr std::uint64_t sample_rows = 5'000;

/// SplitMix64's finaliser: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15ULL;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

}  // namespace

std::vector<std::size_t> choose_chunks(std::size_t count, double share, std::uint64_t seed, std::string_view table) {
    std::uint64_t base = mix(seed);
    for (const char c : table) base = mix(base ^ static_cast<unsigned char>(c));
    std::vector<std::pair<std::uint64_t, std::size_t>> ranked;
    ranked.reserve(count);
    for (std::size_t i = 0; i < count; ++i) ranked.emplace_back(mix(base ^ i), i);
    const double wanted = std::ceil(static_cast<double>(count) * std::clamp(share, 0.0, 1.0));
    const std::size_t size = std::min(count, std::max<std::size_t>(1, static_cast<std::size_t>(wanted)));
    std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(size), ranked.end());
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < size; ++i) chosen.push_back(ranked[i].second);
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

std::uint64_t chunk_rows(const TablePlan& plan, const JobSpec& spec) {
    if (spec.validate == ValidationLevel::sample) {
        const std::uint64_t fitting = chunk_bytes / std::max<std::uint64_t>(1, plan.average_row_bytes);
        return std::clamp<std::uint64_t>(fitting, 1, sample_rows);
    }
    const std::uint64_t lanes = std::max(1U, spec.limits.workers);
    const std::uint64_t even = std::clamp(plan.estimated_rows / (lanes * 4), least_rows, rows_in_memory);
    const std::uint64_t fitting = chunk_bytes / std::max<std::uint64_t>(1, plan.average_row_bytes);
    return std::max<std::uint64_t>(1, std::min(even, fitting));
}

ChunkWalk::ChunkWalk(const TablePlan& plan, const TableQueries& queries, const JobSpec& spec)
    : plan_(plan), queries_(queries), spec_(spec), size_(chunk_rows(plan, spec)) {}

bool ChunkWalk::next(Lane& lane, KeyRange& range) {
    std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) {
        // Whoever has the walk may need a session of the view to go on, and there may be fewer than lanes.
        lane.lend_sessions();
        lock.lock();
    }
    if (spec_.validate != ValidationLevel::sample) return cut(lane, range);
    if (!walked_) {
        std::vector<KeyRange> all;
        KeyRange one;
        while (cut(lane, one)) all.push_back(one);
        for (const std::size_t place : choose_chunks(all.size(), spec_.sample_share, spec_.sample_seed, plan_.source.display()))
            sample_.push_back(all[place]);
        walked_ = true;
    }
    if (given_ == sample_.size()) return false;
    range = sample_[given_++];
    return true;
}

bool ChunkWalk::cut(Lane& lane, KeyRange& range) {
    if (ended_) return false;
    range.after = after_;
    range.upto.reset();
    const Result result = lane.retrying(plan_.source.display(), [&] {
        return lane.on(Side::source).query(queries_.boundary(Side::source, range, size_));
    });
    if (result.rows.empty()) {
        ended_ = true;
        return true;
    }
    KeyValue& upto = range.upto.emplace();
    for (const Value& part : result.rows[0]) upto.push_back(part.value_or(""));
    after_ = upto;
    return true;
}

}  // namespace transload::mysql::validation
