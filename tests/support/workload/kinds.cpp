#include <fmt/format.h>

#include "tests/support/workload/tables.hpp"
#include "tests/support/workload/writer.hpp"

namespace transload::test {
namespace {

constexpr int least_id = -50;  // keys on both sides of zero, and zero itself
constexpr unsigned ids = 600;

}  // namespace

void Writer::insert_kinds() {
    std::string names = "id";
    std::string list = std::to_string(static_cast<int>(draw(ids)) + least_id);
    for (const auto& [name, kind] : kinds_columns()) {
        names += ", " + name;
        list += ", " + values_.literal(kind);
    }
    run((values_.chance(30) ? "REPLACE INTO kinds (" : "INSERT INTO kinds (") + names + ") VALUES (" + list + ")");
}

void Writer::update_kinds() {
    const auto& columns = kinds_columns();
    std::string list;
    for (std::uint64_t count = 1 + draw(5); count > 0; --count) {
        const auto& [name, kind] = columns[draw(columns.size())];
        list += (list.empty() ? "" : ", ") + name + " = " + values_.literal(kind);
    }
    if (values_.chance(10)) list += fmt::format(", id = {}", static_cast<int>(draw(ids)) + least_id);
    run(fmt::format("UPDATE kinds SET {} WHERE id >= {} ORDER BY id LIMIT {}", list, static_cast<int>(draw(ids)) + least_id,
                    values_.chance(80) ? 1 : 5));
}

void Writer::patch_documents() {
    // What a server with partial JSON logging writes as a difference.
    static constexpr const char* changes[] = {"JSON_SET(j, '$.n', {})", "JSON_REPLACE(j, '$.s', 'short', '$.n', {})", "JSON_REMOVE(j, '$.a')",
                                              "JSON_SET(j, '$.a[0]', {}, '$.new', 'x')", "JSON_SET(j, '$.d', CAST('{}.5' AS DECIMAL(12,2)))"};
    const std::string change = fmt::format(fmt::runtime(changes[draw(5)]), draw(1000));
    // Only objects: a path into a scalar or an array means different things to the servers. And only small ones: a change in
    // place of a document that is stored outside its row is not taken back rightly by MySQL (8.0.15 and 9.7.4), so that
    // the source would be at odds with its own log, see docs/validation.md.
    run(fmt::format("UPDATE kinds SET j = {} WHERE id >= {} AND JSON_TYPE(j) = 'OBJECT' AND LENGTH(j) < 2000 ORDER BY id LIMIT 3", change,
                    static_cast<int>(draw(ids)) + least_id));
}

void Writer::delete_kinds() { run(fmt::format("DELETE FROM kinds WHERE id >= {} ORDER BY id LIMIT {}", static_cast<int>(draw(ids)) + least_id, 1 + draw(3))); }

}  // namespace transload::test
