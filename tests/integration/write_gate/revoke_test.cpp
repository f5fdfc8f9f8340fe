#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <sstream>
#include <thread>

#include "tests/integration/write_gate/gate_source.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

/// A source whose accounts are to be revoked; the job works as root.
struct Revoked : GateSource {
    explicit Revoked(Flavour flavour) : GateSource(flavour, WriteStopMethod::revoke) {
        sql(server, "CREATE USER app@'%' IDENTIFIED BY 'x'; GRANT ALL ON w.* TO app@'%'");
        spec.cutover.accounts = {"app@%"};
    }
    /// SHOW GRANTS of every account, and their rows with passwords, plugins and limits.
    [[nodiscard]] std::string all_grants() const {
        const bool mariadb = server.flavour() == Flavour::mariadb;
        std::string text = sql(server, mariadb ? "SELECT * FROM mysql.global_priv ORDER BY 1, 2"
                                               : "SELECT User, Host, plugin, HEX(authentication_string), ssl_type, max_questions, "
                                                 "password_last_changed, User_attributes IS NULL, account_locked FROM mysql.user "
                                                 "ORDER BY 1, 2; SELECT * FROM mysql.default_roles ORDER BY 1, 2, 3, 4");
        for (const auto& row : query(server, mariadb ? "SELECT User, Host FROM mysql.global_priv WHERE JSON_VALUE(Priv, '$.is_role') IS NULL ORDER BY 1, 2"
                                                     : "SELECT User, Host FROM mysql.user ORDER BY 1, 2"))
            for (const auto& line : query(server, "SHOW GRANTS FOR " + identifier(*row[0]) + "@" + identifier(*row[1])))
                text += (mariadb ? in_order(*line[0]) : *line[0]) + "\n";
        if (!mariadb) return text;
        // MariaDB shows roles, and the columns of a privilege, in the order of a hash table.
        return in_order(text, '\n') + sql(server, "SELECT * FROM information_schema.COLUMN_PRIVILEGES ORDER BY 1, 2, 3, 4, 5, 6");
    }

  private:
    [[nodiscard]] static std::string in_order(std::string text, char separator = ' ') {
        if (separator == ' ') std::replace_if(text.begin(), text.end(), [](char c) { return c == ',' || c == '(' || c == ')'; }, ' ');
        std::vector<std::string> parts;
        std::istringstream stream(text);
        for (std::string part; std::getline(stream, part, separator);)
            if (!part.empty()) parts.push_back(part);
        std::sort(parts.begin(), parts.end());
        std::string ordered;
        for (const std::string& part : parts) ordered += part + separator;
        return ordered;
    }
};

/// Accounts with everything that a grant can be; their names in CutoverOptions::accounts' words.
std::vector<std::string> create_hostile(const Revoked& source) {
    const bool mariadb = source.server.flavour() == Flavour::mariadb;
    sql(source.server, R"(
CREATE DATABASE `we``ird 'db'`; CREATE TABLE `we``ird 'db'`.`t TO ON` (`a b` INT, `c``,(` INT);
CREATE PROCEDURE w.p() INSERT INTO w.t (v) VALUES (9); CREATE FUNCTION w.f() RETURNS INT DETERMINISTIC RETURN 1;
CREATE USER `o'ne@il "x```@'%' IDENTIFIED BY 'se''cr"et';
CREATE USER limited@'%' IDENTIFIED BY 'x' REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 70;
CREATE USER admin@'%' IDENTIFIED BY 'x'; CREATE USER reader@'%' IDENTIFIED BY 'x';
GRANT ALL ON `w\_x%`.* TO `o'ne@il "x```@'%' WITH GRANT OPTION;
GRANT ALL ON `we``ird 'db'`.* TO `o'ne@il "x```@'%';
GRANT SELECT (`a b`), UPDATE (`a b`, `c``,(`), INSERT (`c``,(`) ON `we``ird 'db'`.`t TO ON` TO limited@'%' WITH GRANT OPTION;
GRANT SELECT, INSERT, DELETE ON w.t TO limited@'%'; GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE w.p TO limited@'%';
GRANT EXECUTE ON FUNCTION w.f TO limited@'%' WITH GRANT OPTION; GRANT DELETE ON *.* TO limited@'%';
GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION; GRANT SELECT ON w.* TO reader@'%';
CREATE ROLE writing, outer_role, reading; GRANT INSERT ON w.* TO writing; GRANT SELECT ON w.* TO reading;
GRANT writing TO outer_role; GRANT outer_role TO reader@'%' WITH ADMIN OPTION; GRANT reading TO reader@'%';
)" + std::string(mariadb ? "SET DEFAULT ROLE outer_role FOR reader@'%';" : "SET DEFAULT ROLE outer_role, reading TO reader@'%';"));
    if (!mariadb) sql(source.server, "GRANT ROLE_ADMIN, BINLOG_ADMIN ON *.* TO limited@'%' WITH GRANT OPTION; GRANT XA_RECOVER_ADMIN ON *.* TO reader@'%'");
    if (source.server.flavour() == Flavour::mysql97)
        sql(source.server, "SET GLOBAL partial_revokes = ON; REVOKE INSERT, DELETE ON `we``ird 'db'`.* FROM admin@'%'");
    return {"app@%", "`o'ne@il \"x```@`%`", "limited@%", "admin@%", "reader@%"};
}

}  // namespace

