#include "adapters/liquibase/judge.hpp"

#include <catch2/catch.hpp>

using namespace transload::liquibase;

namespace {
SourceDatabase database() {
    SourceDatabase result;
    result.charset = "utf8mb4";
    result.collation = "utf8mb4_0900_ai_ci";
    result.default_collation = true;
    return result;
}
const std::string kGenerated =
    R"xml(<createTable tableName="t"><column autoIncrement="true" name="id" type="INT"><constraints nullable="false" primaryKey="true"/></column>)xml"
    R"xml(<column defaultValue="x" name="a" type="VARCHAR(20)"/></createTable>)xml";
std::string shown(
    const std::string& a,
    const std::string& tail = ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci") {
    return "CREATE TABLE `t` (\n  `id` int(11) NOT NULL AUTO_INCREMENT,\n  `a` " + a +
           ",\n  PRIMARY KEY (`id`)\n" + tail;
}
}  // namespace

TEST_CASE("A generated table that is exactly the server's stays") {
    CHECK_FALSE(kept_change(kGenerated, shown("varchar(20) DEFAULT 'x'"), database()).empty());
}

TEST_CASE("The counter goes along as the start of AUTO_INCREMENT") {
    const std::string kept = kept_change(
        kGenerated,
        shown("varchar(20) DEFAULT 'x'",
              ") ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci"),
        database());
    CHECK(kept.find("startWith=\"7\"") != std::string::npos);
}

TEST_CASE("Anything that the generated change does not say is a reason to replace it") {
    const auto rejected = [](const std::string& wanted) {
        return kept_change(kGenerated, wanted, database()).empty();
    };
    CHECK(rejected(shown("varchar(20) CHARACTER SET latin1 DEFAULT 'x'")));
    CHECK(rejected(shown("varchar(20) DEFAULT 'y'")));
    CHECK(rejected(shown("varchar(20) NOT NULL DEFAULT 'x'")));
    CHECK(rejected(shown("varchar(20) DEFAULT 'x',\n  KEY `k` (`a`)")));
    CHECK(rejected(shown("varchar(20) DEFAULT 'x'",
                         ") ENGINE=MyISAM DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci")));
    CHECK(rejected(shown("varchar(20) DEFAULT 'x'", ") ENGINE=InnoDB DEFAULT CHARSET=latin1")));
    CHECK(rejected(
        shown("varchar(20) DEFAULT 'x'",
              ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci ROW_FORMAT=COMPRESSED")));
}

TEST_CASE("A type that Liquibase is known to lose is never predicted") {
    for (const char* type :
         {"BIT(1)", "FLOAT(12)", "datetime", "GEOMETRY(65535)", "ENUM('a', 'b')", "TIMESTAMP", "JSON"})
        CHECK(predicted_table(std::string("<createTable tableName=\"t\"><column name=\"a\" type=\"") + type +
                              "\"/></createTable>")
                  .empty());
}
