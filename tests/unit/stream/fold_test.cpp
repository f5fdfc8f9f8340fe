#include <catch2/catch.hpp>

#include "orchestrator/plan/error.hpp"
#include "tests/unit/stream/hand_made.hpp"

using namespace transload;
using namespace transload::native;
using namespace transload::test;
using Kind = NetChange::Kind;

namespace {

struct Fold {
    std::vector<TablePlan> plans{small_table()};
    std::vector<TableShape> shapes;
    NetChanges changes;

    explicit Fold(TableShape shape = keyed_shape()) : shapes{std::move(shape)}, changes(plans, shapes) {}
    void add(mysql::binlog::RowChange change, Verdicts verdicts = {}) { changes.add(std::move(change), verdicts); }
    [[nodiscard]] const NetChange& only() {
        REQUIRE(changes.tables()[0].ordered.empty());
        REQUIRE(changes.tables()[0].net.size() == 1);
        return changes.tables()[0].net[0];
    }
    [[nodiscard]] std::size_t ordered() const { return changes.tables()[0].ordered.size(); }
};

}  // namespace

TEST_CASE("A row that came and went within a group leaves nothing") {
    Fold fold;
    fold.add(inserted({"1", "5", "a"}));
    fold.add(updated({"1", "5", "a"}, {"1", "6", "a"}));
    fold.add(removed({"1", "6", "a"}));
    CHECK(fold.only().kind == Kind::dead);
}

TEST_CASE("Updates of a row become one, from the first old values to the last new ones") {
    Fold fold;
    fold.add(updated({"1", "5", "a"}, {"1", "6", "a"}));
    fold.add(updated({"1", "6", "a"}, {"1", "7", "b"}));
    CHECK(fold.only().kind == Kind::update);
    CHECK(fold.only().before.bytes(1) == "5");
    CHECK(fold.only().after.bytes(1) == "7");
    CHECK(fold.only().after.bytes(2) == "b");
}

TEST_CASE("A row that was removed and made again is replaced, and gone when it is removed once more") {
    Fold fold;
    fold.add(removed({"1", "5", "a"}));
    fold.add(inserted({"1", "6", "b"}));
    CHECK(fold.only().kind == Kind::replace);
    CHECK(fold.only().before.bytes(1) == "5");
    fold.add(removed({"1", "6", "b"}));
    CHECK(fold.only().kind == Kind::remove);
    CHECK(fold.only().before.bytes(1) == "5");
}

TEST_CASE("An update that moves the key is a removal and an insertion") {
    Fold fold;
    fold.add(updated({"1", "5", "a"}, {"2", "5", "a"}));
    const auto& net = fold.changes.tables()[0].net;
    REQUIRE(net.size() == 2);
    CHECK(net[0].kind == Kind::remove);
    CHECK(net[1].kind == Kind::insert);
}

TEST_CASE("A table that keeps columns of its own has its changes carried out as they came") {
    TableShape shape = keyed_shape();
    shape.keeps_columns = true;
    Fold fold(shape);
    fold.add(updated({"1", "5", "a"}, {"2", "5", "a"}));
    fold.add(removed({"2", "5", "a"}));
    fold.add(inserted({"2", "6", "b"}));
    CHECK(fold.changes.tables()[0].net.empty());
    REQUIRE(fold.ordered() == 3);
    CHECK(fold.changes.tables()[0].ordered[0].kind == mysql::binlog::ChangeKind::update);
}

TEST_CASE("Images without unchanged columns are put together") {
    Fold fold;
    fold.add(updated({"1", "-", "-"}, {"-", "6", "-"}));
    fold.add(updated({"1", "-", "-"}, {"-", "-", "c"}));
    CHECK(fold.only().kind == Kind::update);
    CHECK(fold.only().after.bytes(1) == "6");
    CHECK(fold.only().after.bytes(2) == "c");
    CHECK(fold.only().after.state(0) == mysql::binlog::CellState::absent);
}

TEST_CASE("What an inserted row's image lacks is its default, also over what was there before") {
    Fold fold;
    fold.add(removed({"1", "-", "-"}));
    fold.add(inserted({"1", "5", "-"}));
    CHECK(fold.only().kind == Kind::replace);
    CHECK(fold.only().after.state(2) == mysql::binlog::CellState::expression);
    CHECK(fold.only().after.bytes(2) == "DEFAULT");
}

TEST_CASE("A new key or unique value in an image that lacks columns keeps its place, and so does all that follows") {
    SECTION("key") {
        Fold fold;
        fold.add(updated({"1", "-", "-"}, {"2", "-", "-"}));
        fold.add(inserted({"1", "1", "x"}));
        CHECK(fold.ordered() == 2);
    }
    SECTION("unique value") {
        Fold fold(keyed_shape(true));
        fold.add(updated({"1", "-", "-"}, {"-", "-", "x"}));
        fold.add(updated({"1", "-", "-"}, {"-", "9", "-"}));
        CHECK(fold.ordered() == 1);
        CHECK(fold.changes.tables()[0].net.size() == 1);
    }
    SECTION("not with all columns") {
        Fold fold(keyed_shape(true));
        fold.add(updated({"1", "4", "x"}, {"1", "9", "x"}));
        CHECK(fold.ordered() == 0);
    }
}

TEST_CASE("Rows without a key keep their order") {
    Fold fold(TableShape{});
    fold.plans[0].key.reset();
    fold.add(inserted({"1", "1", "x"}));
    fold.add(removed({"1", "1", "x"}));
    CHECK(fold.ordered() == 2);
}

TEST_CASE("A log that contradicts itself is not believed") {
    Fold fold;
    fold.add(inserted({"1", "5", "a"}));
    try {
        fold.add(inserted({"1", "6", "a"}));
        FAIL("two rows of one key");
    } catch (const Error& error) {
        CHECK(error.id() == "native.apply_conflict");
        CHECK(error.message().find("id=1") != std::string::npos);
    }
    fold.add(removed({"2", "6", "a"}));
    CHECK_THROWS_AS(fold.add(updated({"2", "6", "a"}, {"2", "7", "a"})), Error);
}

TEST_CASE("Half of an update that is contained already leaves the other half") {
    Fold fold;
    fold.add(updated({"1", "5", "a"}, {"2", "5", "a"}), {Verdict::drop, Verdict::apply});
    CHECK(fold.only().kind == Kind::insert);
    Fold other;
    other.add(updated({"1", "5", "a"}, {"2", "5", "a"}), {Verdict::apply, Verdict::drop});
    CHECK(other.only().kind == Kind::remove);
    Fold none;
    none.add(updated({"1", "5", "a"}, {"1", "6", "a"}), {Verdict::drop, Verdict::drop});
    CHECK(none.changes.empty());
    Fold partial;
    CHECK_THROWS_AS(partial.add(updated({"1", "-", "-"}, {"2", "-", "-"}), {Verdict::drop, Verdict::apply}), Error);
}
