#include <fmt/format.h>

#include "tests/support/workload/tables.hpp"
#include "tests/support/workload/writer.hpp"

namespace transload::test {

void Writer::change_pairs() {
    const std::uint64_t a = draw(60);
    // The same key in other letters is the same key.
    const char* pattern = values_.chance(50) ? "Pair {}" : "pAIR {}";
    const std::string b = fmt::format(fmt::runtime(pattern), draw(40));
    const std::string y = values_.chance(30) ? "NULL" : fmt::format("'{}{}'", values_.chance(50) ? "Y" : "y", draw(options_.domain));
    switch (draw(6)) {
        case 0: case 1:
            run(fmt::format("INSERT INTO pairs VALUES ({}, '{}', {}, {}, {})", a, b, draw(300), y, draw(1000)));
            return;
        case 2: run(fmt::format("UPDATE pairs SET b = '{}', v = v + 1 WHERE a = {} ORDER BY b LIMIT 1", b, a)); return;
        case 3: run(fmt::format("UPDATE pairs SET x = {}, y = {} WHERE a = {} AND b >= '{}' ORDER BY b LIMIT 1", draw(300), y, a, b)); return;
        case 4: run(fmt::format("DELETE FROM pairs WHERE a = {} AND b >= '{}' ORDER BY b LIMIT {}", a, b, 1 + draw(3))); return;
        default: run(fmt::format("REPLACE INTO pairs VALUES ({}, '{} ', {}, {}, -1)", a, b, draw(300), y)); return;
    }
}

void Writer::swap_pairs() {
    const auto found = rows(fmt::format("SELECT a, b, HEX(b) FROM pairs WHERE a = {} ORDER BY b LIMIT 2 FOR UPDATE", draw(60)));
    if (found.size() < 2) return;
    const std::string one = "_utf8mb4 x'" + *found[0][2] + "'";
    const std::string two = "_utf8mb4 x'" + *found[1][2] + "'";
    const std::string& a = *found[0][0];
    // Two rows change places in the primary key.
    run(fmt::format("UPDATE pairs SET b = 'swapping {}' WHERE a = {} AND b = {}", number_, a, one));
    run(fmt::format("UPDATE pairs SET b = {} WHERE a = {} AND b = {}", one, a, two));
    run(fmt::format("UPDATE pairs SET b = {} WHERE a = {} AND b = 'swapping {}'", two, a, number_));
}

void Writer::change_names() {
    const std::uint64_t n = draw(options_.domain);
    const std::string other = std::string(values_.chance(30) ? "NAME " : values_.chance(50) ? "name " : "Nàme ") + std::to_string(draw(options_.domain));
    switch (draw(6)) {
        case 0: run(fmt::format("UPDATE names SET name = UPPER(name) WHERE name = 'name {}'", n)); return;
        case 1: run(fmt::format("UPDATE names SET name = '{}', nick = {} WHERE name = 'name {}'", other, values_.literal(ValueKind::latin1_text), n)); return;
        case 2: run(fmt::format("UPDATE names SET title = {}, handle = {} WHERE name >= 'name {}' ORDER BY name LIMIT 2",
                                values_.literal(ValueKind::fixed_text), values_.chance(50) ? "NULL" : fmt::format("MD5({})", draw(options_.domain)), n)); return;
        case 3: run(fmt::format("DELETE FROM names WHERE name = 'nAmE {}'", n)); return;
        case 4: run(fmt::format("REPLACE INTO names VALUES ('{}', {}, NULL, MD5({}))", other, values_.literal(ValueKind::latin1_text), draw(options_.domain))); return;
        default: run(fmt::format("INSERT INTO names (name, nick, title, handle) VALUES ('{}', {}, {}, NULL)", other, values_.literal(ValueKind::latin1_text),
                                 values_.literal(ValueKind::fixed_text))); return;
    }
}

void Writer::change_blobs() {
    // Keys with zero bytes at the end are other keys than those without.
    const std::string k = bytes_literal(std::string(1, static_cast<char>(draw(256))) + std::string(draw(3), '\0'));
    switch (draw(5)) {
        case 0: run("DELETE FROM blobs WHERE k = " + k); return;
        case 1: run(fmt::format("UPDATE blobs SET n = n + 1 WHERE k >= {} ORDER BY k LIMIT 3", k)); return;
        case 2: run(fmt::format("UPDATE blobs SET content = {}, words = {} WHERE k = {}", values_.literal(ValueKind::long_bytes), values_.literal(ValueKind::long_text), k)); return;
        case 3: run(fmt::format("UPDATE blobs SET k = {} WHERE k >= {} ORDER BY k LIMIT 1", k, bytes_literal(values_.bytes(2)))); return;
        default: run(fmt::format("INSERT INTO blobs VALUES ({}, {}, {}, 0)", k, values_.literal(ValueKind::long_bytes), values_.literal(ValueKind::long_text))); return;
    }
}

void Writer::change_wide_keys() {
    const std::string id = values_.chance(20) ? "18446744073709551615" : fmt::format("{}", draw(options_.domain) * 9223372036854775ULL);
    switch (draw(5)) {
        case 0: run("DELETE FROM wide_keys WHERE id = " + id); return;
        case 1: run(fmt::format("UPDATE wide_keys SET v = {}, w = {} WHERE id >= {} ORDER BY id LIMIT 4", values_.literal(ValueKind::wide_decimal), values_.literal(ValueKind::twice), id)); return;
        case 2: run(fmt::format("UPDATE wide_keys SET id = {} WHERE id >= {} ORDER BY id LIMIT 1", id, draw(options_.domain) * 9223372036854775ULL)); return;
        default: run(fmt::format("INSERT INTO wide_keys VALUES ({}, {}, {}, {})", id, values_.literal(ValueKind::wide_decimal), values_.literal(ValueKind::twice), values_.literal(ValueKind::single))); return;
    }
}

void Writer::change_bag() {
    const std::uint64_t grp = draw(20);
    switch (draw(7)) {
        case 0: case 1: {
            std::string names;
            std::string list;
            for (const auto& [name, kind] : bag_columns()) {
                names += (names.empty() ? "" : ", ") + name;
                list += (list.empty() ? "" : ", ") + (name == "grp" ? std::to_string(grp) : values_.literal(kind));
            }
            std::string all = "(" + list + ")";
            for (std::uint64_t again = draw(3); again > 0; --again) all += ", (" + list + ")";  // equal in every column
            run("INSERT INTO bag (" + names + ") VALUES " + all);
            return;
        }
        case 2: run(fmt::format("INSERT INTO bag (grp, word, amount, at) VALUES ({0}, 'Word', 1, NULL), ({0}, 'word', 1, NULL), ({0}, 'word ', 1, NULL)", grp)); return;
        case 3: run(fmt::format("DELETE FROM bag WHERE grp = {} LIMIT {}", grp, 1 + draw(5))); return;
        case 4: run(fmt::format("UPDATE bag SET amount = {}, raw = {} WHERE grp = {} LIMIT {}", draw(5), values_.literal(ValueKind::bytes), grp, 1 + draw(3))); return;
        case 5: run(fmt::format("UPDATE bag SET grp = {}, word = UPPER(word) WHERE grp = {} LIMIT 2", draw(20), grp)); return;
        default: run(fmt::format("DELETE FROM bag WHERE grp = {} AND word = BINARY 'word' LIMIT 2", grp)); return;
    }
}

void Writer::change_loose() {
    const std::string u = values_.chance(40) ? "NULL" : std::to_string(draw(300));
    switch (draw(4)) {
        case 0: run(fmt::format("INSERT INTO loose VALUES ({}, {})", u, draw(10))); return;
        case 1: run(fmt::format("UPDATE loose SET u = {} WHERE u <=> {} LIMIT 1", u, draw(300))); return;
        case 2: run(fmt::format("UPDATE loose SET u = NULL, word = 'n' WHERE u >= {} ORDER BY u LIMIT 1", draw(300))); return;
        default: run(fmt::format("DELETE FROM loose WHERE u IS NULL AND word = '{}' LIMIT 2", draw(10))); return;
    }
}

void Writer::change_family() {
    const std::uint64_t parent = draw(250);
    switch (draw(6)) {
        case 0: run(fmt::format("DELETE FROM parents WHERE id = {}", parent)); return;  // its children go with it
        case 1: run(fmt::format("INSERT INTO parents VALUES ({}, 0)", parent)); return;
        case 2: run(fmt::format("INSERT INTO children VALUES ({}, {}, {}, 1)", draw(1500), values_.chance(20) ? "NULL" : std::to_string(parent), draw(1500))); return;
        case 3: run(fmt::format("UPDATE children SET parent = {}, v = v + 1 WHERE id >= {} ORDER BY id LIMIT 2", parent, draw(1500))); return;
        case 4: run(fmt::format("UPDATE children SET slot = {} WHERE id >= {} ORDER BY id LIMIT 1", draw(1500), draw(1500))); return;
        default: run(fmt::format("DELETE FROM children WHERE parent = {} LIMIT 2", parent)); return;
    }
}

void Writer::clear() {
    run("TRUNCATE TABLE cleared");
    in_transaction_ = false;  // it committed
    run(fmt::format("INSERT INTO cleared SELECT n, {} FROM numbers WHERE n < {}", draw(100), draw(50)));
}

}  // namespace transload::test
