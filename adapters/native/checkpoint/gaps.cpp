#include "adapters/native/checkpoint/gaps.hpp"

#include <map>
#include <set>

namespace transload::native {

std::vector<mysql::KeyRange> gaps(const std::vector<DoneChunk>& done, const KeySorter& sorter) {
    if (done.empty()) return {mysql::KeyRange{}};
    // A bound is the same key on both sides of a cut, byte for byte, so equality needs no collation.
    std::map<mysql::KeyValue, const DoneChunk*> by_after;
    std::set<mysql::KeyValue> ends;
    const DoneChunk* first = nullptr;
    for (const DoneChunk& chunk : done) {
        if (chunk.range.after)
            by_after.emplace(*chunk.range.after, &chunk);
        else
            first = &chunk;
        if (chunk.range.upto) ends.insert(*chunk.range.upto);
    }
    // End of the run of touching chunks that begins with this one.
    const auto run_end = [&](const DoneChunk* chunk) {
        while (chunk->range.upto) {
            const auto next = by_after.find(*chunk->range.upto);
            if (next == by_after.end()) break;
            chunk = next->second;
        }
        return chunk->range.upto;
    };
    std::vector<mysql::KeyValue> starts;
    std::vector<std::optional<mysql::KeyValue>> stops;
    for (const auto& [after, chunk] : by_after) {
        if (ends.contains(after)) continue;
        starts.push_back(after);
        stops.push_back(run_end(chunk));
    }
    std::vector<mysql::KeyRange> open;
    std::optional<mysql::KeyValue> at;
    if (first != nullptr) {
        at = run_end(first);
        if (!at) return {};
    }
    for (const std::size_t i : sorter(starts)) {
        open.push_back({at, starts[i]});
        at = stops[i];
    }
    if (starts.empty() || at) open.push_back({at, std::nullopt});
    return open;
}

}  // namespace transload::native
