#include "adapters/native/stream/split.hpp"

#include <catch2/catch.hpp>
#include <algorithm>
#include <map>

#include "tests/unit/stream/hand_made.hpp"

using namespace transload;
using namespace transload::native;
using namespace transload::test;

namespace {

struct Group {
    std::vector<TablePlan> plans{small_table()};
    std::vector<TableShape> shapes;
    NetChanges changes;
    explicit Group(TableShape shape) : shapes{std::move(shape)}, changes(plans, shapes) {}

    void add(mysql::binlog::RowChange change) { changes.add(std::move(change), {}); }
    /// Key → number of its part.
    [[nodiscard]] std::map<std::string, std::size_t> places(unsigned parts) const {
        std::map<std::string, std::size_t> found;
        const auto made = split(changes, plans, shapes, parts);
        CHECK(made.size() == parts);
        for (std::size_t part = 0; part < made.size(); ++part)
            for (const Part::Slice& slice : made[part].slices)
                for (const NetChange* net : slice.net)
                    CHECK(found.emplace((net->before.empty() ? net->after : net->before).bytes(0), part).second);
        return found;
    }
};

std::string text(int number) { return std::to_string(number); }

}  // namespace

TEST_CASE("Changes that share a unique value, old or new, are in one part") {
    Group group(keyed_shape(true));
    for (int i = 0; i < 100; ++i) group.add(updated({text(i), text(i), "x"}, {text(i), text(i + 1000), "x"}));
    group.add(inserted({"500", "7", "x"}));                  // takes the old value of 7
    group.add(updated({"501", "2000", "x"}, {"501", "99", "x"}));  // the old value of 99
    group.add(removed({"502", "2000", "x"}));
    const auto places = group.places(4);
    CHECK(places.size() == 103);
    CHECK(places.at("500") == places.at("7"));
    CHECK(places.at("501") == places.at("99"));
    CHECK(places.at("502") == places.at("501"));
    CHECK(places.at("0") != places.at("98"));
}

TEST_CASE("NULL is no value to share") {
    Group group(keyed_shape(true));
    for (int i = 0; i < 100; ++i) group.add(inserted({text(i), std::nullopt, "x"}));
    const auto places = group.places(4);
    CHECK(std::count_if(places.begin(), places.end(), [](const auto& place) { return place.second == 0; }) < 50);
    CHECK(std::count_if(places.begin(), places.end(), [](const auto& place) { return place.second == 3; }) > 10);
}

TEST_CASE("A table is one part where equality is the server's, or old values are not in the log") {
    SECTION("collation") {
        TableShape shape = keyed_shape();
        shape.uniques.push_back({{2}, false, true});
        Group group(shape);
        for (int i = 0; i < 100; ++i) group.add(inserted({text(i), "1", text(i)}));
        const auto places = group.places(4);
        for (const auto& [key, part] : places) CHECK(part == places.at("0"));
    }
    SECTION("minimal images") {
        Group group(keyed_shape(true));
        for (int i = 0; i < 100; ++i) group.add(removed({text(i), "-", "-"}));
        group.add(inserted({"500", "7", "x"}));
        const auto places = group.places(4);
        for (const auto& [key, part] : places) CHECK(part == places.at("0"));
    }
}

TEST_CASE("Parts of a table with nothing but a key are stretches of it, and the same each time") {
    Group group(keyed_shape());
    for (int i = 99; i >= 0; --i) group.add(inserted({text(i * 7919 % 100), "1", "x"}));
    const auto places = group.places(4);
    for (int i = 0; i < 100; ++i) CHECK(places.at(text(i)) == static_cast<std::size_t>(i / 25));
    CHECK(places == group.places(4));
}

TEST_CASE("Shapes survive being written down") {
    std::vector<TableShape> shapes{keyed_shape(true), TableShape{}, keyed_shape()};
    shapes[0].uniques.push_back({{0, 12}, false, false});
    shapes[0].uniques.push_back({{}, false, false});
    shapes[2].cluster = 12;
    shapes[2].keeps_columns = true;
    CHECK(decode_shapes(encode_shapes(shapes)) == shapes);
    CHECK(decode_shapes(encode_shapes({})).empty());
    for (const char* bad : {"", "2", "1;", "1;11", "1;111/1", "1;111x", "1;111/11:"}) CHECK_THROWS_AS(decode_shapes(bad), Error);
}
