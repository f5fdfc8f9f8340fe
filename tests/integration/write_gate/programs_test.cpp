#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "tests/integration/write_gate/gate_source.hpp"

using namespace transload;
using namespace transload::test;

namespace {

constexpr const char* programs =
    "USE w; CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT CHARACTER SET utf8mb4) ENGINE = InnoDB;\n"
    "CREATE TABLE other (id INT PRIMARY KEY); CREATE TABLE `hostile ``'\"` (id INT PRIMARY KEY);\n"
    "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\n"
    "CREATE TRIGGER zz AFTER INSERT ON t FOR EACH ROW INSERT INTO log (what) VALUES (CONCAT('first ', NEW.v));\n"
    "SET sql_mode = 'STRICT_ALL_TABLES';\n"
    "CREATE DEFINER = 'nobody'@'%' TRIGGER aa AFTER INSERT ON t FOR EACH ROW INSERT INTO log (what) VALUES ('second 😀 it''s');\n"
    "CREATE TRIGGER mm BEFORE UPDATE ON t FOR EACH ROW SET NEW.v = NEW.v + 1;\n"
    "CREATE TRIGGER `od``d \"name'` BEFORE DELETE ON `hostile ``'\"` FOR EACH ROW INSERT INTO log (what) VALUES ('odd');\n"
    "CREATE TRIGGER elsewhere AFTER INSERT ON other FOR EACH ROW INSERT INTO log (what) VALUES ('other');\n"
    "SET time_zone = '+03:00', collation_connection = utf8mb4_bin;\n"
    "CREATE EVENT ticks ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 00:00:00' DO INSERT INTO log (what) VALUES ('tick');\n"
    "CREATE EVENT sleeps ON SCHEDULE EVERY 1 DAY DISABLE DO INSERT INTO log (what) VALUES ('asleep');\n";

struct Home : GateSource {
    explicit Home(Flavour flavour = Flavour::mysql80) : GateSource(flavour) {
        sql(server, "CREATE USER nobody@'%'; GRANT ALL ON w.* TO nobody@'%'");
        sql(server, programs);
        spec.cutover.reverse = true;
        spec.tables.exclude = {"other"};
    }
    /// Everything that the server tells of them, less the time at which they were made.
    [[nodiscard]] std::string told() const {
        std::string text;
        for (const char* query_text :
             {"SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER, ACTION_STATEMENT, SQL_MODE, "
              "DEFINER, CHARACTER_SET_CLIENT, COLLATION_CONNECTION, DATABASE_COLLATION FROM information_schema.TRIGGERS WHERE "
              "TRIGGER_SCHEMA = 'w' ORDER BY 1",
              "SELECT EVENT_NAME, STATUS, DEFINER, SQL_MODE, EVENT_DEFINITION, STARTS, ENDS, TIME_ZONE, ON_COMPLETION, CHARACTER_SET_CLIENT, "
              "COLLATION_CONNECTION, DATABASE_COLLATION FROM "
              "information_schema.EVENTS WHERE EVENT_SCHEMA = 'w' ORDER BY 1"})
            for (const Row& row : query(server, query_text)) {
                for (const auto& cell : row) text += cell.value_or("NULL") + "|";
                text += "\n";
            }
        for (const Row& row : query(server, "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'w' ORDER BY 1"))
            text += query(server, "SHOW CREATE TRIGGER w." + identifier(row.at(0).value_or(""))).at(0).at(2).value_or("") + "\n";
        for (const Row& row : query(server, "SHOW CREATE EVENT w.ticks"))
            for (const auto& cell : row) text += cell.value_or("NULL") + "|";
        return text;
    }
    [[nodiscard]] std::string triggers() const {
        return value(server, "SELECT COALESCE(GROUP_CONCAT(TRIGGER_NAME ORDER BY TRIGGER_NAME), '') FROM information_schema.TRIGGERS "
                             "WHERE TRIGGER_SCHEMA = 'w'");
    }
    void admit() { gate.admit_stream(spec, record, control); }
};

}  // namespace

TEST_CASE("triggers and events are set aside while the way back is kept, and are afterwards to the letter what they were") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) return;
    CAPTURE(name_of(flavour));
    Home home(flavour);
    const std::string before = home.told();
    REQUIRE(before.find("ANSI_QUOTES") != std::string::npos);
    REQUIRE(before.find("nobody@%") != std::string::npos);
    home.look();
    home.stop();
    home.record.programs = home.gate.programs(home.spec, home.control);
    CHECK(home.told() == before);
    home.record.state = WriteStopState::held;
    home.admit();
    CHECK(home.triggers() == "elsewhere");
    CHECK(value(home.server, "SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'w' AND STATUS = 'ENABLED'") == "0");
    home.admit();  // idempotent

    SECTION("the source takes writes again") {
        home.release();
        CHECK(home.told() == before);
        CHECK(home.writable());
        home.release();
    }
    SECTION("the way back is given up, and the source stays stopped") {
        home.gate.end_stream(home.spec, home.record, home.control);
        CHECK(home.told() == before);
        CHECK(home.holds());
        home.gate.end_stream(home.spec, home.record, home.control);
    }
    SECTION("killed in the middle of it, they come back in the order in which they act") {
        home.gate.end_stream(home.spec, home.record, home.control);
        sql(home.server, "DROP TRIGGER w.zz");
        home.release();
        CHECK(home.told() == before);
    }
    SECTION("what somebody has made under an old name meanwhile stays") {
        sql(home.server, "CREATE TRIGGER w.mm BEFORE UPDATE ON w.t FOR EACH ROW SET NEW.v = 0; DROP EVENT w.ticks; USE w; "
                         "SET NAMES latin1; CREATE TRIGGER foreign_text AFTER DELETE ON t FOR EACH ROW SET @x = '\xe4'");
        home.release();
        CHECK(home.triggers() == "aa,elsewhere,foreign_text,mm,od`d \"name',zz");
        CHECK(value(home.server, "SELECT ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_NAME = 'mm'") == "SET NEW.v = 0");
    }
}

