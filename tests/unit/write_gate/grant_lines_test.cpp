#include "adapters/mysql/write_gate/grant_lines.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "adapters/mysql/write_gate/account_grants.hpp"
#include "orchestrator/plan/error.hpp"

using namespace transload;
using namespace transload::mysql;

namespace {

using Lines = std::vector<std::string>;
constexpr const char* u = "`u`@`%`";

/// What is left to say after a round through the recorded form.
GrantSet again(const GrantSet& grants) { return parse_grants(grant_statements(grants, u)); }

}  // namespace

TEST_CASE("every kind of grant survives being recorded") {
    const GrantSet grants = parse_grants({
        "GRANT SELECT, INSERT, CREATE TEMPORARY TABLES ON *.* TO `u`@`%` WITH GRANT OPTION",
        "GRANT BINLOG_ADMIN ON *.* TO `u`@`%` WITH GRANT OPTION",
        "GRANT ROLE_ADMIN,XA_RECOVER_ADMIN ON *.* TO `u`@`%`",
        "GRANT ALL PRIVILEGES ON `we``ird ON x`.* TO `u`@`%`",
        "GRANT SELECT (`a`), UPDATE (`a`, `b``,(`) ON `db`.`t TO` TO `u`@`%`",
        "GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE `db`.`p` TO `u`@`%`",
        "GRANT `r`@`%`,`r 2`@`h` TO `u`@`%` WITH ADMIN OPTION",
        "GRANT PROXY ON `x`@`%` TO `u`@`%` WITH GRANT OPTION",
        "REVOKE INSERT ON `kept`.* FROM `u`@`%`",
    });
    CHECK(again(grants) == grants);
    CHECK(grants.contains({GrantKind::column, "`db`.`t TO`", "UPDATE", "`b``,(`", false}));
    CHECK(grants.contains({GrantKind::role, "", "`r 2`@`h`", "", true}));
    CHECK(grants.contains({GrantKind::option, "*.*", "GRANT OPTION", "", false}));
    CHECK(grants.contains({GrantKind::privilege, "*.*", "BINLOG_ADMIN", "", true}));
    CHECK(grants.contains({GrantKind::privilege, "*.*", "ROLE_ADMIN", "", false}));
    CHECK(grants.contains({GrantKind::restriction, "`kept`.*", "INSERT", "", false}));
    CHECK(grants.contains({GrantKind::privilege, "PROCEDURE `db`.`p`", "ALTER ROUTINE", "", false}));
}

TEST_CASE("passwords in MariaDB's grants are not recorded, and its words are understood") {
    const GrantSet grants = parse_grants({
        "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*B69027D44F6E5E' REQUIRE SSL WITH GRANT OPTION MAX_QUERIES_PER_HOUR 7",
        "GRANT READ_ONLY ADMIN, BINLOG REPLAY ON *.* TO `u`@`%` IDENTIFIED VIA ed25519 USING 'ON *.* TO'",
        "GRANT `role` TO `u`@`%`",
        "SET DEFAULT ROLE `role` FOR `u`@`%`",
    });
    CHECK(grants.size() == 4);
    const std::string saved = to_saved({{{"u", "%"}, grants, {}}});
    CHECK(saved.find("B69027") == std::string::npos);
    CHECK(saved.find("ed25519") == std::string::npos);
    REQUIRE(from_saved(saved).size() == 1);
    CHECK(from_saved(saved).front().grants == grants);
    CHECK_THROWS_AS(from_saved("{"), Error);
}

TEST_CASE("what is revoked is all that can write and nothing else, the widest level first") {
    const GrantSet grants = parse_grants({
        "GRANT SELECT, INSERT, PROCESS ON *.* TO `u`@`%` WITH GRANT OPTION",
        "GRANT SELECT, DELETE ON `db`.* TO `u`@`%`",
        "GRANT SELECT (`a`), UPDATE (`a`) ON `db`.`t` TO `u`@`%`",
        "GRANT SELECT ON `only`.* TO `u`@`%`",
        "GRANT EXECUTE ON FUNCTION `db`.`f` TO `u`@`%`",
    });
    const Lines statements = revoke_statements(grants, u, false);
    REQUIRE(statements.size() == 4);
    CHECK(statements[0] == "REVOKE INSERT ON *.* FROM `u`@`%`");
    CHECK(statements[1] == "REVOKE DELETE ON `db`.* FROM `u`@`%`");
    CHECK(std::find(statements.begin(), statements.end(), "REVOKE UPDATE (`a`) ON `db`.`t` FROM `u`@`%`") != statements.end());
    CHECK(std::find(statements.begin(), statements.end(), "REVOKE EXECUTE ON FUNCTION `db`.`f` FROM `u`@`%`") != statements.end());
}

TEST_CASE("ALL PRIVILEGES is taken in pieces and given back whole") {
    const GrantSet all = parse_grants({"GRANT ALL PRIVILEGES ON `db`.* TO `u`@`%` WITH GRANT OPTION"});
    const Lines statements = revoke_statements(all, u, false);
    REQUIRE(statements.size() == 1);
    CHECK(statements[0].find("EXECUTE") != std::string::npos);
    CHECK(statements[0].find("SELECT") == std::string::npos);
    const GrantSet after = parse_grants({"GRANT SELECT, LOCK TABLES ON `db`.* TO `u`@`%` WITH GRANT OPTION"});
    CHECK(grant_statements(missing(all, after), u) == Lines{"GRANT ALL PRIVILEGES ON `db`.* TO `u`@`%`"});
}

TEST_CASE("a line that can't be read is an error and does not tell what is behind the account's name") {
    try {
        (void)parse_grants({"GRANT SOMETHING TO BE TO `u` IDENTIFIED BY PASSWORD 'hash'", "nonsense"});
        FAIL("it was read");
    } catch (const Error& error) {
        CHECK(error.id() == "cutover.grants_unreadable");
        CHECK(error.message().find("hash") == std::string::npos);
    }
}
