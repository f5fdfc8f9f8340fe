#include "adapters/native/stream/part_writer.hpp"

#include "adapters/native/stream/checked_batch.hpp"

namespace transload::native {
namespace {

using mysql::binlog::ChangeKind;
using mysql::binlog::RowImage;
using Count = CheckedBatch::Count;
using Kind = NetChange::Kind;

constexpr std::size_t rows_per_statement = 500;
/// Conditions of the form (a=1 AND b=2) OR … take the optimizer longer.
constexpr std::size_t composite_keys_per_statement = 100;
/// Of rows longer than this only what changed is sent.
constexpr std::size_t short_row_bytes = 2048;

class SliceWriter {
  public:
    SliceWriter(CheckedBatch& batch, const WriteContext& context, std::uint32_t table)
        : batch_(batch),
          table_(table),
          plan_(context.plans[table]),
          shape_(context.shapes[table]),
          sql_(context.sql[table]) {}

    void write(const std::vector<const NetChange*>& nets) {
        for (const NetChange* net : nets) plan_net(*net);
        delete_rows(deleted_, Count::affected);
        delete_rows(deleted_if_there_, Count::any);
        overwrite_rows();
        for (const NetChange* net : updated_) update(*net);
        insert_rows(inserted_);
    }

    void delete_rows(const std::vector<const RowImage*>& rows, Count count) {
        const std::size_t most = plan_.key->parts.size() == 1 ? rows_per_statement : composite_keys_per_statement;
        for (std::size_t at = 0; at < rows.size();) {
            std::string sql = sql_.delete_prefix();
            CheckedBatch::About about{table_, "DELETE", {}, false};
            while (at < rows.size() && about.rows.size() < most && sql.size() < batch_.statement_bytes()) {
                if (!about.rows.empty()) sql += sql_.key_separator();
                sql_.append_key(*rows[at], sql);
                about.rows.push_back(rows[at++]);
            }
            sql += sql_.key_end();
            const std::uint64_t expected = about.rows.size();
            batch_.add(sql, count, expected, std::move(about));
        }
    }

    void insert_rows(const std::vector<const RowImage*>& rows) {
        for (std::size_t at = 0; at < rows.size();) {
            std::string sql = sql_.insert_prefix();
            CheckedBatch::About about{table_, "INSERT", {}, true};
            append_rows(rows, at, sql, about);
            const std::uint64_t expected = about.rows.size();
            batch_.add(sql, Count::affected, expected, std::move(about));
        }
    }

    void update_row(const RowImage& before, const RowImage& after, Count count) {
        std::string sql;
        sql_.append_update(before, after, sql);
        if (plan_.key)
            sql_.append_where_key(before, sql);
        else
            sql_.append_where_row(before, sql);
        batch_.add(sql, count, 1, {table_, "UPDATE", {&before}, true, &after});
    }

    void delete_row(const RowImage& before) {
        std::string sql = sql_.delete_row_prefix();
        sql_.append_where_row(before, sql);
        batch_.add(sql, Count::affected, 1, {table_, "DELETE", {&before}, false});
    }

  private:
    void plan_net(const NetChange& net) {
        const bool is_update = net.kind == Kind::update || net.kind == Kind::replace;
        if (net.kind == Kind::remove) {
            (net.lenient ? deleted_if_there_ : deleted_).push_back(&net.before);
        } else if (net.kind == Kind::insert) {
            if (net.lenient) deleted_if_there_.push_back(&net.after);
            inserted_.push_back(&net.after);
        } else if (is_update) {
            const bool whole = is_whole(plan_, net.after);
            if (net.lenient && whole) {
                deleted_if_there_.push_back(&net.before);
                inserted_.push_back(&net.after);
            } else if (net.lenient) {
                updated_.push_back(&net);
            } else if (touches_uniques(shape_, net.before, net.after)) {
                deleted_.push_back(&net.before);
                inserted_.push_back(&net.after);
            } else if (shape_.uniques.empty() && whole && net.after.weight() <= short_row_bytes) {
                overwritten_.push_back(&net);
            } else {
                updated_.push_back(&net);
            }
        }
    }

