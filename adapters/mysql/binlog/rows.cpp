#include "adapters/mysql/binlog/rows.hpp"

#include "adapters/mysql/binlog/compressed.hpp"
#include "adapters/mysql/binlog/json_diff.hpp"

namespace transload::mysql::binlog {
namespace {

constexpr std::uint16_t no_foreign_key_checks = 2;

struct Shape {
    ChangeKind kind = ChangeKind::insert;
    bool version2 = false;
    bool compressed = false;
    bool partial = false;
};

Shape shape_of(EventType type) {
    using T = EventType;
    using K = ChangeKind;
    switch (type) {
        case T::write_rows_v1: return {K::insert};
        case T::update_rows_v1: return {K::update};
        case T::delete_rows_v1: return {K::remove};
        case T::write_rows: return {K::insert, true};
        case T::update_rows: return {K::update, true};
        case T::delete_rows: return {K::remove, true};
        case T::partial_update_rows: return {K::update, true, false, true};
        case T::mariadb_write_rows_compressed_v1: return {K::insert, false, true};
        case T::mariadb_update_rows_compressed_v1: return {K::update, false, true};
        case T::mariadb_delete_rows_compressed_v1: return {K::remove, false, true};
        case T::mariadb_write_rows_compressed: return {K::insert, true, true};
        case T::mariadb_update_rows_compressed: return {K::update, true, true};
        case T::mariadb_delete_rows_compressed: return {K::remove, true, true};
        default: ByteReader::fail("no event of rows");
    }
}

bool bit(std::string_view bits, std::size_t i) {
    return (static_cast<unsigned char>(bits[i / 8]) >> (i % 8) & 1) != 0;
}

/// Images of one kind (before or after) of one event's rows.
class ImageReader {
  public:
    ImageReader(const TableLayout& layout, std::size_t plan_columns, std::string_view present)
        : layout_(layout), plan_columns_(plan_columns), present_(present) {
        for (std::size_t i = 0; i < layout.cells.size(); ++i) count_ += bit(present, i) ? 1 : 0;
    }

    /// `json`: where the binary documents are kept that a partial update may start from, by column; may be nullptr.
    void read(ByteReader& reader, RowImage& image, RowsPlace& place, std::vector<std::string_view>* json) const {
        const std::string_view nulls = begin(reader, image);
        std::size_t at = 0;
        for (std::size_t i = 0; i < layout_.cells.size(); ++i) {
            if (!bit(present_, i)) continue;
            const CellLayout& cell = layout_.cells[i];
            const bool null = bit(nulls, at++);
            place.column = cell.column;
            if (null) {
                if (cell.wanted) image.set(cell.column, CellState::null);
            } else if (!cell.wanted) {
                skip_cell(cell, reader);
            } else {
                if (json != nullptr && cell.form == CellForm::json) {
                    ByteReader look = reader;
                    (*json)[i] = counted_bytes(cell, look);
                }
                read_cell(cell, reader, image);
            }
        }
        place.column.reset();
    }

    /// An image in which documents may be changes of those in `before`.
    void read_partial(ByteReader& reader, RowImage& image, RowsPlace& place,
                      const std::vector<std::string_view>& before) const {
        constexpr std::uint64_t partial_json = 1;
        const std::uint64_t options = reader.length_encoded();
        if ((options & ~partial_json) != 0) ByteReader::fail("rows with options that are not known");
        if (options == 0) return read(reader, image, place, nullptr);
        const std::string_view partial = reader.bytes((layout_.json_columns + 7) / 8);
        const std::string_view nulls = begin(reader, image);
        std::size_t at = 0, json_at = 0;
        for (std::size_t i = 0; i < layout_.cells.size(); ++i) {
            const CellLayout& cell = layout_.cells[i];
            // Each JSON column has its bit, whether it is in the image or not.
            const bool is_partial = cell.form == CellForm::json && bit(partial, json_at++);
            if (!bit(present_, i)) continue;
            const bool null = bit(nulls, at++);
            place.column = cell.column;
            if (null) {
                if (cell.wanted) image.set(cell.column, CellState::null);
            } else if (!cell.wanted) {
                skip_cell(cell, reader);
            } else if (is_partial) {
                patch(cell, counted_bytes(cell, reader), before[i], image);
            } else {
                read_cell(cell, reader, image);
            }
        }
        place.column.reset();
    }

