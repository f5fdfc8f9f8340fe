#include <catch2/catch.hpp>

#include "tests/integration/write_gate/gate_source.hpp"

using namespace transload;
using namespace transload::test;

namespace {

void create_account(GateSource& source, const std::string& name, const std::string& more = "") {
    sql(source.server, "CREATE USER " + name + "@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT ON w.* TO " + name + "@'%'; " + more);
}

}  // namespace

TEST_CASE("with the way back kept our account writes after the hand-over, others do not, and all is put back") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) return;
    CAPTURE(name_of(flavour));
    GateSource source(flavour);
    create_account(source, "app");
    const Endpoint app = source.as("app", "x");
    const std::string before = source.variables();
    source.spec.cutover.reverse = true;
    source.look();
    REQUIRE(source.can_write(app));
    source.stop();
    CHECK_FALSE(source.control.told("waiting for"));  // no transaction is open: the stop waits for none
    CHECK_FALSE(source.can_write(app));
    CHECK(source.holds());
    source.record.state = WriteStopState::held;
    source.gate.admit_stream(source.spec, source.record, source.control);
    source.gate.admit_stream(source.spec, source.record, source.control);
    CHECK(source.writable());
    CHECK_FALSE(source.can_write(app));
    CHECK(source.holds());
    source.record.state = WriteStopState::over;
    CHECK(source.holds());
    source.release();
    source.release();
    CHECK(source.variables() == before);
    CHECK(source.can_write(app));
}

TEST_CASE("a server that was super-read-only before the stop is so again after the stream back was admitted") {
    GateSource source;
    sql(source.server, "SET GLOBAL super_read_only = ON");
    source.spec.cutover.reverse = true;
    source.look();
    source.stop();
    source.gate.admit_stream(source.spec, source.record, source.control);
    CHECK(source.variables() == "10");
    source.release();
    CHECK(source.variables() == "11");
}

TEST_CASE("others that could write in spite of read_only are told on MySQL and refuse the stop on MariaDB") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    GateSource source(flavour);
    const bool mariadb = flavour == Flavour::mariadb;
    create_account(source, "admin", std::string("GRANT ") + (mariadb ? "READ_ONLY ADMIN" : "CONNECTION_ADMIN") + " ON *.* TO admin@'%'");
    source.spec.cutover.reverse = true;
    if (mariadb) {
        CHECK(GateSource::error_of([&] { source.look(); }) == "cutover.no_super_read_only");
        sql(source.server, "REVOKE READ_ONLY ADMIN ON *.* FROM admin@'%'; GRANT SUPER ON *.* TO admin@'%'");
        source.look();  // SUPER alone does not pass it
        CHECK(source.record.method == "read_only");
        source.stop();
        CHECK_FALSE(source.can_write(source.as("admin", "x")));
        return;
    }
    source.look();
    source.stop();
    source.gate.admit_stream(source.spec, source.record, source.control);
    CHECK(source.control.told("admin@%"));
}

TEST_CASE("an event that could write in spite of read_only refuses the stop on MariaDB") {
    GateSource source(Flavour::mariadb);
    sql(source.server, "SET GLOBAL event_scheduler = ON; CREATE EVENT w.ev ON SCHEDULE EVERY 1 HOUR DO INSERT INTO w.t (v) VALUES (7)");
    CHECK(GateSource::error_of([&] { source.look(); }) == "cutover.no_super_read_only");
    sql(source.server, "ALTER EVENT w.ev DISABLE");
    source.look();
}

TEST_CASE("what our other accounts write in spite of MariaDB's read_only shows") {
    GateSource source(Flavour::mariadb);
    source.look();
    CHECK(source.control.told("root@"));
    source.stop();
    CHECK(source.holds());
    CHECK(source.writable());  // root passes read_only
    CHECK_FALSE(source.holds());
}

TEST_CASE("an account without the rights is refused before anything is changed") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    const bool mariadb = flavour == Flavour::mariadb;
    GateSource source(flavour);
    create_account(source, "mover");
    source.spec.source = source.as("mover", "x");
    CHECK(GateSource::error_of([&] { source.look(); }) == "cutover.no_privilege");
    if (mariadb) return;
    sql(source.server, "GRANT SYSTEM_VARIABLES_ADMIN, REPLICATION CLIENT ON *.* TO mover@'%'");
    source.look();
    source.spec.cutover.reverse = true;
    CHECK(GateSource::error_of([&] { source.look(); }) == "cutover.can't_write");
    sql(source.server, "GRANT CONNECTION_ADMIN ON *.* TO mover@'%'");
    source.look();
    source.stop();  // without PROCESS: said, not waited for
    CHECK(source.control.told("PROCESS"));
    source.gate.admit_stream(source.spec, source.record, source.control);
    CHECK(source.writable());
    source.release();
    CHECK(source.variables() == "00");
}