TEST_CASE("revoked accounts can't write, their sessions are ended, and everything is given back to the letter") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) return;
    CAPTURE(name_of(flavour));
    Revoked source(flavour);
    source.spec.cutover.accounts = create_hostile(source);
    const std::string before = source.all_grants();
    source.look();
    CHECK(source.record.method == "revoke");
    CHECK(source.all_grants() == before);
    CHECK(source.record.saved.find("IDENTIFIED") == std::string::npos);
    CHECK_FALSE(source.holds());

    const Endpoint app = source.as("app", "x");
    std::atomic<std::uint64_t> written{0};
    std::jthread writer([&](const std::stop_token& ended) {
        try {
            mysql::ConnectOptions options;
            options.database = "w";
            mysql::Connection connection(app, options);
            while (!ended.stop_requested()) {
                connection.execute("INSERT INTO t (v) VALUES (5)");
                ++written;
            }
        } catch (const Error&) {
        }
    });
    REQUIRE(eventually([&] { return written > 5; }, 30s));
    source.stop();
    const std::string rows = value(source.server, "SELECT COUNT(*) FROM w.t");
    CHECK(source.holds());
    CHECK(source.control.told("ended "));
    CHECK_FALSE(source.can_write(app));
    CHECK_FALSE(source.can_write(source.as("admin", "x")));
    CHECK_FALSE(source.can_write(source.as("reader", "x")));
    CHECK(mysql::Connection(app).scalar("SELECT COUNT(*) FROM w.t") == rows);  // reading stays
    CHECK(source.writable());                                                  // and so does our own account
    source.stop();
    CHECK(source.holds());
    source.gate.admit_stream(source.spec, source.record, source.control);
    source.release();
    CHECK(source.all_grants() == before);
    CHECK(source.can_write(app));
    CHECK_FALSE(source.holds());
    source.release();
    CHECK(source.all_grants() == before);
}

TEST_CASE("privileges of which a half was taken or given back when the program died are all put back") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) return;
    CAPTURE(name_of(flavour));
    Revoked source(flavour);
    source.spec.cutover.accounts = create_hostile(source);
    const std::string before = source.all_grants();
    source.look();
    // By hand: some of an account's, all of another's.
    sql(source.server, "REVOKE DELETE ON *.* FROM limited@'%'; REVOKE INSERT, DELETE ON w.t FROM limited@'%'; REVOKE outer_role FROM reader@'%'; "
                       "REVOKE INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, TRIGGER, CREATE VIEW, EXECUTE, CREATE ROUTINE, ALTER ROUTINE, EVENT ON w.* FROM app@'%'");
    if (flavour == Flavour::mysql97)  // given back, but not yet what it was not to have
        sql(source.server, "REVOKE INSERT ON *.* FROM admin@'%'; GRANT INSERT ON *.* TO admin@'%'");
    mysql::MysqlWriteGate restarted;
    restarted.release(source.spec, source.record, source.control);
    CHECK(source.all_grants() == before);
    // And from the half a whole stop, too.
    sql(source.server, "REVOKE DELETE ON *.* FROM limited@'%'");
    restarted.stop(source.spec, source.record, source.control);
    CHECK(restarted.holds(source.spec, source.record));
    restarted.release(source.spec, source.record, source.control);
    CHECK(source.all_grants() == before);
}