    void append_rows(const std::vector<const RowImage*>& rows, std::size_t& at, std::string& sql,
                     CheckedBatch::About& about) const {
        while (at < rows.size() && about.rows.size() < rows_per_statement &&
               (about.rows.empty() || sql.size() + rows[at]->weight() < batch_.statement_bytes())) {
            if (!about.rows.empty()) sql += ',';
            sql_.append_row(*rows[at], sql);
            about.rows.push_back(rows[at++]);
        }
    }

    void overwrite_rows() {
        const auto& nets = overwritten_;
        std::vector<const RowImage*> rows;
        rows.reserve(nets.size());
        for (const NetChange* net : nets) rows.push_back(&net->after);
        for (std::size_t at = 0; at < rows.size();) {
            if (at + 1 == rows.size()) {  // servers count the duplicates of two rows and more
                update(*nets[at++]);
                continue;
            }
            std::string sql = sql_.insert_prefix();
            CheckedBatch::About about{table_, "UPDATE", {}, true};
            const std::size_t begin = at;
            append_rows(rows, at, sql, about);
            if (at == begin + 1) {
                update(*nets[begin]);
                continue;
            }
            sql += sql_.overwrite_suffix();
            const std::uint64_t expected = about.rows.size();
            batch_.add(sql, Count::overwritten, expected, std::move(about));
        }
    }

    void update(const NetChange& net) {
        update_row(net.before, net.after, net.lenient ? Count::any : Count::affected);
    }

    CheckedBatch& batch_;
    const std::uint32_t table_;
    const TablePlan& plan_;
    const TableShape& shape_;
    const TableSql& sql_;
    std::vector<const RowImage*> deleted_, deleted_if_there_, inserted_;
    std::vector<const NetChange*> overwritten_, updated_;
};

void write_one(CheckedBatch& batch, const WriteContext& context, const OrderedChange& change) {
    SliceWriter writer(batch, context, change.table);
    const bool keyed = context.plans[change.table].key.has_value();
    const Count count = change.lenient ? Count::any : Count::affected;
    switch (change.kind) {
        case ChangeKind::insert:
            if (keyed && change.lenient) writer.delete_rows({&change.after}, Count::any);
            return writer.insert_rows({&change.after});
        case ChangeKind::remove:
            if (keyed) return writer.delete_rows({&change.before}, count);
            return writer.delete_row(change.before);
        case ChangeKind::update:
            if (keyed && change.lenient && is_whole(context.plans[change.table], change.after)) {
                writer.delete_rows({&change.before, &change.after}, Count::any);
                return writer.insert_rows({&change.after});
            }
            return writer.update_row(change.before, change.after, keyed ? count : Count::affected);
    }
}

void write_ordered(mysql::Connection& connection, CheckedBatch& batch, const WriteContext& context,
                   const std::vector<OrderedChange>& changes) {
    const auto plain_insert = [](const OrderedChange& change) {
        return change.kind == ChangeKind::insert && !change.lenient && !change.dropped;
    };
    for (std::size_t i = 0; i < changes.size();) {
        const OrderedChange& change = changes[i];
        if (plain_insert(change)) {
            std::vector<const RowImage*> rows;
            for (; i < changes.size() && plain_insert(changes[i]) && changes[i].table == change.table; ++i)
                rows.push_back(&changes[i].after);
            SliceWriter(batch, context, change.table).insert_rows(rows);
            continue;
        }
        if (change.cascades) {
            batch.flush();
            context.cascades.carry_out(connection, change);
        }
        if (!change.dropped) write_one(batch, context, change);
        ++i;
    }
}

}  // namespace

void write_part(mysql::Connection& connection, const WriteContext& context, const Part& part, bool careful) {
    CheckedBatch batch(connection, context.sql, careful);
    for (const Part::Slice& slice : part.slices) {
        if (!slice.net.empty()) SliceWriter(batch, context, slice.table).write(slice.net);
        if (slice.ordered) write_ordered(connection, batch, context, *slice.ordered);
    }
    batch.flush();
}

}  // namespace transload::native
