#include "tests/shardingsphere/move/spread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <iterator>
#include <set>

namespace transload::test {
namespace {

using nlohmann::json;

/// Java's String.hashCode of ASCII text, then HASH_MOD over four tables.
unsigned place_of_text(const std::string& text) {
    std::uint32_t hash = 0;
    for (const char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
    const std::int64_t number = static_cast<std::int32_t>(hash);
    return static_cast<unsigned>((number < 0 ? -number : number) % 4);
}

std::multiset<std::string> rows_of(const TestServer& server, const std::string& database, const std::string& table) {
    std::multiset<std::string> found;
    for (const Row& row : query(server, "SELECT * FROM " + identifier(table), database)) {
        std::string text;
        for (const auto& cell : row) text += (cell ? *cell : "NULL") + "\x1f";
        found.insert(text);
    }
    return found;
}

std::string counted(const std::multiset<std::string>& one, const std::multiset<std::string>& other) {
    std::vector<std::string> lost;
    std::set_difference(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(lost));
    return std::to_string(lost.size()) + (lost.empty() ? "" : ", the first: " + lost.front());
}

}  // namespace

void spread(Move& move, World& world) {
    for (const TestServer* server : {&world.target, &world.shard})
        sql(*server, "CREATE DATABASE " + identifier(move.database()) + " CHARACTER SET utf8mb4");
    const auto unit = [&](const TestServer& server) {
        return json{{"host", server.host()}, {"port", server.port()}, {"user", TestServer::user()},
                    {"password", server.password()}, {"database", move.database()}};
    };
    const auto rule = [](const std::string& column) {
        return json{{"units", {"ds_0", "ds_1"}}, {"column", column}, {"algorithm", "hash_mod"},
                    {"properties", {{"sharding-count", "4"}}}};
    };
    const json sharding = {{"database", move.database()},
                           {"default_unit", "ds_0"},
                           {"units", {{"ds_0", unit(world.target)}, {"ds_1", unit(world.shard)}}},
                           {"tables", {{"sbtest1", rule("id")}, {"sbtest2", rule("id")},
                                       {"ledger", rule("book")}, {"notes", rule("name")}}}};
    move.job["target"] = {{"sharding", sharding}};
}

void check_spread(World& world, const std::string& database) {
    for (const std::string table : {"sbtest1", "sbtest2", "ledger", "notes"}) {
        CAPTURE(table);
        std::multiset<std::string> all;
        for (unsigned i = 0; i < 4; ++i) {
            const TestServer& server = i % 2 == 0 ? world.target : world.shard;
            const std::string actual = fmt::format("{}_{}", table, i);
            all.merge(rows_of(server, database, actual));
            unsigned misplaced = 0;
            const std::string column = table == "notes" ? "name" : table == "ledger" ? "book" : "id";
            for (const Row& row : query(server, fmt::format("SELECT {} FROM {}", column, actual), database)) {
                const std::string& text = row.at(0).value();
                const unsigned place = table == "notes" ? place_of_text(text) : static_cast<unsigned>(std::stoul(text) % 4);
                if (place != i) ++misplaced;
            }
            CHECK(misplaced == 0);
            CHECK(value(server, "SELECT COUNT(*) > 0 FROM " + actual, database) == "1");
        }
        const std::multiset<std::string> wanted = rows_of(world.source, database, table);
        CHECK("missing " + counted(wanted, all) == "missing 0");
        CHECK("extra " + counted(all, wanted) == "extra 0");
    }
    for (const std::string table : {"sbtest3", "sbtest4", "accounts"}) {
        CAPTURE(table);
        const auto wanted = rows_of(world.source, database, table);
        const auto there = rows_of(world.target, database, table);
        CHECK("missing " + counted(wanted, there) == "missing 0");
        CHECK("extra " + counted(there, wanted) == "extra 0");
    }
    CHECK(leftovers(world) == std::vector<std::string>{});
}

}  // namespace transload::test