    /// The next image will be about as large as this one.
    void learn(const RowImage& image) { expected_ = image.used() + image.used() / 8; }

  private:
    std::string_view begin(ByteReader& reader, RowImage& image) const {
        const std::string_view nulls = reader.bytes((count_ + 7) / 8);
        image = RowImage(plan_columns_);
        image.reserve(expected_);
        return nulls;
    }

    static void patch(const CellLayout& cell, std::string_view changes, std::string_view before, RowImage& image) {
        const std::vector<JsonDiff> diffs = read_json_diffs(changes);
        if (before.data() == nullptr) {
            image.set(cell.column, CellState::patch, patch_expression(diffs));
            return;
        }
        JsonNode document = read_json(before);
        std::deque<std::string> names;
        apply(diffs, document, names);
        std::string out;
        const bool expression = json_needs_expression(document);
        if (expression)
            append_json_expression(document, out);
        else
            append_json_text(document, out);
        image.set(cell.column, expression ? CellState::expression : CellState::value, out);
    }

    const TableLayout& layout_;
    std::size_t plan_columns_;
    std::string_view present_;
    std::size_t count_ = 0;
    std::size_t expected_ = 64;  ///< bytes that an image's values take, about
};

}  // namespace

bool is_rows(EventType type) {
    using T = EventType;
    return (type >= T::write_rows_v1 && type <= T::delete_rows_v1) ||
           (type >= T::write_rows && type <= T::delete_rows) || type == T::partial_update_rows ||
           (type >= T::mariadb_write_rows_compressed_v1 && type <= T::mariadb_delete_rows_compressed);
}

std::size_t read_rows(EventType type, std::string_view body, const TableLayouts& layouts,
                      const std::vector<TablePlan>& tables, std::vector<RowChange>& changes, RowsPlace& place) {
    constexpr std::uint64_t no_table = 0xffffff;  // an event that only ends the statement
    const Shape shape = shape_of(type);
    ByteReader head(body);
    const std::uint64_t id = head.little(6);
    const std::uint16_t flags = head.u16();
    if (shape.version2) {
        const std::uint16_t extra = head.u16();
        if (extra < 2) ByteReader::fail("rows with too short a header");
        head.skip(extra - 2U);
    }
    if (id == no_table) return 0;
    const TableLayout* const layout = layouts.find(id);
    if (layout == nullptr) return 0;
    place.layout = layout;
    const std::uint64_t width = head.length_encoded();
    if (width != layout->cells.size()) ByteReader::fail("rows with another number of columns than their table");
    const std::size_t bitmap = (static_cast<std::size_t>(width) + 7) / 8;
    const bool update = shape.kind == ChangeKind::update;
    const std::string_view first_present = head.bytes(bitmap);
    const std::string_view after_present = update ? head.bytes(bitmap) : first_present;
    const std::string unpacked = shape.compressed ? inflate_event(head.rest()) : std::string();
    ByteReader reader(shape.compressed ? std::string_view(unpacked) : head.rest());

    const std::size_t columns = tables[layout->table].columns.size();
    ImageReader first(*layout, columns, first_present);
    ImageReader after(*layout, columns, after_present);
    std::vector<std::string_view> documents;
    std::size_t weight = 0;
    while (!reader.empty()) {
        const std::size_t left = reader.left();
        RowChange& change = changes.emplace_back();
        change.table = layout->table;
        change.kind = shape.kind;
        change.foreign_keys_checked = (flags & no_foreign_key_checks) == 0;
        RowImage& image = shape.kind == ChangeKind::insert ? change.after : change.before;
        if (shape.partial) documents.assign(layout->cells.size(), {});
        first.read(reader, image, place, shape.partial ? &documents : nullptr);
        if (shape.partial)
            after.read_partial(reader, change.after, place, documents);
        else if (update)
            after.read(reader, change.after, place, nullptr);
        if (reader.left() == left) ByteReader::fail("rows without columns");
        first.learn(image);
        if (update) after.learn(change.after);
        weight += change.before.weight() + change.after.weight();
    }
    place = {};
    return weight;
}

}  // namespace transload::mysql::binlog
