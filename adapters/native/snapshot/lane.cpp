#include "adapters/native/snapshot/lane.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "adapters/native/snapshot/load_warnings.hpp"
#include "adapters/native/snapshot/target_writer.hpp"

namespace transload::native {
namespace {

/// Rows from this size on make the client library's packet buffer worth counting.
constexpr std::uint64_t big_row_bytes = 1U << 20;
constexpr std::uint64_t pay_rows = 256;
constexpr std::uint64_t pay_bytes = 256U << 10;

/// Tells the queue that a segment is no longer held, however that came.
class Held {
  public:
    Held(WorkQueue& queue, std::size_t table) : queue_(queue), table_(table) {}
    ~Held() { queue_.done(table_); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

  private:
    WorkQueue& queue_;
    std::size_t table_;
};

class CloseAtEnd {
  public:
    explicit CloseAtEnd(BoundedQueue<Chunk>& queue) : queue_(queue) {}
    ~CloseAtEnd() { queue_.close(); }
    CloseAtEnd(const CloseAtEnd&) = delete;
    CloseAtEnd& operator=(const CloseAtEnd&) = delete;

  private:
    BoundedQueue<Chunk>& queue_;
};

}  // namespace

CopySizes CopySizes::choose(const Limits& limits) {
    CopySizes sizes;
    sizes.lanes = std::max(1U, limits.workers);
    // A lane holds one chunk being filled, one waiting and one being written; a fourth share stays for big
    // rows.
    sizes.chunk_bytes = std::clamp<std::uint64_t>(limits.memory / (sizes.lanes * 4ULL), 1U << 20, 8U << 20);
    sizes.chunk_rows = 200'000;
    sizes.least_segment_bytes = sizes.chunk_bytes;
    sizes.most_segment_bytes = 16 * sizes.chunk_bytes;
    return sizes;
}

void Lane::read() {
    const CloseAtEnd close(ready_);
    const auto stop = context_.run.stop();
    Lease lease = context_.view.borrow();
    std::optional<std::size_t> table;
    while (auto taken = context_.queue.take(stop, table)) {
        table = taken->segment.table;
        const Held held(context_.queue, *table);
        context_.board.table_begins(*table);
        Segment segment = taken->segment;
        try {
            const Interrupter::Watch watch(context_.interrupter, *lease);
            segment = carve(*lease, std::move(*taken));
            if (context_.job.tables[*table].key)
                read_keyed(*lease, segment);
            else
                read_streamed(*lease, segment);
        } catch (const Error& error) {
            const bool alive = recover(lease, std::move(segment), error);
            context_.board.item_ends(*table);
            if (!alive) return;
            continue;
        }
        context_.board.item_ends(*table);
    }
}

/// False when the lane has to end because its session, and with it its snapshot, is gone.
bool Lane::recover(Lease& lease, Segment segment, const Error& error) {
    const auto stop = context_.run.stop();
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    const auto* server = dynamic_cast<const mysql::ServerError*>(&error);
    const bool lost = server != nullptr && (server->connection_lost() || !lease->ping());
    const std::string object = context_.job.tables[segment.table].source.display();
    // The others go on in this view.
    if (mysql::needs_another_view(error) || mysql::waits_in_vain(error)) {
        context_.queue.postpone(std::move(segment));
        return true;
    }
    if (!lost &&
        (error.kind() != ErrorKind::transient || segment.attempts + 1 >= context_.job.spec.retry.attempts)) {
        if (error.object() == object) throw error;
        throw Error(error.kind(), error.id(), object,
                    fmt::format("reading {} failed: {}", object, error.message()), error.remedy());
    }
    const unsigned attempts = lost ? segment.attempts : segment.attempts++;
    context_.board.item_begins(segment.table);
    context_.queue.give_back(std::move(segment));
    if (lost) {
        lease.broken();
        return false;
    }
    back_off(context_.job.spec.retry, attempts, stop);
    return true;
}

/// Takes as much of the segment as keeps all lanes busy to the end: big parts first, small ones towards the
/// end.
Segment Lane::carve(mysql::Connection& source, WorkQueue::Taken taken) {
    Segment segment = taken.segment;
    const TablePlan& plan = context_.job.tables[segment.table];
    if (!plan.key) return segment;
    const std::uint64_t row_bytes = row_bytes_estimate(plan);
    const std::uint64_t wanted_bytes =
        std::clamp(taken.waiting_bytes / (2 * context_.sizes.lanes), context_.sizes.least_segment_bytes,
                   context_.sizes.most_segment_bytes);
    const std::uint64_t wanted_rows = std::max<std::uint64_t>(1, wanted_bytes / row_bytes);
    if (segment.estimated_rows <= wanted_rows + wanted_rows / 2) return segment;
    const auto cut = find_cut(source, plan, segment.range, wanted_rows);
    if (!cut) return segment;
    Segment rest = segment;
    rest.range.after = cut;
    rest.estimated_rows -= std::min(rest.estimated_rows - 1, wanted_rows);
    context_.board.item_begins(rest.table);
    context_.queue.give_back(std::move(rest));
    segment.range.upto = cut;
    segment.estimated_rows = wanted_rows;
    return segment;
}

Chunk Lane::new_chunk(const Segment& segment) {
    TableState& state = context_.states[segment.table];
    Chunk chunk;
    chunk.table = segment.table;
    chunk.mark.view = context_.view_number;
    chunk.rows = ChunkBuffer(context_.pool);
    chunk.transactional = state.transactional;
    chunk.clean_first = !state.transactional && (state.begun_before || segment.attempts != 0);
    return chunk;
}

std::uint64_t Lane::chunk_rows(const TablePlan& plan) const {
    const std::uint64_t limit = most_rows_per_statement(plan);
    return limit == 0 ? context_.sizes.chunk_rows : std::min(limit, context_.sizes.chunk_rows);
}

void Lane::emit(Chunk chunk) {
    context_.board.item_begins(chunk.table);
    ready_.push(std::move(chunk), context_.run.stop());
}

void Lane::account(mysql::RowView row) {
    std::uint64_t bytes = 0;
    for (const mysql::Field& field : row) bytes += field.size;
    if (bytes > big_row_bytes && bytes > biggest_row_) {
        // The library keeps a packet buffer of the biggest row for as long as the session lives.
        context_.pool.charge(bytes - biggest_row_);
        biggest_row_ = bytes;
    }
    ++unpaid_rows_;
    unpaid_bytes_ += bytes;
    if (unpaid_rows_ >= pay_rows || unpaid_bytes_ >= pay_bytes) pay();
}

void Lane::pay() {
    context_.throttle.pass(unpaid_rows_, unpaid_bytes_, context_.run.stop());
    unpaid_rows_ = 0;
    unpaid_bytes_ = 0;
}

void Lane::read_keyed(mysql::Connection& source, Segment& segment) {
    const TablePlan& plan = context_.job.tables[segment.table];
    const mysql::KeyReading reading = mysql::key_reading(plan);
    const std::size_t fields = mysql::writable_columns(plan).size();
    const std::string sql =
        fmt::format("SELECT {}{} FROM {} {} WHERE {} ORDER BY {}", mysql::select_list(plan), reading.extra,
                    mysql::quote_name(plan.source), mysql::key_hint(plan),
                    mysql::range_predicate(plan, segment.range), mysql::key_order(plan));
    const std::uint64_t most_rows = chunk_rows(plan);
    Chunk chunk = new_chunk(segment);
    mysql::KeyValue last_key;
    const auto cut = [&](std::optional<mysql::KeyValue> upto) {
        chunk.mark.number = context_.states[segment.table].next_chunk++;
        chunk.mark.range = {segment.range.after, upto};
        chunk.mark.rows = chunk.rows.rows();
        chunk.mark.bytes = chunk.rows.bytes();
        emit(std::move(chunk));
        // From here on the chunk is the writer's: should the reading break off, the rest begins behind it.
        segment.range.after = std::move(upto);
        chunk = new_chunk(segment);
    };
    // A chunk that is handed over early, for want of memory, ends with the row before: its key must be known
    // then.
    const auto remember_key = [&](mysql::RowView row) {
        last_key.resize(reading.fields.size());
        for (std::size_t i = 0; i < last_key.size(); ++i) last_key[i].assign(row[reading.fields[i]].view());
    };
    source.stream(sql, [&](mysql::RowView row) {
        const mysql::RowView values = row.first(fields);
        account(values);
        if (!chunk.rows.try_append(values)) {
            // Waiting for memory while holding some could make all lanes wait for each other: hand over
            // first.
            if (chunk.rows.rows() != 0) cut(last_key);
            chunk.rows.append(values, context_.run.stop());
        }
        if (chunk.rows.bytes() >= context_.sizes.chunk_bytes || chunk.rows.rows() >= most_rows)
            cut(mysql::read_key(reading, row));
        else
            remember_key(row);
        return true;
    });
    pay();
    cut(segment.range.upto);
}

void Lane::read_streamed(mysql::Connection& source, Segment& segment) {
    const TablePlan& plan = context_.job.tables[segment.table];
    const auto stop = context_.run.stop();
    const auto stream = std::make_shared<StreamedTable>();
    const std::uint64_t most_rows = chunk_rows(plan);
    Chunk chunk;
    bool first = true;
    const auto next_piece = [&] {
        chunk = new_chunk(segment);
        chunk.streamed = stream;
        // The same number in each attempt: a second mark must meet the first.
        chunk.mark.number = context_.states[segment.table].next_chunk;
        chunk.first = first;
        chunk.last = false;
        first = false;
    };
    const auto hand_over = [&] {
        emit(std::move(chunk));
        next_piece();
    };
    next_piece();
    bool killed = false;
    try {
        source.stream(
            "SELECT " + mysql::select_list(plan) + " FROM " + mysql::quote_name(plan.source) + " WHERE " +
                mysql::row_condition(plan),
            [&](mysql::RowView row) {
                if (stream->over()) {
                    // Ends the statement but not the session, whose snapshot is still needed.
                    if (!killed) mysql::kill_query(context_.view.endpoint(), source.thread_id());
                    killed = true;
                    return true;
                }
                account(row);
                if (!chunk.rows.try_append(row)) {
                    if (chunk.rows.rows() != 0) hand_over();
                    chunk.rows.append(row, stop);
                }
                if (chunk.rows.bytes() >= context_.sizes.chunk_bytes || chunk.rows.rows() >= most_rows)
                    hand_over();
                return true;
            });
    } catch (const mysql::ServerError& error) {
        if (!killed || error.connection_lost()) {
            stream->fail(std::current_exception());  // the writer must not wait for more
            throw;
        }
    }
    pay();
    chunk.last = true;
    emit(std::move(chunk));
    if (const auto error = stream->wait(stop)) std::rethrow_exception(error);
}

void Lane::write() {
    TargetWriter writer(context_);
    const auto stop = context_.run.stop();
    while (auto chunk = ready_.pop(stop)) {
        writer.write(*chunk);
        const bool durable = !chunk->streamed || chunk->last;
        if (durable) {
            ++context_.durable_chunks;
            const auto& stream = chunk->streamed;
            context_.board.chunk_done(chunk->table, stream ? stream->rows : chunk->mark.rows,
                                      stream ? stream->bytes : chunk->mark.bytes);
        }
        context_.board.item_ends(chunk->table);
    }
}

}  // namespace transload::native
