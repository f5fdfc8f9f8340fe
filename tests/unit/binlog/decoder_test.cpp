#include <catch2/catch.hpp>

#include "adapters/mysql/binlog/log_decoder.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/fuzz/log_builder.hpp"

using namespace transload;
using namespace transload::mysql::binlog;
using transload::test::LogBuilder;

namespace {

std::vector<Piece> decode(const LogBuilder& log, const std::vector<TablePlan>& plans, DecoderOptions options = {}) {
    Position from;
    from.server = "s";
    from.file = "binlog.000001";
    from.offset = 4;
    LogDecoder decoder(plans, from, "s", options);
    std::vector<Piece> pieces;
    for (const std::string& event : log.events()) {
        decoder.take(event);
        while (auto piece = decoder.next()) pieces.push_back(std::move(*piece));
    }
    return pieces;
}

std::string error_of(const LogBuilder& log) {
    const auto plans = test::all_types();
    try {
        static_cast<void>(decode(log, plans));
    } catch (const Error& error) {
        return error.id();
    }
    return "none";
}

LogBuilder begun() {
    LogBuilder log;
    log.rotate("binlog.000007", 4).format().gtid(5).query("BEGIN");
    return log;
}

}  // namespace

TEST_CASE("a row with a column of every family is read as servers print it") {
    const auto plans = test::all_types();
    const auto pieces = decode(begun().map_of_all_types().insert_of_all_types().update_of_all_types().xid(), plans);
    REQUIRE(pieces.size() == 1);
    REQUIRE(pieces[0].changes.size() == 2);
    const std::vector<std::string> cells = test::row_of_all_types();
    for (const RowImage* image : {&pieces[0].changes[0].after, &pieces[0].changes[1].before, &pieces[0].changes[1].after})
        for (std::size_t i = 0; i < cells.size(); ++i) {
            INFO(plans[0].columns[i].column_type);
            CHECK(image->state(i) == CellState::value);
            CHECK(image->bytes(i) == cells[i]);
        }
    CHECK(pieces[0].stamp.file == "binlog.000007");
    CHECK(pieces[0].stamp.gtid.source == "11111111-1111-1111-1111-111111111111");
    CHECK(pieces[0].stamp.gtid.number == 5);
    CHECK(pieces[0].committed_us == 1'700'000'000'000'000);
}

TEST_CASE("events inside a compressed transaction are read, piece by piece") {
    const auto plans = test::all_types();
    LogBuilder inner, log;
    inner.query("BEGIN").map_of_all_types();
    for (int i = 0; i < 100; ++i) inner.insert_of_all_types();
    inner.xid();
    const auto pieces = decode(log.format().gtid(5).payload(inner), plans, {.piece_bytes = 10'000});
    CHECK(pieces.size() > 2);
    std::size_t changes = 0;
    for (const Piece& piece : pieces) changes += piece.changes.size();
    CHECK(changes == 100);
    CHECK(pieces.back().last);
    CHECK(!pieces.front().last);
}

TEST_CASE("a table of Transload itself makes a transaction its own") {
    const auto plans = test::all_types();
    const auto pieces = decode(begun().map_of_all_types().insert_of_all_types().map_of_all_types("_transload", "x").xid(), plans);
    REQUIRE(pieces.size() == 1);
    CHECK(pieces[0].own);
    CHECK(pieces[0].changes.empty());
}

TEST_CASE("what is not known stops the decoder, unless it says that it may be skipped") {
    CHECK(error_of(begun().event(99, "new")) == "binlog.unknown_event");
    CHECK(error_of(begun().event(99, "new", 0x80)) == "none");
    CHECK(error_of(begun().event(164, "key")) == "binlog.unknown_event");
    CHECK(error_of(begun().event(26, "\x01")) == "binlog.incident");
    CHECK(error_of(begun().insert_of_all_types()) == "binlog.undecodable");
    CHECK(error_of(begun().query("INSERT INTO t VALUES (1)")) == "binlog.not_row");
    CHECK(error_of(begun().query("INSERT INTO other.x VALUES (1)")) == "none");
    CHECK(error_of(begun().map_of_all_types().insert_of_all_types().gtid(6)) == "binlog.undecodable");
    CHECK(error_of(begun().query("XA COMMIT X'61',X'',1")) == "binlog.xa");
}

TEST_CASE("an event whose checksum is wrong is refused") {
    const auto plans = test::all_types();
    Position from;
    LogBuilder log;
    log.gtid(5);
    LogDecoder decoder(plans, from, "s", {.checksums = true});
    try {
        decoder.take(log.events()[0]);
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.id() == "binlog.checksum");
    }
}

TEST_CASE("rolling back after pieces went out takes them back") {
    const auto plans = test::all_types();
    LogBuilder log = begun();
    log.map_of_all_types().insert_of_all_types().insert_of_all_types().query("ROLLBACK");
    auto pieces = decode(log, plans, {.piece_bytes = 1});
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[2].rolled_back);
    CHECK(pieces[2].last);
    CHECK(decode(log, plans).empty());
}
