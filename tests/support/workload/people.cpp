#include <fmt/format.h>

#include "tests/support/workload/writer.hpp"

namespace transload::test {

void Writer::insert_people() {
    std::string list;
    for (std::uint64_t count = 1 + draw(4); count > 0; --count)
        list += fmt::format("{}({}, {}, {}, {}, {})", list.empty() ? "" : ", ", values_.chance(50) ? "DEFAULT" : std::to_string(key()), email(),
                            values_.chance(60) ? std::to_string(draw(options_.domain * 2)) : "NULL", draw(1000), values_.literal(ValueKind::text));
    run("INSERT " + std::string(values_.chance(40) ? "IGNORE " : "") + "INTO people (id, email, code, score, note) VALUES " + list);
}

void Writer::update_people() {
    run(fmt::format("UPDATE people SET score = score + {}, note = {}, seen = NOW(6) WHERE id >= {} ORDER BY id LIMIT {}", draw(9),
                    values_.literal(ValueKind::text), key(), 1 + draw(8)));
}

void Writer::move_person() {
    run(fmt::format("UPDATE people SET id = {} WHERE id >= {} ORDER BY id LIMIT 1",
                    values_.chance(10) ? "-" + std::to_string(draw(50)) : std::to_string(key()), key()));
}

void Writer::change_email() {
    run(fmt::format("UPDATE people SET email = {}, code = {} WHERE id >= {} ORDER BY id LIMIT 1", email(),
                    values_.chance(50) ? "NULL" : std::to_string(draw(options_.domain * 2)), key()));
}

void Writer::swap_emails() {
    const auto found = rows(fmt::format("SELECT id, email, code FROM people WHERE id >= {} ORDER BY id LIMIT 2 FOR UPDATE", key()));
    if (found.size() < 2) return;
    const auto& a = found[0];
    const auto& b = found[1];
    // A unique key is checked row by row, so values change places through a third one. A code goes by NULL.
    run(fmt::format("UPDATE people SET email = 'swapping{}@x', code = NULL WHERE id = {}", number_, *a[0]));
    run(fmt::format("UPDATE people SET email = '{}', code = {} WHERE id = {}", *a[1], a[2].value_or("NULL"), *b[0]));
    run(fmt::format("UPDATE people SET email = '{}', code = {} WHERE id = {}", *b[1], b[2].value_or("NULL"), *a[0]));
}

void Writer::swap_codes_by_case() {
    const auto found = rows(fmt::format("SELECT id, code FROM people WHERE id >= {} AND code IS NOT NULL ORDER BY id LIMIT 3 FOR UPDATE", key()));
    if (found.size() < 3) return;
    // In one statement: the first makes room, each next one takes what was left; the first ends with the last one's.
    run(fmt::format("UPDATE people SET code = CASE id WHEN {0} THEN -{0} WHEN {1} THEN {3} WHEN {2} THEN {4} END WHERE id IN ({0}, {1}, {2}) "
                    "ORDER BY FIELD(id, {0}, {1}, {2})",
                    *found[0][0], *found[1][0], *found[2][0], *found[0][1], *found[1][1]));
    run(fmt::format("UPDATE people SET code = {} WHERE id = {}", *found[2][1], *found[0][0]));
}

void Writer::shift_codes() {
    const std::uint64_t from = draw(options_.domain * 2);
    run(fmt::format("UPDATE people SET code = code + 1 WHERE code BETWEEN {} AND {} ORDER BY code DESC", from, from + 6));
}

void Writer::delete_people() {
    const std::uint64_t from = key();
    run(fmt::format("DELETE FROM people WHERE id BETWEEN {} AND {}", from, from + draw(6)));
}

void Writer::hand_email_on() {
    const auto found = rows(fmt::format("SELECT id, email, code FROM people WHERE id >= {} ORDER BY id LIMIT 1 FOR UPDATE", key()));
    if (found.empty()) return;
    const auto& old = found[0];
    run("DELETE FROM people WHERE id = " + *old[0]);
    // The same key again, or another one with what the deleted row held.
    const std::string id = values_.chance(40) ? *old[0] : std::to_string(key());
    run(fmt::format("INSERT INTO people (id, email, code, score, note) VALUES ({}, '{}', {}, -1, 'heir')", id, *old[1], old[2].value_or("NULL")));
    if (values_.chance(30)) run(fmt::format("UPDATE people SET score = score - 1 WHERE email = '{}'", *old[1]));
}

void Writer::replace_people() {
    // May take the place of three rows at once: one by each key.
    run(fmt::format("REPLACE INTO people (id, email, code, score) VALUES ({}, {}, {}, 7), ({}, {}, NULL, 8)", key(), email(),
                    draw(options_.domain * 2), key(), email()));
}

void Writer::upsert_people() {
    run(fmt::format("INSERT INTO people (id, email, code, score, note) VALUES ({}, {}, {}, 1, 'new') "
                    "ON DUPLICATE KEY UPDATE score = score + VALUES(score), note = 'again', email = IF({}, VALUES(email), email)",
                    key(), email(), draw(options_.domain * 2), draw(2)));
}

void Writer::load_people() {
    std::string data;
    for (std::uint64_t count = 5 + draw(60); count > 0; --count)
        data += fmt::format("{}\tu{}@x\t{}\t{}\tloaded \\\\ \\t here\n", key(), draw(options_.domain * 2),
                            values_.chance(50) ? "\\N" : std::to_string(draw(options_.domain * 2)), draw(100));
    load("LOAD DATA LOCAL INFILE 'memory' " + std::string(values_.chance(50) ? "REPLACE" : "IGNORE") +
             " INTO TABLE people CHARACTER SET utf8mb4 (id, email, code, score, note)",
         data);
}

void Writer::copy_people() {
    run(fmt::format("INSERT IGNORE INTO pairs (a, b, x, y, v) SELECT {}, CONCAT('from ', id), id % 300, email, score FROM people "
                    "WHERE id BETWEEN {} AND {}",
                    draw(60), key(), key()));
}

}  // namespace transload::test
