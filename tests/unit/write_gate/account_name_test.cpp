#include "adapters/mysql/statement_text.hpp"
#include "adapters/mysql/write_gate/account_name.hpp"

#include <catch2/catch.hpp>

#include "adapters/mysql/write_gate/open_transactions.hpp"
#include "orchestrator/plan/error.hpp"

using namespace transload;
using namespace transload::mysql;

TEST_CASE("an account is read in plain and in quoted form, and its last @ divides it") {
    CHECK(parse_account("app@%") == AccountName{"app", "%"});
    CHECK(parse_account("app") == AccountName{"app", "%"});
    CHECK(parse_account("a@b@10.%") == AccountName{"a@b", "10.%"});
    CHECK(parse_account("'a''@b'@'h'") == AccountName{"a'@b", "h"});
    CHECK(parse_account("`a``b`@`%`") == AccountName{"a`b", "%"});
    CHECK(parse_account("@localhost") == AccountName{"", "localhost"});
    // Not wholly quoted, so the quotes are part of the name.
    CHECK(parse_account("o'neill@%") == AccountName{"o'neill", "%"});
    CHECK(parse_account("'x@%") == AccountName{"'x", "%"});
    CHECK(AccountName{"we`ird'\"", "%"}.quoted() == "`we``ird'\"`@`%`");
    CHECK_THROWS_AS(parse_account(""), Error);
}

TEST_CASE("statements are shown without their values") {
    CHECK(without_values("UPDATE t1 SET v = 'it\\'s', w = -12.5 WHERE id=0xff") == "UPDATE t1 SET v = ?, w = -? WHERE id=?");
    CHECK(without_values("SELECT \"secret\nvalue\"") == "SELECT ?");
    CHECK(without_values(std::string(500, 'x')).size() == 100);
}
