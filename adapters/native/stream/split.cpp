#include "adapters/native/stream/split.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/native/stream/integer_key.hpp"

namespace transload::native {
namespace {

using mysql::binlog::CellState;
using mysql::binlog::RowImage;
using Kind = NetChange::Kind;

/// FNV-1a: a program of another version, or on another machine, gets the same.
class Hash {
  public:
    void add(std::string_view bytes) {
        for (const char c : bytes) step(static_cast<unsigned char>(c));
        step(0xff);  // "a","bc" is not "ab","c"
    }
    void add(std::uint64_t number) {
        for (unsigned shift = 0; shift < 64; shift += 8) step(number >> shift & 0xff);
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

  private:
    void step(std::uint64_t byte) { value_ = (value_ ^ byte) * 1099511628211ULL; }
    std::uint64_t value_ = 14695981039346656037ULL;
};

class Components {
  public:
    explicit Components(std::size_t size) : parents_(size) { std::iota(parents_.begin(), parents_.end(), 0U); }
    [[nodiscard]] std::uint32_t of(std::uint32_t member) {
        while (parents_[member] != member) member = parents_[member] = parents_[parents_[member]];
        return member;
    }
    /// The lower number stands for both.
    void join(std::uint32_t a, std::uint32_t b) {
        a = of(a);
        b = of(b);
        if (a != b) parents_[std::max(a, b)] = std::min(a, b);
    }

  private:
    std::vector<std::uint32_t> parents_;
};

/// What the image holds in the index; nullopt: a NULL, which never meets another.
std::optional<std::uint64_t> hashed(const TablePlan& plan, const std::vector<std::size_t>& columns,
                                    std::uint64_t index, const RowImage& image) {
    Hash hash;
    hash.add(index);
    for (const std::size_t column : columns) {
        if (image.state(column) == CellState::null) return std::nullopt;
        hash.add(comparable_value(plan.columns[column], image.bytes(column)));
    }
    return hash.value();
}

bool knows(const RowImage& image, const std::vector<std::size_t>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](std::size_t column) {
        return image.state(column) == CellState::value || image.state(column) == CellState::null;
    });
}

bool touches(const UniqueIndex& index, const NetChange& net) {
    if (net.kind != Kind::update) return true;
    return std::any_of(index.columns.begin(), index.columns.end(), [&](std::size_t column) {
        return net.after.state(column) != CellState::absent && !same_cell(net.before, net.after, column);
    });
}

std::vector<const NetChange*> alive(const TableChanges& changes) {
    std::vector<const NetChange*> nets;
    nets.reserve(changes.net.size());
    for (const NetChange& net : changes.net)
        if (net.kind != Kind::dead) nets.push_back(&net);
    return nets;
}

const RowImage& keyed_image(const NetChange& net) { return net.kind == Kind::insert ? net.after : net.before; }

/// Neighbours in the table go to the same session and, in it, follow each other.
void sort_by_key(const TablePlan& plan, std::vector<const NetChange*>& nets) {
    if (plan.key->parts.size() == 1 &&
        mysql::column_kind(plan.columns[plan.key->parts[0].column]) == mysql::ColumnKind::integer) {
        const std::size_t column = plan.key->parts[0].column;
        std::vector<std::pair<IntegerKey, const NetChange*>> numbered;
        numbered.reserve(nets.size());
        for (const NetChange* net : nets) numbered.emplace_back(integer_key(keyed_image(*net).bytes(column)), net);
        std::sort(numbered.begin(), numbered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < nets.size(); ++i) nets[i] = numbered[i].second;
        return;
    }
    std::stable_sort(nets.begin(), nets.end(), [&](const NetChange* a, const NetChange* b) {
        for (const KeyPart& part : plan.key->parts) {
            const int order = keyed_image(*a).bytes(part.column).compare(keyed_image(*b).bytes(part.column));
            if (order != 0) return order < 0;
        }
        return false;
    });
}

/// Changes of one table that must stay together.
struct Unit {
    std::uint32_t table = 0;
    std::vector<const NetChange*> net;
    const std::vector<OrderedChange>* ordered = nullptr;
    [[nodiscard]] std::uint64_t weight() const { return net.size() + (ordered ? 4 * ordered->size() : 0); }
};

class Units {
  public:
    Units(const std::vector<TablePlan>& plans, const std::vector<TableShape>& shapes) : plans_(plans), shapes_(shapes) {}

