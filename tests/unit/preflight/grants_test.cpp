#include "adapters/mysql/preflight/grants.hpp"

#include <catch2/catch.hpp>

using namespace transload::mysql;

TEST_CASE("a global grant covers every database and table") {
    const Grants grants({"GRANT SELECT, SHOW VIEW, REPLICATION CLIENT ON *.* TO `u`@`%` WITH GRANT OPTION"});
    CHECK(grants.everywhere("SELECT"));
    CHECK(grants.everywhere("REPLICATION CLIENT"));
    CHECK(grants.on_database("SHOW VIEW", "shop"));
    CHECK(grants.on_table("SELECT", "shop", "orders"));
    CHECK_FALSE(grants.everywhere("INSERT"));
    CHECK_FALSE(grants.everywhere("GRANT OPTION"));
}

TEST_CASE("dynamic privileges are read from their own line") {
    const Grants grants(
        {"GRANT USAGE ON *.* TO `u`@`%`", "GRANT SET_USER_ID,XA_RECOVER_ADMIN ON *.* TO `u`@`%`"});
    CHECK(grants.everywhere("SET_USER_ID"));
    CHECK(grants.everywhere("XA_RECOVER_ADMIN"));
    CHECK_FALSE(grants.everywhere("SUPER"));
}

TEST_CASE("ALL PRIVILEGES of a database covers what is granted on databases, there only") {
    const Grants grants({"GRANT ALL PRIVILEGES ON `shop`.* TO 'u'@'%'"});
    CHECK(grants.on_database("EVENT", "shop"));
    CHECK(grants.on_table("TRIGGER", "shop", "t"));
    CHECK_FALSE(grants.on_database("EVENT", "shop2"));
    CHECK_FALSE(grants.everywhere("SELECT"));
}

TEST_CASE("wildcards in a database's name count unless escaped") {
    const Grants wild({"GRANT SELECT ON `my_%`.* TO `u`@`%`"});
    CHECK(wild.on_database("SELECT", "my_shop"));
    CHECK(wild.on_database("SELECT", "myXshop"));
    CHECK_FALSE(wild.on_database("SELECT", "my"));
    const Grants escaped({R"(GRANT SELECT ON `my\_shop`.* TO `u`@`%`)"});
    CHECK(escaped.on_database("SELECT", "my_shop"));
    CHECK_FALSE(escaped.on_database("SELECT", "myXshop"));
}

TEST_CASE("only the most specific pattern of an account counts") {
    const Grants grants(
        {"GRANT SELECT, INSERT ON `sh%`.* TO `u`@`%`", "GRANT SELECT ON `shop`.* TO `u`@`%`"});
    CHECK(grants.on_database("INSERT", "shed"));
    CHECK(grants.on_database("SELECT", "shop"));
    CHECK_FALSE(grants.on_database("INSERT", "shop"));
}

TEST_CASE("patterns of an account and of its active role add up") {
    const Grants grants({"GRANT SELECT ON `shop`.* TO `u`@`%`", "GRANT EVENT ON `sh%`.* TO `r`"});
    CHECK(grants.on_database("SELECT", "shop"));
    CHECK(grants.on_database("EVENT", "shop"));
}

TEST_CASE("with partial revokes wildcards are plain characters and revoked privileges are gone") {
    const Grants grants({"GRANT SELECT, INSERT ON *.* TO `u`@`%`", "REVOKE SELECT ON `hr`.* FROM `u`@`%`",
                         "GRANT EVENT ON `my_db`.* TO `u`@`%`"},
                        {.wildcards = false});
    CHECK_FALSE(grants.on_database("SELECT", "hr"));
    CHECK_FALSE(grants.on_table("SELECT", "hr", "staff"));
    CHECK(grants.on_database("INSERT", "hr"));
    CHECK(grants.on_database("SELECT", "shop"));
    CHECK_FALSE(grants.on_database("EVENT", "myXdb"));
    CHECK(grants.on_database("EVENT", "my_db"));
}

TEST_CASE("a grant on columns is none on the table") {
    const Grants grants({"GRANT SELECT (`id`, `na``me`), INSERT, UPDATE (`id`) ON `shop`.`t` TO `u`@`%`"});
    CHECK_FALSE(grants.on_table("SELECT", "shop", "t"));
    CHECK(grants.on_table("INSERT", "shop", "t"));
    CHECK_FALSE(grants.on_table("UPDATE", "shop", "t"));
    CHECK_FALSE(grants.on_table("INSERT", "shop", "other"));
}

TEST_CASE("names with quotes, dots and key words are read whole") {
    const Grants grants(
        {"GRANT SELECT ON `a ON b`.`x.``y`` TO z` TO `u`@`%`", "GRANT EVENT ON `we``ird`.* TO `u`@`%`"});
    CHECK(grants.on_table("SELECT", "a ON b", "x.`y` TO z"));
    CHECK(grants.on_database("EVENT", "we`ird"));
}

TEST_CASE("grants on routines and proxies give nothing on tables") {
    const Grants grants({"GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `u`@`%`",
                         "GRANT PROXY ON ``@`` TO `u`@`%`", "GRANT EXECUTE ON FUNCTION `shop`.`f` TO `u`@`%`",
                         "SET DEFAULT ROLE `r` FOR `u`@`%`", "", "?"});
    CHECK_FALSE(grants.on_database("EXECUTE", "shop"));
    CHECK_FALSE(grants.on_table("EXECUTE", "shop", "p"));
    CHECK(grants.roles().empty());
}

TEST_CASE("roles are named, in MySQL's and MariaDB's form") {
    CHECK(Grants({"GRANT `r1`@`%`,`r2`@`%` TO `u`@`%`"}).roles() == std::vector<std::string>{"r1", "r2"});
    CHECK(Grants({"GRANT `r1` TO `u`@`%` WITH ADMIN OPTION"}).roles() == std::vector<std::string>{"r1"});
}

TEST_CASE("MariaDB's grant of everything covers its own privileges, and password hashes do not confuse it") {
    const Grants grants(
        {"GRANT ALL PRIVILEGES ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*B69027D44F6E5EDC07F' "
         "WITH GRANT OPTION"});
    CHECK(grants.everywhere("SET USER"));
    CHECK(grants.on_database("EVENT", "shop"));
    const Grants some({"GRANT SUPER, SET USER, BINLOG ADMIN ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*B6'"});
    CHECK(some.everywhere("BINLOG ADMIN"));
    CHECK_FALSE(some.everywhere("SELECT"));
}

TEST_CASE("case of names counts only where the server says so") {
    const std::vector<std::string> lines{"GRANT SELECT ON `Shop`.* TO `u`@`%`"};
    CHECK_FALSE(Grants(lines).on_database("SELECT", "shop"));
    CHECK(Grants(lines, {.ignore_case = true}).on_database("SELECT", "shop"));
}

TEST_CASE("statements name databases and accounts so that they mean just these") {
    CHECK(quote_grant_database("my_shop%") == R"(`my\_shop\%`)");
    CHECK(quote_grant_database("my_shop", {.wildcards = false}) == "`my_shop`");
    CHECK(quote_grant_database("a`b") == "`a``b`");
    CHECK(quote_grantee("o'brien@10.%") == "'o''brien'@'10.%'");
    CHECK(quote_grantee("a@b@localhost") == "'a@b'@'localhost'");
    CHECK(quote_grantee("@localhost") == "''@'localhost'");
}