TEST_CASE("a trigger that is created or altered while the cutover is prepared is not lost: nothing is set aside") {
    Home home;
    home.look();
    home.record.programs = home.gate.programs(home.spec, home.control);
    sql(home.server, "CREATE TRIGGER w.late AFTER DELETE ON w.t FOR EACH ROW SET @x = 1");
    const std::string before = home.told();
    home.stop();
    try {
        home.admit();
        FAIL("it was set aside");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::transient);
        CHECK(error.id() == "cutover.programs_changed");
    }
    CHECK(home.told() == before);
    home.release();
    CHECK(home.told() == before);
}

TEST_CASE("a trigger that could not be created again as it is refuses the way back before anything is changed") {
    Home home;
    const auto refused = [&] {
        try {
            (void)home.gate.programs(home.spec, home.control);
            return std::string("nothing");
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::refused);
            CHECK_FALSE(error.remedy().empty());
            return error.id() + " " + error.object();
        }
    };
    CHECK(refused() == "nothing");
    SECTION("of another default of its database") {
        sql(home.server, "ALTER DATABASE w COLLATE latin1_swedish_ci");
        CHECK(refused().starts_with("cutover.program w."));
        const Findings told = home.gate.obstacles(home.spec, home.control);  // as a dry run asks
        CHECK(std::any_of(told.begin(), told.end(), [](const Finding& one) {
            return one.id == "cutover.program" && one.severity == Severity::error;
        }));
    }
    SECTION("in another character set") {
        sql(home.server, "USE w; SET NAMES latin1; CREATE TRIGGER old AFTER DELETE ON t FOR EACH ROW SET @x = '\xe4'");
        CHECK(refused() == "cutover.program w.old");
    }
    SECTION("of another account, by one that may not create such") {
        sql(home.server, "CREATE USER mover@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER, EVENT ON w.* TO mover@'%'");
        home.spec.source = home.as("mover", "x");
        CHECK(refused().starts_with("cutover.no_privilege"));
    }
    SECTION("by an account that the server does not trust with triggers") {
        sql(home.server, "CREATE USER mover@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER, EVENT ON w.* TO mover@'%'; "
                         "GRANT SET_USER_ID ON *.* TO mover@'%'");
        home.spec.source = home.as("mover", "x");
        CHECK(refused().starts_with("cutover.no_privilege"));
        sql(home.server, "SET GLOBAL log_bin_trust_function_creators = ON");
        CHECK(refused() == "nothing");
        sql(home.server, "SET GLOBAL log_bin_trust_function_creators = OFF");
    }
}

TEST_CASE("an event whose time passes while it is set aside does not keep the source from its writers") {
    // On all at once, so that the time has to pass only once: the events are set aside well before it comes.
    std::vector<std::unique_ptr<GateSource>> sources;
    for (const Flavour flavour : {Flavour::mysql80, Flavour::mysql97, Flavour::mariadb})
        if (available(flavour)) sources.push_back(std::make_unique<GateSource>(flavour));
    for (const auto& source : sources) {
        CAPTURE(name_of(source->server.flavour()));
        source->spec.cutover.reverse = true;
        sql(source->server, "CREATE EVENT w.once ON SCHEDULE AT NOW() + INTERVAL 10 SECOND DO INSERT INTO w.t (v) VALUES (77);\n"
                            "CREATE EVENT w.ends ON SCHEDULE EVERY 1 HOUR STARTS NOW() - INTERVAL 1 MINUTE ENDS NOW() + INTERVAL 10 SECOND DO SET @x = 1");
        source->look();
        source->stop();
        source->record.programs = source->gate.programs(source->spec, source->control);
        REQUIRE(source->record.programs.find("once") != std::string::npos);
        source->gate.admit_stream(source->spec, source->record, source->control);
    }
    std::this_thread::sleep_for(std::chrono::seconds(11));
    for (const auto& source : sources) {
        CAPTURE(name_of(source->server.flavour()));
        source->release();
        CHECK(source->writable());
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));
    for (const auto& source : sources) {
        CAPTURE(name_of(source->server.flavour()));
        INFO(value(source->server, "SELECT GROUP_CONCAT(EVENT_NAME, ' ', STATUS) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'w'"));
        CHECK(value(source->server, "SELECT COUNT(*) FROM w.t WHERE v = 77") == "0");
        source->release();
    }
}

TEST_CASE("a source without triggers and events has nothing set aside") {
    GateSource source;
    source.spec.cutover.reverse = true;
    CHECK(source.gate.programs(source.spec, source.control).empty());
    source.look();
    source.stop();
    source.gate.admit_stream(source.spec, source.record, source.control);
    source.gate.end_stream(source.spec, source.record, source.control);
    source.release();
    CHECK(source.writable());
}