    void add(std::uint32_t table, const TableChanges& changes, bool one_part) {
        auto nets = alive(changes);
        if (nets.empty() && changes.ordered.empty()) return;
        if (plans_[table].key) sort_by_key(plans_[table], nets);
        const TableShape& shape = shapes_[table];
        if (one_part || shape.whole() || !changes.ordered.empty() || hides_uniques(shape, nets)) {
            units_.push_back({table, std::move(nets), changes.ordered.empty() ? nullptr : &changes.ordered});
        } else if (shape.uniques.empty() && shape.key_is_exact) {
            for (const NetChange* net : nets) units_.push_back({table, {net}, nullptr});
        } else {
            add_components(table, nets);
        }
    }

    [[nodiscard]] std::vector<Unit>& all() { return units_; }

  private:
    /// Some old unique value isn't in the log (MINIMAL images).
    static bool hides_uniques(const TableShape& shape, const std::vector<const NetChange*>& nets) {
        return std::any_of(shape.uniques.begin(), shape.uniques.end(), [&](const UniqueIndex& index) {
            return std::any_of(nets.begin(), nets.end(), [&](const NetChange* net) {
                if (!touches(index, *net)) return false;
                return (net->kind != Kind::insert && !knows(net->before, index.columns)) ||
                       (net->kind != Kind::remove && !knows(net->after, index.columns));
            });
        });
    }

    void add_components(std::uint32_t table, const std::vector<const NetChange*>& nets) {
        const TablePlan& plan = plans_[table];
        const TableShape& shape = shapes_[table];
        Components components(nets.size());
        std::unordered_map<std::uint64_t, std::uint32_t> owners;
        owners.reserve(nets.size() * (1 + 2 * shape.uniques.size()));
        const auto meet = [&](std::uint32_t i, const std::vector<std::size_t>& columns, std::uint64_t index,
                              const RowImage& image) {
            const auto hash = hashed(plan, columns, index, image);
            if (!hash) return;
            const auto [owner, fresh] = owners.try_emplace(*hash, i);
            if (!fresh) components.join(i, owner->second);
        };
        std::vector<std::size_t> key;
        for (const KeyPart& part : plan.key->parts) key.push_back(part.column);
        for (std::uint32_t i = 0; i < nets.size(); ++i) {
            const NetChange& net = *nets[i];
            if (!shape.key_is_exact) meet(i, key, 0, keyed_image(net));
            for (std::size_t u = 0; u < shape.uniques.size(); ++u) {
                const UniqueIndex& index = shape.uniques[u];
                if (!touches(index, net)) continue;
                if (net.kind != Kind::insert) meet(i, index.columns, u + 1, net.before);
                if (net.kind != Kind::remove) meet(i, index.columns, u + 1, net.after);
            }
        }
        std::unordered_map<std::uint32_t, std::size_t> places;
        for (std::uint32_t i = 0; i < nets.size(); ++i) {
            const auto [place, fresh] = places.try_emplace(components.of(i), units_.size());
            if (fresh) units_.push_back({table, {}, nullptr});
            units_[place->second].net.push_back(nets[i]);
        }
    }

    const std::vector<TablePlan>& plans_;
    const std::vector<TableShape>& shapes_;
    std::vector<Unit> units_;
};

void append(Part& part, const Unit& unit) {
    if (part.slices.empty() || part.slices.back().table != unit.table || part.slices.back().ordered || unit.ordered)
        part.slices.push_back({unit.table, {}, unit.ordered});
    auto& net = part.slices.back().net;
    net.insert(net.end(), unit.net.begin(), unit.net.end());
    part.rows += unit.net.size() + (unit.ordered ? unit.ordered->size() : 0);
}

}  // namespace

std::vector<Part> split(const NetChanges& changes, const std::vector<TablePlan>& plans,
                        const std::vector<TableShape>& shapes, unsigned parts) {
    Units units(plans, shapes);
    for (std::uint32_t table = 0; table < plans.size(); ++table)
        units.add(table, changes.tables()[table], parts == 1);
    std::uint64_t total = 0;
    for (const Unit& unit : units.all()) total += unit.weight();
    std::vector<Part> result(parts);
    std::uint64_t before = 0;
    // In the order of tables and keys, so that each part is a stretch of each table where that is possible.
    for (const Unit& unit : units.all()) {
        const auto place = static_cast<unsigned>(before * parts / std::max<std::uint64_t>(total, 1));
        append(result[std::min(place, parts - 1)], unit);
        before += unit.weight();
    }
    return result;
}

}  // namespace transload::native
