#include "adapters/native/following/copied_runs.hpp"

#include <algorithm>
#include <map>

#include "orchestrator/plan/error.hpp"

namespace transload::native {
namespace {

using mysql::binlog::Position;

const ViewRecord& view_of(const DoneChunk& chunk, const std::vector<ViewRecord>& views) {
    const auto found = std::find_if(views.begin(), views.end(),
                                    [&](const ViewRecord& view) { return view.number == chunk.view; });
    if (found == views.end() || !found->log_position)
        throw Error(ErrorKind::failed, "native.view_unplaced", "source",
                    "rows were copied from a view whose position in the source's log is not known",
                    "switch the source's binary log on and begin anew with --restart");
    return *found;
}

CopiedRun run_of(const DoneChunk& chunk, const ViewRecord& view) {
    return {chunk.range, *view.log_position, view.bracket_low};
}

bool same_view(const CopiedRun& run, const ViewRecord& view) {
    return run.position == *view.log_position && run.bracket_low == view.bracket_low;
}

/// A bound is the same key on both sides of a cut, byte for byte: chunks that touch are found without a collation.
std::vector<CopiedRun> runs_of(const TableCheckpoint& table, const std::vector<ViewRecord>& views) {
    std::vector<CopiedRun> runs;
    if (table.chunks.empty()) return runs;
    const ViewRecord& first = view_of(table.chunks.front(), views);
    const bool one_view = std::all_of(table.chunks.begin(), table.chunks.end(), [&](const DoneChunk& chunk) {
        return same_view(run_of(table.chunks.front(), first), view_of(chunk, views));
    });
    if (one_view) return {{mysql::KeyRange{}, *first.log_position, first.bracket_low}};
    std::map<mysql::KeyValue, const DoneChunk*> by_after;
    const DoneChunk* next = nullptr;
    for (const DoneChunk& chunk : table.chunks) {
        if (chunk.range.after)
            by_after.emplace(*chunk.range.after, &chunk);
        else
            next = &chunk;
    }
    // The table is wholly copied when a window is made: the chunks form one chain from the lowest key to the highest.
    while (next != nullptr) {
        const ViewRecord& view = view_of(*next, views);
        if (!runs.empty() && same_view(runs.back(), view))
            runs.back().range.upto = next->range.upto;
        else
            runs.push_back(run_of(*next, view));
        if (!next->range.upto) break;
        const auto found = by_after.find(*next->range.upto);
        next = found == by_after.end() ? nullptr : found->second;
    }
    if (runs.empty() || runs.back().range.upto)
        throw Error(ErrorKind::failed, "native.chunks_apart", "target", "the copied key ranges of a table leave a gap",
                    "begin anew with --restart");
    return runs;
}

}  // namespace

Window window_of(const std::vector<TableCheckpoint>& tables, const std::vector<ViewRecord>& views) {
    Window window;
    for (const TableCheckpoint& table : tables) window.tables.push_back(runs_of(table, views));
    return window;
}

std::optional<Position> end_of(const Window& window) {
    std::optional<Position> end;
    for (const auto& runs : window.tables)
        for (const CopiedRun& run : runs)
            if (!end || covers(run.position, *end)) end = run.position;
    return end;
}

bool is_of_one_view(const Window& window) {
    const CopiedRun* first = nullptr;
    for (const auto& runs : window.tables)
        for (const CopiedRun& run : runs) {
            if (first == nullptr) first = &run;
            if (run.position != first->position || run.bracket_low) return false;
        }
    return true;
}

}  // namespace transload::native