TEST_CASE("what is granted while a cutover runs is never lost: the stop is refused, or it is kept and told") {
    Revoked source(Flavour::mysql80);
    source.look();
    sql(source.server, "GRANT INSERT ON mysql.* TO app@'%'");
    CHECK(GateSource::error_of([&] { source.stop(); }) == "cutover.grants_changed");
    source.release();
    CHECK(source.control.told("keeps them"));
    CHECK(sql(source.server, "SHOW GRANTS FOR app@'%'").find("INSERT ON `mysql`") != std::string::npos);
    source.look();
    source.stop();
    CHECK(source.holds());
    sql(source.server, "GRANT UPDATE ON w.* TO app@'%'");
    CHECK_FALSE(source.holds());
    sql(source.server, "DROP USER app@'%'");
    CHECK(source.holds());
    source.release();
    CHECK(source.control.told("the account is gone"));
}

TEST_CASE("accounts that can't be revoked for certain are refused before anything is changed") {
    Revoked source(Flavour::mysql80);
    const auto refused = [&](const std::vector<std::string>& accounts) {
        source.spec.cutover.accounts = accounts;
        return GateSource::error_of([&] { source.look(); });
    };
    CHECK(refused({}) == "cutover.revoke");
    CHECK(refused({"nobody@%"}) == "cutover.revoke");
    CHECK(refused({"root@%"}) == "cutover.revoke");          // the job itself
    CHECK(refused({"root@localhost"}) == "cutover.revoke");  // and its user elsewhere
    sql(source.server, "CREATE USER proxy@'%' IDENTIFIED BY 'x'; INSERT INTO mysql.proxies_priv VALUES ('%', 'proxy', '%', 'app', 0, '', NOW()); FLUSH PRIVILEGES");
    CHECK(refused({"proxy@%"}) == "cutover.revoke");
    CHECK(refused({"app@%"}) == "none");
    sql(source.server, "CREATE ROLE everybody; GRANT INSERT ON w.* TO everybody; GRANT everybody TO app@'%'; SET GLOBAL mandatory_roles = 'everybody'");
    CHECK(refused({"app@%"}) == "cutover.revoke");
    sql(source.server, "SET GLOBAL mandatory_roles = ''");
    // An account that could take the privileges, but not give them back.
    sql(source.server, "CREATE USER mover@'%' IDENTIFIED BY 'x'; GRANT SELECT, CREATE USER, SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN, PROCESS ON *.* TO mover@'%'");
    source.spec.source = source.as("mover", "x");
    CHECK(refused({"app@%"}) == "cutover.no_privilege");
    sql(source.server, "GRANT ALL ON w.* TO mover@'%' WITH GRANT OPTION; GRANT ROLE_ADMIN, REPLICATION CLIENT ON *.* TO mover@'%'");
    CHECK(refused({"app@%"}) == "none");
    source.stop();
    CHECK(source.holds());
    CHECK_FALSE(source.can_write(source.as("app", "x")));
    source.release();
    CHECK(source.can_write(source.as("app", "x")));
}

TEST_CASE("accounts that are not named and may write are told") {
    Revoked source(Flavour::mysql80);
    sql(source.server, "CREATE USER other@'10.%' IDENTIFIED BY 'x'; GRANT UPDATE ON `w%`.* TO other@'10.%'; CREATE USER away@'%' IDENTIFIED BY 'x'; GRANT UPDATE ON `elsewhere`.* TO away@'%'");
    source.look();
    CHECK(source.control.told("other@10.%"));
    CHECK_FALSE(source.control.told("away@"));
}
